export const GROUPS = ['classification', 'schedule', 'outbox', 'compare-and-set', 'redaction'] as const;
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

const CHANNEL_TESTS = ['answer', 'slack', 'webhook', 'settings'].map(
  (name) => `test/channels/${name}.test.ts`,
);
const STORE_RULES = 'test/store/rules.test.ts';

export const TARGETS: readonly Target[] = [
  { group: 'classification', file: 'lib/channels/answer.ts', tests: CHANNEL_TESTS },
  { group: 'classification', file: 'lib/channels/slack.ts', tests: CHANNEL_TESTS },
  { group: 'classification', file: 'lib/channels/webhook.ts', tests: CHANNEL_TESTS },
  {
    group: 'classification',
    file: 'lib/dcs/verdict.ts',
    tests: ['verdict', 'client', 'neighbours'].map((name) => `test/dcs/${name}.test.ts`),
  },
  {
    group: 'classification',
    file: 'lib/delivery/channel-state.ts',
    tests: ['test/delivery/channel-state.test.ts'],
  },

  { group: 'schedule', file: 'lib/delivery/retry.ts', tests: ['test/delivery/retry.test.ts'] },

  {
    group: 'outbox',
    file: 'lib/delivery/outbox.ts',
    tests: ['test/delivery/outbox.test.ts', 'test/delivery/outbox-again.test.ts'],
  },
  {
    group: 'outbox',
    file: 'lib/delivery/digest.ts',
    tests: ['digest', 'digest-flapping', 'digest-wavering'].map((name) => `test/delivery/${name}.test.ts`),
  },
  { group: 'outbox', file: 'lib/delivery/doubt.ts', tests: ['test/delivery/doubt.test.ts'] },
  { group: 'outbox', file: 'lib/delivery/lease.ts', tests: ['test/delivery/lease.test.ts'] },

  {
    group: 'compare-and-set',
    file: 'lib/store/rules.ts',
    tests: [STORE_RULES, 'test/store/memory.test.ts'],
  },
  { group: 'compare-and-set', file: 'lib/store/memory.ts', tests: ['test/store/memory.test.ts'] },
  {
    group: 'compare-and-set',
    file: 'lib/store/sqlite.ts',
    clauses: ['ALL', 'ONE', 'FIRST', 'NEXT', 'COLLECT_GARBAGE'],
    tests: ['test/store/sqlite.test.ts'],
  },
  {
    group: 'compare-and-set',
    file: 'lib/store/dynamodb.ts',
    clauses: ['FIRST', 'NEXT'],
    tests: ['test/store/dynamodb.test.ts'],
  },
  { group: 'compare-and-set', file: 'lib/records.ts', tests: ['test/records.test.ts'] },

  { group: 'redaction', file: 'lib/dcs/redact.ts', tests: ['test/dcs/redact.test.ts'] },
  { group: 'redaction', file: 'lib/dcs/schema.ts', tests: ['test/dcs/schema.test.ts'] },
  { group: 'redaction', file: 'lib/dcs/text.ts', tests: ['test/dcs/text.test.ts'] },
  { group: 'redaction', file: 'lib/secret.ts', tests: ['test/secret.test.ts'] },
  {
    group: 'redaction',
    file: 'lib/log.ts',
    only: ['describe', 'fields', 'UNPRINTABLE', 'oneLine', 'textLine', 'jsonLine'],
    tests: ['test/log.test.ts'],
  },
];
