import { describe, expect, it } from 'vitest';
import {
  baselineOf,
  fingerprintOf,
  fingerprintSet,
  fingerprintsIn,
  patternFingerprint,
} from '../../../lib/migration/discovery/baseline.ts';
import { decodeRecord, encodeRecord } from '../../../lib/records/codec.ts';
import { recordWith } from '../../support/records.ts';

const KEY = { partition: 'project:p', id: 'discovery:d' };

import { asStored, flat } from '../../records/as-stored.ts';

const PATTERN = patternFingerprint('prod-*');
const ids = (count: number, prefix = '') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const baselineOfIds = (all: readonly string[]) => baselineOf(PATTERN, all.map(fingerprintOf));
const bytesOf = (all: readonly string[]) => {
  const record = recordWith(new Date(0), { baseline: baselineOfIds(all) });
  return Buffer.byteLength(encodeRecord(record));
};

/** An item of DynamoDB, less what its key and its other attributes take at most. */
const ITEM_BYTES = 400 * 1024 - 3200;

describe('a baseline', () => {
  it.each([0, 1, 2, 100])('contains its %i tasks, and no others', (count) => {
    const all = ids(count);
    const set = fingerprintSet(baselineOfIds(all));
    expect(all.every((id) => set.has(fingerprintOf(id)))).toBe(true);
    expect(ids(1000, 'other').some((id) => set.has(fingerprintOf(id)))).toBe(false);
  });

  it('is empty before the first list', () => {
    expect(fingerprintSet(undefined).has(fingerprintOf('a'))).toBe(false);
  });

  it.each([
    [5000, 41_000],
    [20_000, 161_000],
    [100_000, ITEM_BYTES],
  ])('of %i tasks takes at most %i bytes', (count, most) => {
    expect(bytesOf(ids(count))).toBeLessThan(most);
  });

  it('of too many tasks for whole fingerprints contains all of them, and few others by mistake', () => {
    const all = ids(100_000);
    const set = fingerprintSet(baselineOfIds(all));
    expect(all.every((id) => set.has(fingerprintOf(id)))).toBe(true);
    const mistaken = ids(10_000, 'other').filter((id) => set.has(fingerprintOf(id)));
    expect(mistaken.length).toBeLessThan(200);
  });

  it('of more tasks than a list can have contains all of them', () => {
    const all = ids(200_000);
    const set = fingerprintSet(baselineOfIds(all));
    expect(all.every((id) => set.has(fingerprintOf(id)))).toBe(true);
    expect(bytesOf(all)).toBeLessThan(ITEM_BYTES);
  });

  it('keeps the length of its fingerprints when others are added', () => {
    const many = baselineOfIds(ids(80_000));
    expect(many.length).toBeLessThan(8);
    const more = baselineOf(PATTERN, [...fingerprintsIn(many), fingerprintOf('new')]);
    expect(more.length).toBe(many.length);
    const set = fingerprintSet(more);
    expect(ids(80_000).every((id) => set.has(fingerprintOf(id))) && set.has(fingerprintOf('new'))).toBe(true);
  });

  it('is read back from its record, and refused if this program cannot have written it', () => {
    const record = recordWith(new Date(0), { baseline: baselineOfIds(ids(3)) });
    expect(decodeRecord(KEY, encodeRecord(record))).toEqual({ kind: 'record', record });
    for (const each of [0, -1, 1.5, '8', undefined]) {
      const body = asStored({ ...flat(record), baseline: { ...record.state.baseline, length: each } });
      expect(decodeRecord(KEY, body).kind).toBe('unreadable');
    }
  });
});

describe('the fingerprint of a pattern', () => {
  it('is the same without a pattern and with a star, and differs for every other pattern', () => {
    expect(patternFingerprint(undefined)).toBe(patternFingerprint('*'));
    expect(patternFingerprint('a*')).not.toBe(patternFingerprint('b*'));
  });
});
