import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../lib/events/event.ts';
import { EVENT_KINDS } from '../lib/events/kinds.ts';
import { EVENT_TYPES } from '../lib/events/schema/codes.ts';
import { DATA } from '../lib/events/schema.ts';
import { mustBeDescribed, problemsOf, publishedSchema } from './support/event-schemas.ts';
import { STORIES } from './support/stories.ts';
import { createWorld } from './support/world.ts';

const inRepository = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
/** What all of them hold. */
const ALWAYS = ['severity', 'number', 'summary', 'consoleUrl'];

/** Events of every type, as the real rules make them and as a receiver reads them. */
async function everyEvent(): Promise<MigrationEvent[]> {
  const world = await createWorld({ channels: { ops: { type: 'webhook' }, other: { type: 'webhook' } } });
  try {
    world.receiver.answer('/ops', { status: 410 });
    world.status('task-1', 'RUNNING');
    await world.tick();
    await world.tick();
    const broken = world.receiver.at('/other').map(({ body }): MigrationEvent => JSON.parse(body));
    const events: MigrationEvent[] = JSON.parse(JSON.stringify(Object.values(STORIES).flat(2)));
    return [...events, ...broken];
  } finally {
    await world.close();
  }
}

describe('the description of the events', () => {
  test('says of every type when it is sent', () => {
    expect(Object.keys(EVENT_KINDS)).toEqual(EVENT_TYPES);
  });

  test('has every field in some type of event', () => {
    const held = Object.values(EVENT_KINDS).flatMap(({ holds, mayHold = [], eitherOf = [] }) => [
      ...holds,
      ...mayHold,
      ...eitherOf,
    ]);
    expect(new Set([...held, ...ALWAYS])).toEqual(new Set(Object.keys(DATA)));
  });
});

describe('the published schemas', () => {
  test.each(EVENT_TYPES)('of %s describe it and each of its fields', (type) => {
    const schema = publishedSchema(type);
    expect(schema).toMatchObject({ title: type, description: expect.stringMatching(/^[A-Z].+\.$/) });
    expect(undescribed(schema)).toEqual([]);
  });

  test.each(EVENT_TYPES)('of %s can be used as they are, and allow additions', (type) => {
    const ajv = new Ajv2020({ strict: true, validateFormats: false });
    expect(ajv.validateSchema(publishedSchema(type))).toBe(true);
    expect(JSON.stringify(publishedSchema(type))).not.toContain('"additionalProperties":false');
  });

  test('accept every event that is sent, and know all its fields', async () => {
    const events = await everyEvent();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
    mustBeDescribed(events);

    const ajv = new Ajv2020({ strict: true, validateFormats: false });
    const validators = new Map(EVENT_TYPES.map((type) => [type, ajv.compile(publishedSchema(type))]));
    for (const event of events) {
      const newer = { ...event, data: { ...event.data, later: 1 }, later: 1 };
      expect([event, newer].map((one) => validators.get(event.type)?.(one))).toEqual([true, true]);
    }
  });

  test('have only fields that some event has', async () => {
    const sent = new Set(
      (await everyEvent()).flatMap(({ type, data }) => Object.keys(data).map((key) => `${type} ${key}`)),
    );
    const promised = EVENT_TYPES.flatMap((type) => EVENT_KINDS[type].holds.map((key) => `${type} ${key}`));
    expect(promised.filter((field) => !sent.has(field))).toEqual([]);
  });

  test('refuse an event that lacks a field, has an undescribed one, or is of an unknown type', async () => {
    const [event] = await everyEvent();
    if (event === undefined) throw new Error('nothing was sent');
    const { summary: _summary, ...rest } = event.data;
    expect(problemsOf(event)).toEqual([]);
    expect(problemsOf({ ...event, data: rest })).toEqual([
      expect.stringContaining("required property 'summary'"),
    ]);
    expect(problemsOf({ ...event, extra: 1 })).toEqual([expect.stringContaining('additional properties')]);
    expect(problemsOf({ ...event, data: { ...event.data, severity: 'grave' } })).toHaveLength(1);
    expect(problemsOf({ ...event, time: 'yesterday' })).toEqual([expect.stringContaining('format')]);
    expect(problemsOf({ ...event, type: 'dcs.migration.bygone' })).toEqual(['an event of no known type']);
  });
});

describe('docs/events.md', () => {
  test('has a row for every type of event, with its severity and the time of sending', async () => {
    const rows = (await inRepository('docs/events.md'))
      .split('\n')
      .filter((line) => line.startsWith('| `dcs.'));
    const wanted = EVENT_TYPES.map((type) => {
      const { severities, when } = EVENT_KINDS[type];
      return `| \`${type}\` | ${severities.map((severity) => `\`${severity}\``).join(', ')} | ${when} |`;
    });
    expect(rows).toEqual(wanted);
  });

  test('shows an event that matches its schema', async () => {
    const blocks = [...(await inRepository('docs/events.md')).matchAll(/```json\n([^`]*)```/g)].map(
      ([, json = '']) => json,
    );
    const whole = blocks.map((json) => JSON.parse(json)).filter((event) => event.source !== undefined);
    expect(whole).toHaveLength(1);
    mustBeDescribed(whole);
  });
});

test('the package has the schemas', async () => {
  const { files } = JSON.parse(await inRepository('package.json'));
  expect(files).toContain('schemas');
});

/** Where a schema has a property without words. */
function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const here = `${path}/${keyword}`;
    if (keyword === 'oneOf') return [];
    if (keyword !== 'properties') return undescribed(value, here);
    return Object.entries(value ?? {}).flatMap(([name, property]) => [
      ...(JSON.stringify(property).startsWith('{') && !hasWords(property) ? [`${here}/${name}`] : []),
      ...undescribed(property, `${here}/${name}`),
    ]);
  });
}

function hasWords(schema: unknown): boolean {
  return (
    typeof schema === 'object' && schema !== null && 'description' in schema && schema.description !== ''
  );
}
