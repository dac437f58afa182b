import { describe, expect, it } from 'vitest';
import {
  markDeadLettersPossible,
  mayHaveDeadLetter,
  withoutOldMark,
} from '../../../lib/delivery/outbox/dead-letter-mark.ts';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';

const NOW = new Date('2026-01-05T00:10:11.000Z');
const EMPTY = newRecord(NOW);

/** A record in which the events with these numbers are pending. */
function recordWith(...numbers: readonly number[]): StoredRecord {
  const events = numbers.map((number) => eventOf(number));
  return enqueue({ ...EMPTY, sequence: Math.max(0, ...numbers) }, events, { to: () => ['ops'] }, NOW).record;
}

const sequence = (number: number) => ({ sequence: String(number).padStart(10, '0') });

describe('the dead-letter mark', () => {
  it('reaches up to the last event', () => {
    expect(markDeadLettersPossible(recordWith(2, 3))).toEqual({ ...recordWith(2, 3), deadLettersUpTo: 3 });
  });

  it('is not set on an empty outbox', () => {
    expect(markDeadLettersPossible(EMPTY)).toBe(EMPTY);
  });

  it('is not set twice, and costs no second write', () => {
    const marked = markDeadLettersPossible(recordWith(2));
    expect(markDeadLettersPossible(marked)).toBe(marked);
  });

  it('covers the events that were pending then', () => {
    const record = { ...recordWith(2, 3, 4), deadLettersUpTo: 3 };
    expect([2, 3, 4].map((number) => mayHaveDeadLetter(record, sequence(number)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(mayHaveDeadLetter(recordWith(1), sequence(1))).toBe(false);
  });

  it('stays until the last of those events has ended', () => {
    const left = { ...recordWith(3, 4), deadLettersUpTo: 3 };
    expect(withoutOldMark(left)).toBe(left);
    expect(withoutOldMark({ ...recordWith(4), deadLettersUpTo: 3 })).toEqual(recordWith(4));
    expect(withoutOldMark(EMPTY)).toBe(EMPTY);
  });
});
