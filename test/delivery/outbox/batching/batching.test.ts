import { describe, expect, test } from 'vitest';
import type { Audience } from '../../../../lib/channels/channel.ts';
import { nextBatch } from '../../../../lib/delivery/outbox/batching/batching.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import { applyOutcome } from '../../../../lib/delivery/outbox/outcome/outcome.ts';
import type { MigrationEvent } from '../../../../lib/events/event.ts';
import { newRecord, type StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';
import { type RecordFields, withFields } from '../../../support/records.ts';

const NOW = new Date('2026-01-05T03:00:00.000Z');
const MINUTE = 60_000;

/** Events with these numbers, each noticed at the minute given beside its number. */
function recordWith(minutes: Readonly<Record<number, number>>, base: RecordFields = {}): StoredRecord {
  const events = Object.entries(minutes).map(([sequence, minute]) => event(Number(sequence), minute));
  return enqueue(withFields(newRecord(NOW), base), events, { to: () => ['chat', 'program'] }, NOW).record;
}

function event(sequence: number, minute: number, data: Partial<MigrationEvent['data']> = {}): MigrationEvent {
  const made = eventOf(sequence, { at: NOW.getTime() + (minute - 30) * MINUTE });
  return { ...made, data: { ...made.data, ...data } };
}

function batchOf(record: StoredRecord, audience: Audience, at = NOW): number[] {
  const channel = audience === 'people' ? 'chat' : 'program';
  return nextBatch(record, { name: channel, audience }, at).map(({ event: { sequence } }) =>
    Number(sequence),
  );
}

describe('the events of one look', () => {
  test('reach a chat in one message, and a program one after another', () => {
    const record = recordWith({ 1: 5, 2: 5, 3: 5 });
    expect(batchOf(record, 'people')).toEqual([1, 2, 3]);
    expect(batchOf(record, 'programs')).toEqual([1]);
  });

  test('stay apart from the events of the next look', () => {
    expect(batchOf(recordWith({ 1: 5, 2: 5, 3: 6, 4: 6 }), 'people')).toEqual([1, 2]);
  });

  test('stay together even when there are more than make a digest', () => {
    expect(batchOf(recordWith({ 1: 5, 2: 5, 3: 5, 4: 5, 5: 5, 6: 6 }), 'people')).toEqual([1, 2, 3, 4, 5]);
  });

  test('all wait when the first one has to wait', () => {
    const outcome = { class: 'transient', reason: 'HTTP 503', ms: 1 } as const;
    const attempt = { channel: 'chat', audience: 'people', outcome, now: NOW, random: 0.5 } as const;
    const record = recordWith({ 1: 5, 2: 5 });
    const { record: tried } = applyOutcome(record, { ...attempt, eventId: event(1, 5).id });
    expect(batchOf(tried, 'people')).toEqual([]);
    expect(batchOf(tried, 'people', new Date(NOW.getTime() + 2 * MINUTE))).toEqual([1, 2]);
  });

  test('leave out one that was acknowledged before a run died', () => {
    const outcome = { class: 'delivered', reason: 'HTTP 200', ms: 1 } as const;
    const attempt = { channel: 'chat', audience: 'people', outcome, now: NOW, random: 0.5 } as const;
    const { record } = applyOutcome(recordWith({ 1: 5, 2: 5, 3: 6 }), {
      ...attempt,
      eventId: event(1, 5).id,
    });
    expect(batchOf(record, 'people')).toEqual([2]);
  });
});

describe('a digest', () => {
  test('is made when the messages of four looks wait, and holds all of them', () => {
    expect(batchOf(recordWith({ 1: 5, 2: 5, 3: 6, 4: 7, 5: 8 }), 'people')).toEqual([1, 2, 3, 4, 5]);
    expect(batchOf(recordWith({ 1: 5, 2: 5, 3: 6, 4: 7 }), 'people')).toEqual([1, 2]);
  });
});

describe('a chat that got a message about a flapping task a moment ago', () => {
  const at = (minute: number) => new Date(NOW.getTime() + (minute - 30) * MINUTE).toISOString();
  const standing = (status: string, minute: number) =>
    ({ status, phase: 'full', since: at(minute) }) as const;
  const flapping: RecordFields = {
    timeline: [25, 26, 27, 28].map((minute) => standing(minute % 2 === 0 ? 'A' : 'B', minute)),
    standing: standing('B', 29),
    sent: [{ eventId: 'evt_before', channel: 'chat', at: at(28), attempts: 1, events: 1 }],
  };

  test('waits', () => {
    expect(batchOf(recordWith({ 7: 29, 8: 30 }, flapping), 'people')).toEqual([]);
  });

  test('gets a retraction of an event that it got at once, with everything that waits', () => {
    const readiness = { maxOffset: 0, maxKeyGapPercent: 1, looks: 3, retracts: 'evt_before' };
    const events = [event(7, 29), event(8, 30, { readiness })];
    const { record } = enqueue(withFields(newRecord(NOW), flapping), events, { to: () => ['chat'] }, NOW);
    expect(batchOf(record, 'people')).toEqual([7, 8]);
  });

  test('waits when it never got the retracted event', () => {
    const announced = event(7, 29);
    const readiness = { maxOffset: 0, maxKeyGapPercent: 1, looks: 3, retracts: announced.id };
    const events = [announced, event(8, 30, { readiness })];
    const { record } = enqueue(withFields(newRecord(NOW), flapping), events, { to: () => ['chat'] }, NOW);
    expect(batchOf(record, 'people')).toEqual([]);
  });
});
