import { describe, expect, it } from 'vitest';
import { mayHaveDeadLetter, withoutOldMark } from '../../../lib/delivery/outbox/dead-letter-mark.ts';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import {
  covers,
  LONGEST_RUN_MS,
  leasedUntil,
  leaseFor,
  mayDeliver,
  withLease as takeLease,
  withoutLease,
} from '../../../lib/delivery/outbox/lease.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';

const NOW = Date.parse('2026-01-05T00:00:00.000Z');
const GRACE = 30_000;
const FREE = newRecord(new Date(NOW));
const MINE = { owner: 'me', now: NOW, leftMs: 60_000 };

function leased(until: number, owner = 'other'): StoredRecord {
  return { ...FREE, lease: { owner, until: new Date(until).toISOString() } };
}

describe('a lease', () => {
  it.each([
    ['of a long run covers half a minute of work', { leftMs: LONGEST_RUN_MS }, 30_000],
    ['covers work that takes longer', { leftMs: LONGEST_RUN_MS, workMs: 40_000 }, 40_000],
    ['never lasts longer than its run', { leftMs: 12_000, workMs: 40_000 }, 12_000],
    ['of a run that is over covers nothing', { leftMs: -1 }, 0],
  ])('%s, and outlives it by half a minute', (_words, work, forMs) => {
    const until = new Date(NOW + forMs + GRACE).toISOString();
    expect(leaseFor({ owner: 'me', now: NOW, ...work })).toEqual({ owner: 'me', until });
  });

  it.each([
    ['that ends half a minute after the work', leased(NOW + 20_000 + GRACE, 'me'), true],
    ['that ends sooner', leased(NOW + 20_000 + GRACE - 1, 'me'), false],
    ['of another run', leased(NOW + 60_000), false],
    ['that was given back', FREE, false],
    ['taken before the clock was set back by an hour', leased(NOW + 3_660_000, 'me'), false],
  ])('%s: whether it covers twenty seconds of work is %3$s', (_words, record, expected) => {
    expect(covers(record, { owner: 'me', now: NOW, leftMs: 60_000, workMs: 20_000 })).toBe(expected);
  });

  it('is at most as long as the longest run of AWS Lambda, a quarter of an hour', () => {
    expect(LONGEST_RUN_MS).toBe(900_000);
  });

  it.each([
    ['until a minute from now', NOW + 60_000, false],
    ['for one millisecond more', NOW + 1, false],
    ['until now', NOW, true],
    ['until a minute ago', NOW - 60_000, true],
    ['for as long as any run lasts', NOW + LONGEST_RUN_MS + GRACE, false],
    ['for as long as any run lasts, by a clock half a minute ahead', NOW + LONGEST_RUN_MS + 2 * GRACE, false],
    ['for longer than that: its clock was wrong', NOW + LONGEST_RUN_MS + 2 * GRACE + 1, true],
  ])('of another run %s lets us deliver: %3$s', (_words, until, may) => {
    expect(mayDeliver(leased(until), 'me', NOW)).toBe(may);
  });

  it('does not hold up its owner, or anybody once it is gone', () => {
    expect(mayDeliver(FREE, 'me', NOW)).toBe(true);
    expect(mayDeliver(leased(NOW + 60_000, 'me'), 'me', NOW)).toBe(true);
  });

  it('names its end to everybody whom it holds up', () => {
    const until = new Date(NOW + 1).toISOString();
    expect(leasedUntil(leased(NOW + 1), 'me', NOW)).toBe(until);
    expect(leasedUntil(leased(NOW + 1), 'other', NOW)).toBeUndefined();
    expect(leasedUntil(leased(NOW), 'me', NOW)).toBeUndefined();
    expect(leasedUntil(FREE, 'me', NOW)).toBeUndefined();
  });

  it('that is taken over marks pending deliveries: they may have dead letters already', () => {
    const event = eventOf(3, { at: NOW });
    const record = enqueue(
      { ...leased(NOW - 1), sequence: 3 },
      [event],
      { to: () => ['ops'] },
      new Date(NOW),
    ).record;
    const taken = takeLease(record, MINE);
    expect(taken).toEqual({ ...record, lease: leaseFor(MINE), deadLettersUpTo: 3 });
    expect(mayHaveDeadLetter(taken, event)).toBe(true);
    expect(mayHaveDeadLetter(taken, eventOf(4))).toBe(false);
    expect(withoutOldMark(taken)).toBe(taken);
    expect(withoutOldMark({ ...taken, outbox: [] })).not.toHaveProperty('deadLettersUpTo');
    expect(takeLease(withoutLease(record), MINE)).not.toHaveProperty('deadLettersUpTo');
    expect(takeLease(leased(NOW - 1), MINE)).not.toHaveProperty('deadLettersUpTo');
    expect(takeLease({ ...record, lease: leaseFor(MINE) }, MINE)).not.toHaveProperty('deadLettersUpTo');
  });

  it('leaves no trace when it is given back', () => {
    expect(withoutLease(leased(NOW))).toStrictEqual(FREE);
  });
});
