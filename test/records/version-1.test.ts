import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';

/** The records of the fixture, by partition and id, as the build before stored them. */
const BODIES = readFileSync(new URL('../fixtures/state-v1/items.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ pk }) => pk.S !== 'dead')
  .map(({ pk, sk, body }) => [`${pk.S} ${sk.S}`, body.S, { partition: pk.S, id: sk.S }] as const);

function versionOf(body: string): unknown {
  return JSON.parse(body).schemaVersion;
}

describe('a record of version 1', () => {
  it('has every kind of state in the fixture', () => {
    const kinds = BODIES.map(([name]) => name.split(' ')[1]?.split(':')[0]);
    expect(new Set(kinds)).toEqual(new Set(['task', 'project', 'discovery', 'group', 'watcher']));
    const fields = new Set(BODIES.flatMap(([, body]) => Object.keys(JSON.parse(body))));
    for (const field of [
      'course',
      'ending',
      'trouble',
      'rest',
      'swept',
      'degraded',
      'past',
      'group',
      'home',
      'channels',
      'paces',
      'claims',
      'waiting',
      'counted',
      'told',
      'buried',
      'lease',
    ]) {
      expect(fields).toContain(field);
    }
  });

  it.each(BODIES)('of %s is read, written as version 2, and read again', (_name, body, key) => {
    expect(versionOf(body)).toBe(1);
    const decoded = decodeRecord(key, body);
    if (decoded.kind !== 'record') throw new Error(decoded.kind);
    const written = encodeRecord(decoded.record);
    expect(versionOf(written)).toBe(2);
    expect(decodeRecord(key, written)).toEqual(decoded);
  });

  it.each(BODIES)(
    'of %s keeps its pending and sent deliveries, its numbers and its lease',
    (_name, body, key) => {
      const before = JSON.parse(body);
      const decoded = decodeRecord(key, body);
      expect(decoded).toMatchObject({
        record: {
          born: before.born,
          sequence: before.sequence,
          outbox: before.outbox,
          ...(before.counted && { eventCount: before.counted }),
          ...(before.told && { sent: before.told }),
          ...(before.buried && { deadLettersUpTo: before.buried }),
          ...(before.lease && { lease: before.lease }),
        },
      });
    },
  );

  it.each(BODIES)('of %s is unreadable when a part of it is damaged', (_name, body, key) => {
    const before = JSON.parse(body);
    for (const field of Object.keys(before)) {
      if (field === 'schemaVersion') continue;
      const damaged = JSON.stringify({ ...before, [field]: [false] });
      expect([field, decodeRecord(key, damaged).kind]).toEqual([field, 'unreadable']);
    }
  });
});
