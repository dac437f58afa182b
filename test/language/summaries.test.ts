import { afterAll, describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../lib/events/event.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { en } from '../../lib/language/en.ts';
import { LANGUAGE_NAMES, languageOf } from '../../lib/language/index.ts';
import type { Language } from '../../lib/language/language.ts';
import { titleOf } from '../../lib/messages/parts/title.ts';
import { translate } from '../../lib/messages/translate.ts';
import { TIMELINES } from '../migration/timelines/fixture.ts';
import { replay } from '../migration/timelines/replay.ts';
import { STORIES } from '../support/stories.ts';

const replayed = TIMELINES.map(
  (timeline) => [timeline.file, replay(timeline).events.map(({ event }) => event)] as const,
);
const RECORDED: readonly (readonly [string, readonly MigrationEvent[]])[] = [
  ...replayed,
  ...Object.entries(STORIES).map(([name, chapters]) => [name, chapters.flat()] as const),
];

/** An event as a store gives it back. */
function reread(event: MigrationEvent): MigrationEvent {
  return JSON.parse(JSON.stringify(event));
}

describe('English', () => {
  let compared = 0;
  afterAll(() => {
    process.stdout.write(`${compared} summaries are what English says of type and data\n`);
  });

  it.each(RECORDED)('makes the stored summary from type and data: %s', (_name, events) => {
    for (const { type, data } of events.map(reread)) {
      const { summary: _stored, ...facts } = data;
      expect(`${en.values.subject(data)}: ${en.summarise(type, facts)}`).toBe(data.summary);
      compared += 1;
    }
  });

  it('has no sentence for an event that an older version stored without its code', () => {
    const moved = RECORDED.flatMap(([, events]) => events).filter(
      ({ data }) => data.transition !== undefined,
    );
    expect(moved.length).toBeGreaterThan(100);
    for (const { type, data } of moved) {
      const { transition: _code, ...old } = data;
      expect(en.summarise(type, old)).toBeUndefined();
    }
  });

  it('has no sentence for an event with a code of a newer version', () => {
    const newer: MigrationEvent['data'] = JSON.parse(
      '{"severity":"info","summary":"x","transition":"toString"}',
    );
    expect(en.summarise('dcs.migration.status_changed', newer)).toBeUndefined();
  });
});

describe('an event in another language', () => {
  const [event] = RECORDED.flatMap(([, events]) => events).filter(({ type }) =>
    type.endsWith('status_changed'),
  );
  if (event === undefined) throw new Error('no change was recorded');
  const other: Language = { ...en, summarise: () => 'something else' };

  it('has a title that is made from type and data', () => {
    const title = titleOf(translate(event, other), other);
    expect(title).toMatchObject({ name: event.data.task?.name, text: 'something else' });
  });

  it('has the stored summary where it has too little data', () => {
    const silent: Language = { ...en, summarise: () => undefined };
    expect(titleOf(translate(event, silent), silent)).toStrictEqual(titleOf(event, en));
    expect(titleOf(event, en).text).toBe(en.summarise(event.type, event.data));
  });
});

const EACH = await Promise.all(
  LANGUAGE_NAMES.map(async (name) => [name, await languageOf({ language: name, timeZone: 'UTC' })] as const),
);

describe.each(EACH)('the language %s', (_name, language) => {
  it.each(RECORDED)('has a sentence for each event of %s', (_story, events) => {
    for (const { type, data } of events) {
      expect(language.summarise(type, data)).toMatch(/^\S(?:.*\S)?$/u);
      expect(language.summarise(type, data)).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it.each(EVENT_TYPES)('never fails on an empty %s', (type) => {
    expect(() => language.summarise(type, { severity: 'info' })).not.toThrow();
  });
});
