import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ANSWERS } from '../../lib/events/answer.ts';
import type {
  Answer,
  EventFacts,
  EventGroup,
  NamedTasks,
  Readiness,
  Standing,
} from '../../lib/events/event.ts';
import { CALL_NAMES, CAUSES, REASONS, UNANSWERED } from '../../lib/events/reason.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { TRANSITIONS } from '../../lib/events/transition.ts';
import { LANGUAGE_NAMES, LANGUAGES, pageLanguageOf } from '../../lib/language/index.ts';

const FOLDER = new URL('../../lib/language/', import.meta.url);
/** What is no language: the interface, the registry, and what languages share. */
const SHARED = ['language.ts', 'index.ts', 'facts.ts', 'format.ts', 'moments.ts', 'page-words.ts'];
/** U+00A0 and its kin look like blanks. */
const LOOSE = /^\s|\s$|\p{Zs}{2}|\p{Cc}|undefined|NaN|\[object/u;

const AT = '2026-01-05T00:10:00.000Z';
const STANDING: Standing = { status: 'SUCCESS', phase: 'succeeded', since: AT };
const SOME: NamedTasks = { tasks: [{ name: 'orders', phase: 'failed' }], more: 2 };
const READINESS: Readiness = {
  offset: 9e9,
  maxOffset: 1000,
  sourceKeys: 10,
  targetKeys: 4,
  keyGapPercent: 60,
  maxKeyGapPercent: 1,
  looks: 3,
  reason: 'a reason',
  unmet: ['lag', 'keys'],
};
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
  fault: 'dns',
  host: 'dcs.example',
};
const GROUP: EventGroup = { name: 'g', size: 4, projects: ['prod'], members: [] };
/** Everything that some event holds. */
const FACTS: EventFacts = {
  severity: 'action',
  from: STANDING,
  to: STANDING,
  standing: { ...STANDING, phase: 'incremental' },
  lastFigures: { state: 'behind', words: '9 GB behind', unmet: ['lag'], offset: 9e9 },
  progress: { percent: 50, mark: 50 },
  readiness: READINESS,
  stall: { kind: 'no progress', since: AT },
  seconds: 3600,
  resynchronisations: 2,
  group: {
    ...GROUP,
    failed: SOME,
    behind: SOME,
    deleted: SOME,
    retracts: { type: 'dcs.group.ready', id: 'evt_1', reason: 'a reason', tasks: SOME },
  },
  reason: 'throttled',
  since: AT,
  looks: 3,
  call: CALL_NAMES[0],
  channels: [{ name: 'ops', reason: 'HTTP 410', since: AT }],
};

describe('the registry of languages', () => {
  it('has each file of its folder, and no other', () => {
    const files = readdirSync(FOLDER, { withFileTypes: true });
    const languages = files.filter((one) => one.isFile() && !SHARED.includes(one.name));
    expect(languages.map(({ name }) => name).sort()).toStrictEqual(
      Object.keys(LANGUAGES)
        .map((name) => `${name}.ts`)
        .sort(),
    );
    const folders = files.filter((one) => one.isDirectory()).map(({ name }) => name);
    expect(folders.filter((name) => !Object.hasOwn(LANGUAGES, name))).toStrictEqual([]);
  });
});

const EACH = await Promise.all(
  LANGUAGE_NAMES.map(
    async (name) => [name, await pageLanguageOf({ language: name, timeZone: 'UTC' })] as const,
  ),
);

describe.each(EACH)('the language %s', (_name, language) => {
  const { labels, headings, links, marks, phases, failures, causes } = language;

  it('has every word and every sentence of the page', () => {
    const { words, gravities, unmet, scopes, announced, noTick } = language.page;
    const groups = [words, gravities, unmet, scopes, announced].flatMap((group) => Object.values(group));
    const { page } = language;
    const facts = { from: 'A', to: 'B', last: 'C', largest: 'D', largestAt: 'E' };
    const made = [
      page.reportOf('A'),
      page.lastTick('A', 'B'),
      page.lookedAt(2, 1, 'A'),
      page.oldTick('A'),
      page.sinceFor('A', 'B'),
      page.unseen('A', 'B', 3),
      page.outOfSight('A', 'B', 'C'),
      page.cannotDeliver('A', 'B'),
      page.pending({ pending: 1, held: 2, dead: 3 }),
      page.lagPlot(facts),
      page.progressPlot(facts),
      page.keysPlot('A', 'B', 'C'),
      page.phasesPlot('A', 'B', ['C']),
    ];
    for (const text of [...groups, ...made, noTick]) {
      expect(text).not.toBe('');
      expect(text).not.toMatch(LOOSE);
    }
    for (const given of ['A', 'B', 'C', 'D', 'E']) expect(page.lagPlot(facts)).toContain(given);
  });

  it.each(Object.entries({ labels, headings, links, marks, phases, failures, causes }))(
    'has a word for all %s',
    (_what, words) => {
      for (const word of Object.values(words)) {
        expect(word).not.toBe('');
        expect(word).not.toMatch(LOOSE);
      }
    },
  );

  it('has a different label for each of them', () => {
    expect(new Set(Object.values(labels)).size).toBe(Object.keys(labels).length);
  });

  it('has a name for each type of event', () => {
    const names = EVENT_TYPES.map((type) => language.values.eventName(type));
    expect(new Set(names).size).toBe(EVENT_TYPES.length);
    expect(names.filter((name) => name === '' || LOOSE.test(name))).toStrictEqual([]);
  });

  const sentences = (words: readonly (string | undefined)[]) => {
    for (const one of words) {
      expect(one).toBeTruthy();
      expect(one).not.toMatch(LOOSE);
    }
    return words;
  };

  it('has a sentence for each transition', () => {
    sentences(TRANSITIONS.map((transition) => language.transitions[transition]({ ...FACTS, transition })));
  });

  it('has different sentences for different actions', () => {
    const sentences = TRANSITIONS.filter((transition) => transition.startsWith('stopped')).map((transition) =>
      language.transitions[transition]({ ...FACTS, to: { ...STANDING, phase: 'stopped' }, transition }),
    );
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it.each(EVENT_TYPES)('has a sentence for %s', (type) => {
    const transition = type.startsWith('dcs.watch') ? 'call_fails' : 'gone';
    sentences([language.summarise(type, { ...FACTS, transition })]);
  });

  it('has a sentence for each reason, call and advice, and for everything that could not be read or checked', () => {
    const why = { failure: 'throttled', status: 'PAUSED' } as const;
    const { sourceKeys: _unknown, ...partial } = READINESS;
    const unmet = READINESS.unmet ?? [];
    sentences(
      REASONS.map((code) => {
        const readiness = code === 'figures_missing' ? partial : READINESS;
        return language.reasons[code]({ code, ...why }, readiness, unmet);
      }),
    );
    sentences(CAUSES.flatMap((cause) => [language.advice[cause](), language.advice[cause]('10.0.0.1')]));
    sentences([language.prose.membersNotChecked({ ...GROUP, unchecked: SOME, deleted: SOME })]);
    sentences(
      ANSWERS.flatMap((code) => [{}, ANSWER].map((more) => language.prose.answer({ ...more, code }))),
    );
    sentences(CALL_NAMES.map((call) => language.prose.degraded('HTTP 403.', call, true)));
    sentences(
      UNANSWERED.flatMap((list) => [
        language.prose.unread({ what: 'log', why: list, failure: 'throttled' }),
        language.prose.notChecked({ what: 'deleted', list, failure: 'throttled' }),
      ]),
    );
  });

  it('names the machine that a white list must contain', () => {
    const words = CAUSES.filter((cause) => language.advice[cause]('10.0.0.1').includes('10.0.0.1'));
    expect(words).toStrictEqual(['white list']);
  });
});
