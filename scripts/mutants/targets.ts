export const GROUPS = [
  'classification',
  'schedule',
  'attention',
  'outbox',
  'compare-and-set',
  'redaction',
  'looks',
  'waits',
  'at hand',
] as const;
export type Group = (typeof GROUPS)[number];

/** A file whose mutants must be killed, and the tests that have to do it. */
export interface Target {
  readonly group: Group;
  readonly file: string;
  /** The top-level declarations that are mutated; without it the whole file is. */
  readonly only?: readonly string[];
  /** String constants in another language, whose every clause is mutated as well: see `clauses.ts`. */
  readonly clauses?: readonly string[];
  readonly tests: readonly string[];
}

function channelTests(...names: readonly string[]): readonly string[] {
  return names.map((name) => `test/channels/${name}.test.ts`);
}

const CHAT_TESTS = channelTests('chat/chat', 'slack/slack', 'settings', 'chat/locale');
const ANSWER_TESTS = channelTests('answers');
const EMAIL_TESTS = channelTests('email/answers');
const EVENTBRIDGE_TESTS = channelTests('eventbridge/answers');
const REFUSAL_TESTS = ['test/dcs/refusal.test.ts'];
const STORE_RULES = 'test/store/driver.test.ts';
const READ_CACHE = 'test/store/read-cache/read-cache.test.ts';

const OUTBOX_TESTS = [
  'outbox',
  'enqueue',
  'outcome/outcome',
  'outcome/delivery-log',
  'outbox-again',
  'requeue',
  'outcome/receipts',
  'batching/merge',
].map((name) => `test/delivery/outbox/${name}.test.ts`);
const BATCHING_TESTS = ['batching', 'flapping', 'flapping-topics', 'hold', 'merge', 'quiet-time'].map(
  (name) => `test/delivery/outbox/batching/${name}.test.ts`,
);

export const TARGETS: readonly Target[] = [
  { group: 'at hand', file: 'lib/status/age.ts', tests: ['test/status/age.test.ts'] },
  { group: 'at hand', file: 'lib/cli/commands/tasks/ids.ts', tests: ['test/cli/commands/tasks/ids.test.ts'] },

  {
    group: 'classification',
    file: 'lib/channels/answers/http-outcome.ts',
    tests: channelTests('answers/http-outcome'),
  },
  { group: 'classification', file: 'lib/channels/chat/chat.ts', tests: CHAT_TESTS },
  { group: 'classification', file: 'lib/channels/chat/people.ts', tests: CHAT_TESTS },
  {
    group: 'classification',
    file: 'lib/channels/answers/vendor-answer.ts',
    tests: channelTests('answers/vendor-answer'),
  },
  { group: 'classification', file: 'lib/channels/feishu/answers.ts', tests: ANSWER_TESTS },
  { group: 'classification', file: 'lib/channels/dingtalk/answers.ts', tests: ANSWER_TESTS },
  { group: 'classification', file: 'lib/channels/wecom/answers.ts', tests: ANSWER_TESTS },
  { group: 'classification', file: 'lib/channels/welink/answers.ts', tests: ANSWER_TESTS },
  {
    group: 'classification',
    file: 'lib/channels/slack/slack.ts',
    tests: channelTests('slack/slack', 'settings'),
  },
  { group: 'classification', file: 'lib/channels/teams/answers.ts', tests: ANSWER_TESTS },
  {
    group: 'classification',
    file: 'lib/channels/huawei.ts',
    only: ['OF_GATEWAY', 'undocumentedMeaning'],
    tests: channelTests('huawei'),
  },
  {
    group: 'classification',
    file: 'lib/huawei/regions.ts',
    only: ['DOMAINS', 'addressOf'],
    tests: channelTests('huawei'),
  },
  { group: 'classification', file: 'lib/channels/smn/answers.ts', tests: ANSWER_TESTS },
  { group: 'classification', file: 'lib/channels/eventgrid/answers.ts', tests: ANSWER_TESTS },
  {
    group: 'classification',
    file: 'lib/channels/pagerduty/action.ts',
    tests: channelTests('pagerduty/pagerduty'),
  },
  { group: 'classification', file: 'lib/channels/pagerduty/answers.ts', tests: ANSWER_TESTS },
  { group: 'classification', file: 'lib/channels/email/answers.ts', tests: EMAIL_TESTS },
  { group: 'classification', file: 'lib/channels/eventbridge/answers.ts', tests: EVENTBRIDGE_TESTS },
  { group: 'classification', file: 'lib/channels/slack_bot/answers.ts', tests: ANSWER_TESTS },
  {
    group: 'classification',
    file: 'lib/channels/webhook/webhook.ts',
    tests: channelTests(
      'webhook/webhook',
      'webhook/body',
      'answers/http-outcome',
      'settings',
      'client-certificate',
    ),
  },
  { group: 'classification', file: 'lib/dcs/refusal.ts', tests: REFUSAL_TESTS },
  { group: 'classification', file: 'lib/dcs/refusal-words.ts', tests: REFUSAL_TESTS },
  {
    group: 'classification',
    file: 'lib/delivery/outbox/backoff/circuit-breaker.ts',
    tests: ['test/delivery/outbox/backoff/circuit-breaker.test.ts'],
  },

  {
    group: 'schedule',
    file: 'lib/delivery/outbox/backoff/retry-policy.ts',
    tests: ['test/delivery/outbox/backoff/retry-policy.test.ts'],
  },

  {
    group: 'schedule',
    file: 'lib/channels/minute-limit.ts',
    tests: ['test/channels/minute-limit.test.ts'],
  },

  {
    group: 'attention',
    file: 'lib/channels/chat/quiet-spans.ts',
    tests: ['test/channels/chat/quiet.test.ts'],
  },

  {
    group: 'outbox',
    file: 'lib/delivery/outbox/outbox.ts',
    tests: OUTBOX_TESTS,
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/enqueue.ts',
    tests: OUTBOX_TESTS,
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/outcome/outcome.ts',
    tests: OUTBOX_TESTS,
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/outcome/delivery-log.ts',
    tests: [...OUTBOX_TESTS, 'test/messages/retranslate.test.ts'],
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/endings.ts',
    tests: OUTBOX_TESTS,
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/batching/batching.ts',
    tests: BATCHING_TESTS,
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/batching/flapping.ts',
    tests: BATCHING_TESTS,
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/batching/hold.ts',
    tests: ['hold', 'quiet-time'].map((name) => `test/delivery/outbox/batching/${name}.test.ts`),
  },
  {
    group: 'outbox',
    file: 'lib/records/mutes.ts',
    tests: ['test/records/mutes.test.ts'],
  },
  {
    group: 'outbox',
    file: 'lib/delivery/outbox/dead-letter-mark.ts',
    tests: ['test/delivery/outbox/dead-letter-mark.test.ts'],
  },
  { group: 'outbox', file: 'lib/delivery/outbox/lease.ts', tests: ['test/delivery/outbox/lease.test.ts'] },

  {
    group: 'compare-and-set',
    file: 'lib/store/driver.ts',
    tests: [STORE_RULES, 'test/store/memory.test.ts'],
  },
  { group: 'compare-and-set', file: 'lib/store/read-cache/announcements.ts', tests: [READ_CACHE] },
  { group: 'compare-and-set', file: 'lib/store/read-cache/generations.ts', tests: [READ_CACHE] },
  { group: 'compare-and-set', file: 'lib/store/read-cache/partition.ts', tests: [READ_CACHE] },
  { group: 'compare-and-set', file: 'lib/store/read-cache/read-cache.ts', tests: [READ_CACHE] },
  { group: 'compare-and-set', file: 'lib/store/memory.ts', tests: ['test/store/memory.test.ts'] },
  {
    group: 'compare-and-set',
    file: 'lib/store/sqlite/sqlite.ts',
    clauses: ['ALL', 'ONE', 'FIRST', 'NEXT', 'COLLECT_GARBAGE'],
    tests: ['test/store/sqlite/sqlite.test.ts'],
  },
  {
    group: 'compare-and-set',
    file: 'lib/store/dynamodb/dynamodb.ts',
    clauses: ['FIRST', 'NEXT'],
    tests: ['test/store/dynamodb/dynamodb.test.ts'],
  },
  {
    group: 'compare-and-set',
    file: 'lib/store/redis/codec.ts',
    tests: ['test/store/redis/codec.test.ts'],
  },
  {
    group: 'compare-and-set',
    file: 'lib/store/redis/grouped.ts',
    tests: ['test/store/redis/grouped.test.ts'],
  },
  {
    group: 'compare-and-set',
    file: 'lib/records/records.ts',
    tests: ['test/records/records.test.ts', 'test/records/failover.test.ts'],
  },
  { group: 'compare-and-set', file: 'lib/records/update.ts', tests: ['test/records/update.test.ts'] },
  {
    group: 'compare-and-set',
    file: 'lib/records/partition.ts',
    tests: ['test/records/records.test.ts', 'test/records/failover.test.ts'],
  },

  { group: 'compare-and-set', file: 'lib/records/runs/runs.ts', tests: ['test/records/runs/runs.test.ts'] },

  {
    group: 'looks',
    file: 'lib/poll/list-first/choice.ts',
    tests: ['test/poll/list-first/choice.test.ts'],
  },
  {
    group: 'looks',
    file: 'lib/poll/list-first/quotas.ts',
    tests: ['test/poll/list-first/quotas.test.ts'],
  },
  { group: 'looks', file: 'lib/records/summary.ts', tests: ['test/records/summary.test.ts'] },

  { group: 'waits', file: 'lib/wait/goals.ts', tests: ['test/wait/goals.test.ts'] },
  { group: 'waits', file: 'lib/wait/goal-check.ts', tests: ['test/wait/goal-check.test.ts'] },

  { group: 'redaction', file: 'lib/dcs/redact/redact.ts', tests: ['test/dcs/redact/redact.test.ts'] },
  { group: 'redaction', file: 'lib/dcs/calls/show-answer.ts', tests: ['test/dcs/calls/show-answer.test.ts'] },
  { group: 'redaction', file: 'lib/base/text.ts', tests: ['test/base/text.test.ts'] },
  { group: 'redaction', file: 'lib/base/secret.ts', tests: ['test/base/secret.test.ts'] },
  {
    group: 'redaction',
    file: 'lib/telemetry/describe.ts',
    only: ['describe', 'textLine', 'jsonLine'],
    tests: ['test/telemetry/describe.test.ts'],
  },
];
