import { describe, expect, it } from 'vitest';
import { defined } from '../../lib/base/defined.ts';
import { type Explanation, phrase } from '../../lib/base/explanation.ts';
import { ANSWERS, type AnswerCode } from '../../lib/events/answer.ts';
import type { EventData, EventFacts, MigrationEvent } from '../../lib/events/event.ts';
import { en } from '../../lib/language/en.ts';
import type { Language } from '../../lib/language/language.ts';
import { compose } from '../../lib/messages/compose.ts';
import type { Composition, Events, Message } from '../../lib/messages/message.ts';
import { translate } from '../../lib/messages/translate.ts';
import { eventOf, NOW, PROJECT_FAILING, TASK } from '../channels/support.ts';
import { AT, dataOf, RECORDED, ROOM, reread, textsOf } from './recorded.ts';
import { TOY } from './toy.ts';

type BrokenChannel = NonNullable<EventData['channels']>[number];

/** Words that are neither a sentence of the toy language nor data. */
function wordsLeft(events: readonly MigrationEvent[], message: Message): string[] {
  const data = [...new Set(events.flatMap(dataOf))].sort((a, b) => b.length - a.length);
  return textsOf(message).flatMap((text) => {
    const ours = data.reduce((left, one) => left.replaceAll(one, ' '), text.replaceAll(/«[^»]*»/g, ' '));
    return [...ours.matchAll(/\p{L}{2,}/gu)].map(([word]) => `${word} in: ${text}`);
  });
}

function composed(events: Events, given: Partial<Composition> = {}): Message {
  return compose(events, { language: TOY, room: ROOM, now: NOW, ...given });
}

describe('a message in a language without words', () => {
  it.each(RECORDED)('has no English word of ours, for each event of %s', (_name, events) => {
    for (const event of events.map(reread)) {
      expect(wordsLeft([event], composed([event]))).toStrictEqual([]);
      expect(wordsLeft([event], composed([event], { reminder: true, lateMs: 1e7 }))).toStrictEqual([]);
    }
  });

  it.each(RECORDED)('has none as a digest of %s', (_name, events) => {
    const [first, ...others] = events.map(reread);
    if (first === undefined) return;
    const merged = { events: 2, since: AT, until: AT, kinds: { full: 1, 'dcs.migration.progress': 1 } };
    expect(wordsLeft(events, composed([first, ...others]))).toStrictEqual([]);
    expect(wordsLeft(events, composed([first, ...others], { merged }))).toStrictEqual([]);
    expect(wordsLeft(events, composed([first, ...others], { reminder: true }))).toStrictEqual([]);
  });

  it('has many when English stays in it', () => {
    const [, events = []] = RECORDED.find(([name]) => name === 'a failure with a cause') ?? [];
    const left = events
      .map(reread)
      .flatMap((event) => wordsLeft([event], composed([event], { language: en })));
    expect(left.length).toBeGreaterThan(50);
  });
});

/** The English texts that an event stores, each beside its codes. */
function storedTexts({ data }: MigrationEvent): string[] {
  const { summary, readiness, lastFigures, unchecked, dossier, group } = data;
  return [
    summary,
    readiness?.reason,
    lastFigures?.words,
    unchecked,
    dossier?.advice?.text,
    ...(dossier?.unknown ?? []),
    group?.retracts?.reason,
    ...(group?.members ?? []).map((member) => member.lastFigures?.words),
  ].flatMap((text) => (text === undefined ? [] : [text]));
}

describe('the translation of an event', () => {
  const all = RECORDED.flatMap(([, events]) => events).map(reread);

  it('leaves none of its English texts', () => {
    const left = all
      .flatMap((event) => storedTexts(translate(event, TOY)))
      .filter((text) => !text.includes('«'));
    expect(left).toStrictEqual([]);
    expect(all.flatMap(storedTexts).length).toBeGreaterThan(1000);
  });

  it('is the event itself in English, also where it is made anew', () => {
    const other: Language = { ...en };
    for (const event of all) {
      expect(translate(event, en)).toBe(event);
      expect(JSON.stringify(sorted(translate(event, other)))).toBe(JSON.stringify(sorted(event)));
    }
  });

  it('keeps the stored text where an older version stored no code beside it', () => {
    const old: EventData = {
      severity: 'action',
      summary: 'migration1: no longer ready for the cut-over: the lag is 9 GB',
      task: TASK,
      readiness: { maxOffset: 1, maxKeyGapPercent: 1, looks: 3, reason: 'the lag is 9 GB' },
      lastFigures: { state: 'behind', words: '9 GB behind' },
      unchecked: 'a deleted task reads the same',
      dossier: { log: [], unknown: ['the log: was not read'] },
    };
    const event = eventOf(old, 'dcs.migration.cutover_unready');
    expect(translate(event, TOY)).toStrictEqual(event);
  });

  it('keeps the stored text where a newer version stored a code that is not known here', () => {
    const newer: MigrationEvent = JSON.parse(
      JSON.stringify(eventOf(PROJECT_FAILING, 'dcs.watch.failing')).replace(
        '"severity":"action","summary"',
        '"readiness":{"reason":"x","because":{"code":"toString"}},"dossier":{"log":[],"unknown":[],"advice":{"cause":"toString","text":"y","source":""}},"severity":"action","summary"',
      ),
    );
    const { readiness, dossier } = translate(newer, TOY).data;
    expect(readiness?.reason).toBe('x');
    expect(dossier?.advice).toMatchObject({ cause: 'toString', text: 'y' });
  });

  it.each<[string, string, Explanation | undefined, string]>([
    [
      'is said anew from its codes',
      'h: connection refused',
      { at: 'h', what: [phrase('connection_refused')] },
      '«prose.explanation»',
    ],
    [
      'is kept where an older version stored no codes',
      'h: connection refused',
      undefined,
      'h: connection refused',
    ],
    [
      'is kept where its codes say something else',
      'h: connection ref',
      { at: 'h', what: [phrase('connection_refused')] },
      'h: connection ref',
    ],
    [
      'is kept where a newer version stored a code that is not known here',
      'h: too hot',
      { at: 'h', what: [phrase('too_hot')] },
      'h: too hot',
    ],
  ])('the reason of a broken channel %s', (_name, reason, explanation, words) => {
    const channel = defined<BrokenChannel>({ name: 'ops', reason, since: AT, explanation });
    const facts: EventFacts = { severity: 'action', channel, channels: [channel] };
    const summary = en.summarise('dcs.watch.channel_broken', facts) ?? '';
    const event = eventOf({ ...facts, summary }, 'dcs.watch.channel_broken');
    const { data } = translate(reread(event), TOY);
    expect(data.channels?.map((one) => one.reason)).toEqual([words]);
    expect(data.channel?.reason).toBe(words);
    expect(translate(event, { ...en }).data.summary).toBe(summary);
  });

  it('says of a retraction whose tasks were not stored what was stored', () => {
    const [event] = all.filter(({ type }) => type === 'dcs.group.retracted');
    const group = event?.data.group;
    if (event === undefined || group?.retracts === undefined) throw new Error('no retraction was recorded');
    const { type, id } = group.retracts;
    const retracts = { type, id, reason: 'orders-1 (full)' };
    const old = { ...event, data: { ...event.data, group: { ...group, retracts } } };
    expect(translate(old, TOY).data.group?.retracts).toStrictEqual(retracts);
  });
});

describe('an answer of DCS', () => {
  const ANSWER = { httpStatus: 403, errorCode: 'DCS.2003', errorMessage: 'frozen' } as const;
  const failing = (code: AnswerCode) => {
    const answer = { ...ANSWER, code };
    const facts = { severity: 'action', task: TASK, reason: 'refused', looks: 3, answer } as const;
    const detail = en.prose.answer(answer);
    const summary = `${TASK.name}: ${en.summarise('dcs.watch.failing', facts)}`;
    return eventOf({ ...facts, detail, summary }, 'dcs.watch.failing');
  };

  it.each(ANSWERS)('has words in each language: %s', (code) => {
    const { detail } = translate(failing(code), TOY).data;
    expect(detail).toBe('«prose.answer»');
    expect(wordsLeft([], composed([{ ...failing(code), subject: '1' }])).join()).not.toContain('frozen');
  });

  it('has those of what is not known without a call', () => {
    const answer = { ...ANSWER, code: 'not_permitted' } as const;
    const detail = en.prose.degraded(en.prose.answer(answer), 'ListMigrationTask', true);
    const failedCall = { severity: 'action', summary: '', reason: 'not authorised', detail, answer } as const;
    const degraded = { ...failedCall, call: 'ListMigrationTask', transition: 'call_denied' } as const;
    const event = eventOf(degraded, 'dcs.watch.degraded');
    expect(translate(event, TOY).data.detail).toBe('«prose.degraded»[«prose.answer»]');
  });

  it('stays as it is stored where an older version stored no code beside it', () => {
    const old = eventOf(PROJECT_FAILING, 'dcs.watch.failing');
    expect(translate(old, TOY).data.detail).toBe(PROJECT_FAILING.detail);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
