import { describe, expect, it } from 'vitest';
import { markOf, marksIn, pastOf, pastSet, soughtBy } from '../../../lib/migration/discovery/baseline.ts';
import { newRecord } from '../../../lib/migration/model/state.ts';
import { decodeRecord, encodeRecord } from '../../../lib/records/codec.ts';

const SOUGHT = soughtBy('prod-*');
const ids = (count: number, prefix = '') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const pastOfIds = (all: readonly string[]) => pastOf(SOUGHT, all.map(markOf));
const bytesOf = (all: readonly string[]) => {
  const record = { ...newRecord(new Date(0)), baseline: pastOfIds(all) };
  return Buffer.byteLength(encodeRecord(record));
};

/** An item of DynamoDB, less what its key and its other attributes take at most. */
const ITEM_BYTES = 400 * 1024 - 3200;

describe('the tasks of the past', () => {
  it.each([0, 1, 2, 100])('are known by their marks, and no others are: %i of them', (count) => {
    const all = ids(count);
    const set = pastSet(pastOfIds(all));
    expect(all.every((id) => set.has(markOf(id)))).toBe(true);
    expect(ids(1000, 'other').some((id) => set.has(markOf(id)))).toBe(false);
  });

  it('are nobody before the first list', () => {
    expect(pastSet(undefined).has(markOf('a'))).toBe(false);
  });

  it.each([
    [5000, 41_000],
    [20_000, 161_000],
    [100_000, ITEM_BYTES],
  ])('%i of them take at most %i bytes', (count, most) => {
    expect(bytesOf(ids(count))).toBeLessThan(most);
  });

  it('are all known still where they are too many for whole marks, and few others are taken for them', () => {
    const all = ids(100_000);
    const set = pastSet(pastOfIds(all));
    expect(all.every((id) => set.has(markOf(id)))).toBe(true);
    const mistaken = ids(10_000, 'other').filter((id) => set.has(markOf(id)));
    expect(mistaken.length).toBeLessThan(200);
  });

  it('are all known still where several patterns together found more than a list can have', () => {
    const all = ids(200_000);
    const past = pastOfIds(all);
    const set = pastSet(past);
    expect(all.every((id) => set.has(markOf(id)))).toBe(true);
    expect(bytesOf(all)).toBeLessThan(ITEM_BYTES);
  });

  it('that were cut short once stay so when others are added', () => {
    const many = pastOfIds(ids(80_000));
    expect(many.length).toBeLessThan(8);
    const more = pastOf(SOUGHT, [...marksIn(many), markOf('new')]);
    expect(more.length).toBe(many.length);
    const set = pastSet(more);
    expect(ids(80_000).every((id) => set.has(markOf(id))) && set.has(markOf('new'))).toBe(true);
  });

  it('are read back from their record, which nobody else can have written', () => {
    const record = { ...newRecord(new Date(0)), baseline: pastOfIds(ids(3)) };
    expect(decodeRecord(encodeRecord(record))).toEqual({ kind: 'record', record });
    for (const each of [0, -1, 1.5, '8', undefined]) {
      const body = JSON.stringify({ ...record, baseline: { ...record.baseline, length: each } });
      expect(decodeRecord(body).kind).toBe('garbage');
    }
  });
});

describe('what is looked for', () => {
  it('is the same without a pattern and with a star, and another one with each other pattern', () => {
    expect(soughtBy(undefined)).toBe(soughtBy('*'));
    expect(soughtBy('a*')).not.toBe(soughtBy('b*'));
  });
});
