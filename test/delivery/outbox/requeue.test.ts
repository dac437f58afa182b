import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lib/channels/channel.ts';
import { countPending } from '../../../lib/delivery/delivery-summary.ts';
import { expireBlocked } from '../../../lib/delivery/outbox/endings.ts';
import { enqueue, OUTBOX_BYTES } from '../../../lib/delivery/outbox/enqueue.ts';
import { pending, pendingDeliveryTo } from '../../../lib/delivery/outbox/outbox.ts';
import { hasArrived } from '../../../lib/delivery/outbox/outcome/delivery-log.ts';
import { applyOutcome } from '../../../lib/delivery/outbox/outcome/outcome.ts';
import { requeue } from '../../../lib/delivery/outbox/requeue.ts';
import type { DeadLetter } from '../../../lib/delivery/outbox/types.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';
import { stored } from '../../migration/support.ts';
import { withFields } from '../../support/records.ts';

const HOUR = 3_600_000;
const START = new Date('2026-01-05T00:00:00.000Z');
const LATER = new Date(START.getTime() + 1000 * HOUR);
const EMPTY = newRecord(START);

const DELIVERED: Outcome = { class: 'delivered', reason: 'HTTP 200', status: 200, ms: 5 };
const REFUSED: Outcome = { class: 'permanent', reason: 'HTTP 422', status: 422, ms: 5 };
const FAILED: Outcome = { class: 'transient', reason: 'HTTP 500', status: 500, ms: 5 };

function recordWith(numbers: readonly number[], channels: readonly string[] = ['ops']): StoredRecord {
  return enqueue(
    EMPTY,
    numbers.map((n) => eventOf(n)),
    { to: () => channels },
    START,
  ).record;
}

function deadLetterOf(event: MigrationEvent, more: Partial<DeadLetter> = {}): DeadLetter {
  const delivery = { attempts: 9, nextAttemptAt: event.time, history: [] };
  return { event, channel: 'ops', delivery, why: 'refused', diedAt: START.toISOString(), ...more };
}

/** The record after a requeue; throws when there was none. */
function recordAfter(record: StoredRecord, deadLetter: DeadLetter, now = LATER): StoredRecord {
  const put = requeue(record, deadLetter, now);
  if (put.kind !== 'requeued') throw new Error(put.kind);
  return stored(put.record);
}

function attempt(record: StoredRecord, event: MigrationEvent, outcome: Outcome, now = LATER) {
  return applyOutcome(record, {
    eventId: event.id,
    channel: 'ops',
    audience: 'programs',
    outcome,
    now,
    random: 0.5,
  });
}

describe('a dead letter', () => {
  it('is requeued between the events before and after it, due at once, with fresh attempts', () => {
    const deadLetter = deadLetterOf(eventOf(2));
    const record = recordAfter(recordWith([1, 3]), deadLetter);
    expect(pending(record).map(({ event }) => Number(event.sequence))).toEqual([1, 2, 3]);
    expect(pendingDeliveryTo(record, deadLetter.event.id, 'ops')).toEqual({
      attempts: 0,
      nextAttemptAt: LATER.toISOString(),
      history: [],
      redrive: { number: 1, at: LATER.toISOString() },
    });
  });

  it.each([
    [1, [1, 2, 3]],
    [4, [2, 3, 4]],
  ])('is requeued at either end of the row as well (%i)', (sequence, row) => {
    const record = recordAfter(recordWith([2, 3]), deadLetterOf(eventOf(sequence)));
    expect(pending(record).map(({ event }) => Number(event.sequence))).toEqual(row);
  });

  it('joins its event where that is pending for another channel, whose delivery stays as it is', () => {
    const before = recordWith([1, 2, 3], ['cutover']);
    const record = recordAfter(before, deadLetterOf(eventOf(2)));
    expect(record.outbox).toHaveLength(3);
    expect(pending(record).filter(({ channel }) => channel === 'cutover')).toEqual(pending(before));
    expect(pendingDeliveryTo(record, eventOf(2).id, 'ops')).toBeDefined();
  });

  it('keeps its event byte for byte', () => {
    const event = eventOf(1, { summary: 'ünï\u2028code 👩‍🚀' });
    const [entry] = recordAfter(EMPTY, deadLetterOf(event)).outbox;
    expect(JSON.stringify(entry?.event)).toBe(JSON.stringify(event));
  });

  it('changes nothing else in the record, not the lease of a run either', () => {
    const lease = { owner: 'a run', until: LATER.toISOString() };
    const before = withFields(recordWith([1]), { lease, sequence: 7, missing: 1 });
    const { outbox: _after, ...rest } = recordAfter(before, deadLetterOf(eventOf(2)));
    const { outbox: _before, ...same } = before;
    expect(rest).toEqual(same);
  });

  it('is requeued once: then it is in progress, and one whose delivery is still pending stays so', () => {
    const deadLetter = deadLetterOf(eventOf(1));
    expect(requeue(recordAfter(EMPTY, deadLetter), deadLetter, LATER)).toEqual({ kind: 'in progress' });
    expect(requeue(recordWith([1]), deadLetter, LATER)).toEqual({ kind: 'pending' });
  });

  it('that arrived meanwhile is not requeued', () => {
    const deadLetter = deadLetterOf(eventOf(1));
    const { record } = attempt(recordAfter(EMPTY, deadLetter), deadLetter.event, DELIVERED);
    expect(hasArrived(record, deadLetter.event.id, 'ops')).toBe(true);
    expect(hasArrived(record, deadLetter.event.id, 'cutover')).toBe(false);
    expect(requeue(record, deadLetter, LATER)).toEqual({ kind: 'arrived' });
    expect(requeue(record, { ...deadLetter, channel: 'cutover' }, LATER).kind).toBe('requeued');
  });

  it('leaves half of an outbox free for new events', () => {
    const numbers = Array.from({ length: 31 }, (_, n) => n + 1);
    const record = recordAfter(recordWith(numbers), deadLetterOf(eventOf(32)));
    expect(requeue(record, deadLetterOf(eventOf(33)), LATER)).toEqual({ kind: 'no room' });
    // An event that is there anyway, for another channel, takes no room.
    expect(requeue(record, deadLetterOf(eventOf(31), { channel: 'cutover' }), LATER).kind).toBe('requeued');
  });

  it('is measured in bytes as well, and a large one is requeued alone', () => {
    const large = deadLetterOf(eventOf(1, { summary: '界'.repeat(OUTBOX_BYTES / 5) }));
    expect(requeue(recordWith([2]), large, LATER)).toEqual({ kind: 'no room' });
    expect(requeue(EMPTY, large, LATER).kind).toBe('requeued');
  });

  it('is placed in order of sequence among the others', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 60 }), (others, sequence) => {
        const sorted = others.toSorted((a, b) => a - b);
        const before = recordWith(sorted, ['cutover']);
        const record = recordAfter(before, deadLetterOf(eventOf(sequence)));
        const row = record.outbox.map(({ event }) => Number(event.sequence));
        expect(row).toEqual([...new Set([...sorted, sequence])].toSorted((a, b) => a - b));
        expect(pending(record)).toHaveLength(pending(before).length + 1);
      }),
    );
  });
});

describe('a delivery that was requeued', () => {
  const deadLetter = deadLetterOf(eventOf(1, { at: START.getTime() }));
  const event = deadLetter.event;
  const record = recordAfter(EMPTY, deadLetter);
  const after = (hours: number) => new Date(LATER.getTime() + hours * HOUR);

  it('has its deadline counted from that moment, and stays marked', () => {
    const inTime = attempt(record, event, FAILED, after(71));
    expect(inTime.deadLetters).toEqual([]);
    expect(pendingDeliveryTo(inTime.record, event.id, 'ops')?.redrive).toEqual({
      number: 1,
      at: LATER.toISOString(),
    });
    expect(attempt(record, event, FAILED, after(72)).deadLetters).toMatchObject([
      { why: 'deadline', delivery: { redrive: { number: 1 }, attempts: 1 } },
    ]);
  });

  it('is not given up early while its channel is blocked', () => {
    const blocked = (now: Date) =>
      expireBlocked(record, () => ({ audience: 'programs' }), now).deadLetters.length;
    expect([blocked(after(71)), blocked(after(72))]).toEqual([0, 1]);
  });

  it('counts as pending since then, so that the age of its event raises no alarm', () => {
    expect(countPending([{ record }])).toEqual({ pending: 1, pendingSince: LATER.getTime() });
    expect(countPending([{ record: recordWith([1]) }])).toEqual({
      pending: 1,
      pendingSince: Date.parse(eventOf(1).time),
    });
  });

  it('counts its redrives when it fails again', () => {
    const [again] = attempt(record, event, REFUSED).deadLetters;
    if (again === undefined) throw new Error('it did not die');
    const twice = recordAfter(EMPTY, again, after(1));
    expect(pendingDeliveryTo(twice, event.id, 'ops')?.redrive).toEqual({
      number: 2,
      at: after(1).toISOString(),
    });
    expect(requeue(twice, deadLetter, after(2))).toEqual({ kind: 'in progress' });
  });

  it('names its dead letter when it arrives, so that it can be resolved', () => {
    const named = { event, channel: 'ops', redrives: 0 };
    expect(attempt(record, event, DELIVERED).toResolve).toEqual([named]);
    expect(attempt(record, event, FAILED).toResolve).toBeUndefined();
    const inTime = new Date(eventOf(1).time);
    expect(attempt(recordWith([1]), eventOf(1), DELIVERED, inTime).toResolve).toBeUndefined();
  });
});
