import { describe, expect, test } from 'vitest';
import { unknownFieldIn } from '../../../lib/events/catalogue/fields.ts';
import { samplesOf } from '../../../lib/events/catalogue/samples.ts';
import { EVENT_KINDS } from '../../../lib/events/kinds.ts';
import { EVENT_TYPES } from '../../../lib/events/schema/codes.ts';
import { mustBeDescribed } from '../../support/event-schemas.ts';
import { STORIES } from '../../support/stories.ts';

/** Paths of all values inside, with 0 for the place in a list. */
function pathsIn(value: unknown, path: readonly (string | number)[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [JSON.stringify(path)];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, isList ? 0 : key]));
}

describe.each(EVENT_TYPES)('the samples of %s', (type) => {
  const samples = samplesOf(type);

  test('are events as their published schema describes them', () => {
    expect(samples.length).toBeGreaterThanOrEqual(2);
    mustBeDescribed(samples);
  });

  test('have every severity that the type may have', () => {
    expect(new Set(samples.map(({ severity }) => severity))).toEqual(new Set(EVENT_KINDS[type].severities));
    for (const { severity, data } of samples) expect(data.severity).toBe(severity);
  });

  test('have, between them, each field that an event of the type may have, and one without it', () => {
    const { holds, mayHold = [], eitherOf = [] } = EVENT_KINDS[type];
    for (const field of [...mayHold, ...eitherOf]) {
      expect(new Set(samples.map(({ data }) => field in data))).toEqual(new Set([true, false]));
    }
    for (const field of holds) for (const { data } of samples) expect(data).toHaveProperty(field);
  });
});

describe('a field of events', () => {
  test('is known wherever an event of the stories or a sample has one', () => {
    const events = [...Object.values(STORIES).flat(2), ...EVENT_TYPES.flatMap(samplesOf)];
    const paths = new Set(events.flatMap((event) => pathsIn(event)));
    expect(paths.size).toBeGreaterThan(100);
    expect([...paths].filter((path) => unknownFieldIn(JSON.parse(path)) !== undefined)).toEqual([]);
  });

  test.each([
    [['data', 'sumary'], ['data'], 'summary'],
    [['tipe'], [], 'type'],
    [['data', 'task', 'source', 'adress'], ['data', 'task', 'source'], 'address'],
    [['data', 'dossier', 'log', 0, 'massage'], ['data', 'dossier', 'log', 0], 'message'],
    [['data', 'dossier', 'log', 'massage'], ['data', 'dossier', 'log'], 'first'],
    [['data', 'summary', 'title'], ['data', 'summary'], 'size'],
    [['constructor'], [], 'id'],
  ])('is unknown under a wrong name: %j', (path, known, name) => {
    expect(unknownFieldIn(path)).toEqual({ known, names: expect.arrayContaining([name]) });
  });

  test.each([
    [['data', 'task', 'labels', 'team']],
    [['data', 'group', 'members', 'first', 'name']],
    [['data', 'group', 'members', 'size']],
    [['data', 'group', 'members', -1]],
    [['data', 'summary', 'size']],
    [['drill']],
  ])('is known: %j', (path) => {
    expect(unknownFieldIn(path)).toBeUndefined();
  });
});
