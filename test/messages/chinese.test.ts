import { describe, expect, it } from 'vitest';
import { type Explanation, phrase } from '../../lib/base/explanation.ts';
import { ANSWERS, FAULTS } from '../../lib/events/answer.ts';
import type { Answer, MigrationEvent } from '../../lib/events/event.ts';
import { en } from '../../lib/language/en.ts';
import { languageOf } from '../../lib/language/index.ts';
import { compose } from '../../lib/messages/compose.ts';
import type { Composition, Message } from '../../lib/messages/message.ts';
import { sentenceOf, titleOf } from '../../lib/messages/parts/title.ts';
import { translate } from '../../lib/messages/translate.ts';
import { eventOf, NOW, PROJECT_FAILING, TASK } from '../channels/support.ts';
import {
  AT,
  brokenBecause,
  brokenChannels,
  dataOf,
  RECORDED,
  ROOM,
  refusedWith,
  reread,
  textsOf,
} from './recorded.ts';

const zh = await languageOf({ language: 'zh', timeZone: 'Asia/Shanghai' });
const english = await languageOf({ language: 'en', timeZone: 'Asia/Shanghai' });

const ANSWER: Partial<Answer> = {
  httpStatus: 403,
  errorCode: 'DCS.2003',
  errorMessage: 'frozen',
  call: 'ListMigrationTask',
  permission: 'dcs:migrationTask:list',
  isGuess: true,
  minutes: -16,
  seconds: 5,
  neverSeen: true,
  hint: 'check endpoint',
  words: 'has no status',
  host: 'dcs.example',
};

/** As they come from a connection, a vendor, a proxy. */
const EXPLAINED: readonly Explanation[] = [
  {
    at: 'hooks.example',
    what: [phrase('signed_by', 'R3')],
    word: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    advice: [phrase('add_authority')],
  },
  { at: 'WeCom 93000', what: [phrase('no_robot')] },
  { status: 'HTTP 410', what: [phrase('receiver_gone')] },
  {
    at: 'hooks.example',
    what: [phrase('proxy_unusable', 'proxy.example:3128'), phrase('connection_refused')],
    word: 'ECONNREFUSED',
    advice: [phrase('check_setting', 'HTTPS_PROXY')],
  },
  {
    at: 'hooks.example',
    what: [phrase('closed_early')],
    proxy: 'proxy.example:3128',
    advice: [phrase('often_temporary')],
  },
];

function noAnswerFor(explanation: Explanation): Answer {
  const words = en.prose.explanation(explanation) ?? '';
  return { ...ANSWER, code: 'no_answer', words, explanation, fault: 'connection' };
}

/** Many broken channels, at first and as a reminder. */
const BROKEN = [undefined, 1].flatMap((reminders) =>
  [1, 2, 9].map((count) => brokenChannels(count, reminders)),
);

const ALL: readonly (readonly [string, readonly MigrationEvent[]])[] = [
  ...RECORDED,
  ['answers of DCS', ANSWERS.flatMap((code) => [{ code }, { ...ANSWER, code }]).map(refusedWith)],
  [
    'no answers',
    FAULTS.map((fault) =>
      refusedWith({ ...ANSWER, code: 'no_answer', words: `dcs.example: ${fault}`, fault }),
    ),
  ],
  ['broken channels by number', BROKEN],
  ['broken channels with their reasons', EXPLAINED.map(brokenBecause)],
  ['no answers with their reasons', EXPLAINED.map((explanation) => refusedWith(noAnswerFor(explanation)))],
];

function composed(events: readonly MigrationEvent[], given: Partial<Composition> = {}): Message {
  const [first, ...others] = events;
  if (first === undefined) throw new TypeError('no event');
  return compose([first, ...others], { language: zh, room: ROOM, now: NOW, ...given });
}

const MERGED = { events: 2, since: AT, until: AT, kinds: { full: 1, other: 1, 'dcs.migration.progress': 1 } };
/** Every form of message: about one event, late, again, and as digests. */
const FORMS: readonly (readonly [string, boolean, Partial<Composition>])[] = [
  ['alone', true, {}],
  ['again, and late', true, { reminder: true, lateMs: 1e7 }],
  ['in a digest', false, {}],
  ['in a digest with earlier ones', false, { merged: MERGED }],
  ['in a reminder of many', false, { reminder: true }],
];

interface Rendered {
  readonly data: readonly string[];
  readonly chinese: Message;
  readonly english: Message;
}

function* renderings(events: readonly MigrationEvent[]): Generator<Rendered> {
  for (const [, isAlone, given] of FORMS) {
    for (const some of isAlone ? events.map((event) => [event]) : [events]) {
      yield {
        data: [...new Set(some.flatMap(dataAndWordsOf))].sort((a, b) => b.length - a.length),
        chinese: composed(some, given),
        english: composed(some, { ...given, language: english }),
      };
    }
  }
}

/** The service's own words within an answer are data; of an answer without a code, all of it. */
function dataAndWordsOf(event: MigrationEvent): string[] {
  const { answer, detail } = event.data;
  const words = answer?.explanation === undefined ? answer?.words : undefined;
  const own = answer === undefined ? [detail] : [words, answer.errorMessage, answer.host];
  const known = dataOf(event).filter((text) => answer === undefined || text !== detail);
  return [...known, ...own.flatMap((text) => (text === undefined ? [] : [text]))];
}

/** Terms of Redis, of DCS and of its API, names of settings, units: Chinese readers know them by these names. */
const TERMS =
  /\b(?:settings(?:\.\w+)+|dcs:\w+:\w+|allowInsecure: true|client-output-buffer-limit|repl-timeout|slave|maxclients|ecs_tenant_private_ip|Redis Cluster|Redis|CLUSTER INFO|ok|SYNC|PSYNC|DUMP|BUSYKEY|OOM|MISCONF|READONLY|SUCCESS|DELETED|ShowMigrationTaskStats|ListMigrationTask(?:Logs)?|offset|NODE_EXTRA_CA_CERTS|DCS|DNS|CA|URL|IP|VPC|API|HTTP|TLS|ID|AK|SK|UTC|[kMGTP]B|KB)\b/g;

/** A text with all data and terms cut out of it: what is left is ours. */
function ownWords(text: string, data: readonly string[]): string {
  const cutOut = (left: string, one: string) =>
    left.replaceAll(new RegExp(`(?<![\\w-])${escaped(one)}(?![\\w-])`, 'gu'), 'X');
  return data.reduce(cutOut, text).replaceAll(TERMS, 'X');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Texts that do not hold what a rule asks for, each once. */
function breaches(events: readonly MigrationEvent[], rule: (own: string) => boolean): string[] {
  const wrong = new Set<string>();
  for (const { data, chinese } of renderings(events)) {
    for (const text of textsOf(chinese)) if (!rule(ownWords(text, data))) wrong.add(text);
  }
  return [...wrong];
}

/** Between Chinese and a half-width sign. */
const HALF_WIDTH = /\p{sc=Han}\s*[,;:!?()"]|[,;!?()"]\s*\p{sc=Han}|\p{sc=Han}\s*\.(?!\d)/u;
const CRAMPED = /\p{sc=Han}[A-Za-z\d]|[A-Za-z\d]\p{sc=Han}/u;
const LOOSE = / [，。；：、（）“”]|[，。；：、（）“”] (?!→)|\p{sc=Han} \p{sc=Han}|[，。；：、]{2}/u;

describe('a message in Chinese', () => {
  const stored = ALL.map(([name, events]) => [name, events.map(reread)] as const).filter(
    ([, events]) => events.length > 0,
  );

  it.each(stored)('has no English word of ours: %s', (_name, events) => {
    expect(breaches(events, (own) => !/[A-Za-z]{2,}/.test(own))).toStrictEqual([]);
  });

  it.each(stored)('has full-width punctuation: %s', (_name, events) => {
    expect(breaches(events, (own) => !HALF_WIDTH.test(own))).toStrictEqual([]);
  });

  it.each(stored)('has a blank between Chinese and Latin letters, and no other: %s', (_name, events) => {
    expect(breaches(events, (own) => !CRAMPED.test(own) && !LOOSE.test(own))).toStrictEqual([]);
  });

  it.each(stored)('says all figures that English says: %s', (_name, events) => {
    const lost = new Set<string>();
    for (const { chinese, english } of renderings(events)) {
      const pairs = partsOf(english).map((part, index) => [part, partsOf(chinese)[index] ?? ''] as const);
      for (const [ours, theirs] of pairs) {
        if (!isSubset(figuresIn(ours), figuresIn(theirs))) lost.add(`${ours} | ${theirs}`);
      }
    }
    expect([...lost]).toStrictEqual([]);
  });
});

/** Parts that stand at the same place in every language. */
function partsOf({ title, facts, sections, list, footer }: Message): string[] {
  return [
    title.text,
    ...facts.map(([, value]) => value),
    ...sections.map(({ heading = '', lines }) => [heading, ...lines].join('\n')),
    ...(list?.lines ?? []),
    footer.join('\n'),
  ];
}

/** `and 2 more` behind three names is `等 5 个`. */
function figuresIn(text: string): Set<string> {
  const whole = text.replaceAll(/ and (\d+) more/g, '').replaceAll(/ 等 \d+ 个/g, '');
  return new Set(whole.match(/\d+(?:[.,:/-]\d+)*/g));
}

function isSubset(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((one) => all.has(one));
}

describe('a title in Chinese', () => {
  const titleIn = (event: MigrationEvent) => titleOf(translate(event, zh), zh);

  it('has the name of a project before a full-width colon', () => {
    const facts = { ...PROJECT_FAILING, looks: 3 };
    const summary = `${en.values.subject(facts)}: ${en.summarise('dcs.watch.failing', facts)}`;
    const title = titleIn(eventOf({ ...facts, summary }, 'dcs.watch.failing'));
    expect(sentenceOf(title)).toMatch(/^项目 .+（\d+ 个任务）：无法监控，已连续 3 次检查失败（鉴权失败）$/);
  });

  it('has the stored sentence where no code says it, with the name apart', () => {
    const event = eventOf({ severity: 'info', task: TASK, summary: `${TASK.name}: moved on` });
    expect(titleIn(event)).toStrictEqual({ mark: '', name: TASK.name, colon: '：', text: 'moved on' });
  });
});
