import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';

function linesOf(path: string) {
  const text = readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const RECORDS = linesOf('state-v2/records.jsonl').map(
  ({ key, body }) => [`${key.partition} ${key.id}`, key, body] as const,
);
const OLDER = new Map(
  linesOf('state-v1/items.jsonl').map(({ pk, sk, body }) => [`${pk.S} ${sk.S}`, body.S] as const),
);

describe('a record of version 2', () => {
  it.each(RECORDS)('of %s is read, and written with the same bytes', (_name, key, body) => {
    const decoded = decodeRecord(key, body);
    expect(decoded.kind === 'record' && encodeRecord(decoded.record)).toBe(body);
  });

  it.each(RECORDS)('of %s is what version 1 had under that key', (name, key, body) => {
    expect(decodeRecord(key, OLDER.get(name))).toEqual(decodeRecord(key, body));
  });

  it.each(RECORDS)('of %s is checked as its key says, and as no other kind of record', (_name, key, body) => {
    const { state: _own, ...envelope } = JSON.parse(body);
    const refused = Object.entries(WRONG).flatMap(([field, wrong]) => {
      const text = JSON.stringify({ ...envelope, state: { timeline: [], [field]: wrong } });
      return decodeRecord(key, text).kind === 'unreadable' ? [field] : [];
    });
    expect(refused).toEqual(OWN[key.id.split(':')[0] ?? '']);
  });
});

/** One field of each kind of state, and none as a build writes it. */
const WRONG = { standing: 1, cooldowns: 1, baseline: 1, home: 1, claims: 1 };
const OWN: Readonly<Record<string, readonly string[]>> = {
  task: ['standing'],
  project: ['cooldowns'],
  discovery: ['baseline'],
  group: ['home'],
  watcher: ['claims'],
};
