import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutcomeClass } from '../../../../lib/channels/channel.ts';
import { countEvents, mergedIn } from '../../../../lib/delivery/outbox/batching/merge.ts';
import { enqueue, OUTBOX_BYTES, OUTBOX_EVENTS } from '../../../../lib/delivery/outbox/enqueue.ts';
import { pending } from '../../../../lib/delivery/outbox/outbox.ts';
import { applyOutcome } from '../../../../lib/delivery/outbox/outcome/outcome.ts';
import type { PendingDelivery } from '../../../../lib/delivery/outbox/types.ts';
import type { MigrationEvent } from '../../../../lib/events/event.ts';
import type { Phase } from '../../../../lib/events/phase.ts';
import { decodeRecord, encodeRecord } from '../../../../lib/records/codec.ts';
import { newRecord, type StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';

const START = new Date('2026-01-05T00:00:00.000Z');
const EMPTY = newRecord(START);
const isForPeople = (name: string) => name.startsWith('chat');

function to(...names: string[]) {
  return { to: () => names, isForPeople };
}

/** The n-th event of a flapping task. */
function flap(n: number): MigrationEvent {
  return eventOf(n, { phase: n % 2 === 0 ? 'full' : 'incremental' });
}

function failure(n: number): MigrationEvent {
  const event = eventOf(n, { phase: 'failed' });
  return { ...event, data: { ...event.data, severity: 'failure' } };
}

/** Enqueues one event after the other for these channels. */
function add(
  record: StoredRecord,
  events: readonly MigrationEvent[],
  ...names: string[]
): { readonly record: StoredRecord; readonly dead: readonly PendingDelivery[] } {
  const dead: PendingDelivery[] = [];
  let current = record;
  for (const event of events) {
    const waiting = enqueue(current, [event], to(...names), START);
    dead.push(...waiting.deadLetters);
    current = waiting.record;
  }
  return { record: current, dead };
}

function flaps(from: number, count: number): MigrationEvent[] {
  return Array.from({ length: count }, (_, n) => flap(from + n));
}

function pendingFor(record: StoredRecord, channel: string): PendingDelivery[] {
  return pending(record).filter((waiting) => waiting.channel === channel);
}

function numbersOf(waiting: readonly PendingDelivery[]): number[] {
  return waiting.map(({ event }) => Number(event.sequence));
}

describe('the waiting events of a chat', () => {
  it('are merged before they fill the outbox: none of 1000 events is lost, and the sum counts each of them', () => {
    const { record, dead } = add(EMPTY, flaps(1, 1000), 'chat');
    expect(dead).toEqual([]);
    expect(record.outbox.length).toBeLessThanOrEqual(OUTBOX_EVENTS / 2);
    const waiting = pendingFor(record, 'chat');
    expect(countEvents(waiting)).toBe(1000);
    const merged = mergedIn(waiting);
    expect(merged).toMatchObject({ since: flap(1).time, events: 1000 - waiting.length });
    const { full = 0, incremental = 0, ...others } = merged?.kinds ?? {};
    expect([full + incremental, others]).toEqual([1000 - waiting.length, {}]);
    expect(numbersOf(waiting).at(-1)).toBe(1000);
  });

  it('are not merged while few are pending', () => {
    const { record } = add(EMPTY, flaps(1, OUTBOX_EVENTS / 2), 'chat');
    expect(numbersOf(pendingFor(record, 'chat'))).toEqual(flaps(1, OUTBOX_EVENTS / 2).map((_, n) => n + 1));
    expect(mergedIn(pendingFor(record, 'chat'))).toBeUndefined();
  });

  it('keep failures and ends in full, and the last event of each kind', () => {
    const ready = eventOf(3, { type: 'dcs.migration.cutover_ready' });
    const events = [flap(1), failure(2), ready, ...flaps(4, 500)];
    const { record } = add(EMPTY, events, 'chat');
    const numbers = numbersOf(pendingFor(record, 'chat'));
    expect(numbers.slice(0, 2)).toEqual([2, 3]);
    expect(numbers.slice(-2)).toEqual([502, 503]);
    expect(countEvents(pendingFor(record, 'chat'))).toBe(503);
  });

  it('keep the last failures where there are many, and count the others', () => {
    const events = Array.from({ length: 400 }, (_, n) => (n % 4 === 0 ? failure(n + 1) : flap(n + 1)));
    const { record } = add(EMPTY, events, 'chat');
    const waiting = pendingFor(record, 'chat');
    const inFull = waiting.filter(({ event }) => event.data.severity === 'failure');
    expect(inFull.length).toBeGreaterThanOrEqual(8);
    expect((mergedIn(waiting)?.kinds['failed'] ?? 0) + inFull.length).toBe(100);
    expect(numbersOf(inFull).at(-1)).toBe(397);
  });

  it('keep a retraction together with the event that it retracts', () => {
    const ready = eventOf(1, { type: 'dcs.migration.cutover_ready' });
    const readiness = { maxOffset: 0, maxKeyGapPercent: 1, looks: 3, retracts: ready.id };
    const unready = eventOf(2, { type: 'dcs.migration.cutover_unready' });
    const back = { ...unready, data: { ...unready.data, readiness } };
    const again = eventOf(3, { type: 'dcs.migration.cutover_ready' });
    const { record } = add(EMPTY, [ready, back, again, ...flaps(4, 200)], 'chat');
    expect(numbersOf(pendingFor(record, 'chat')).slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('stay in order, and merged ones are counted at a later event', () => {
    const { record } = add(EMPTY, [failure(1), ...flaps(2, 100), failure(102), ...flaps(103, 100)], 'chat');
    const waiting = pendingFor(record, 'chat');
    expect(numbersOf(waiting)).toEqual(numbersOf(waiting).toSorted((a, b) => a - b));
    for (const { event, delivery } of waiting) {
      if (delivery.merged !== undefined) expect(delivery.merged.until < event.time).toBe(true);
    }
  });

  it('are merged for each chat alone, and each event stays pending for a program', () => {
    const { record, dead } = add(EMPTY, flaps(1, OUTBOX_EVENTS), 'chat', 'program');
    expect(dead).toEqual([]);
    expect(numbersOf(pendingFor(record, 'program'))).toHaveLength(OUTBOX_EVENTS);
    expect(countEvents(pendingFor(record, 'chat'))).toBe(OUTBOX_EVENTS);
    expect(pendingFor(record, 'chat').length).toBeLessThanOrEqual(OUTBOX_EVENTS / 2);
  });

  it('are not dropped when too much is pending for a program: only the program misses its oldest events', () => {
    const { record, dead } = add(EMPTY, [failure(1), ...flaps(2, 300)], 'chat', 'program');
    expect(new Set(dead.map(({ channel }) => channel))).toEqual(new Set(['program']));
    expect(countEvents(pendingFor(record, 'chat'))).toBe(301);
    expect(numbersOf(pendingFor(record, 'chat'))[0]).toBe(1);
    expect(dead.length + pendingFor(record, 'program').length).toBe(301);
    expect(record.outbox.length).toBe(OUTBOX_EVENTS);
  });

  it('go on waiting as before: new events are no reason to try a chat that is down', () => {
    let record = add(EMPTY, flaps(1, 5), 'chat').record;
    const [first] = pendingFor(record, 'chat');
    if (first === undefined) throw new Error('nothing is pending');
    const attempt = {
      eventId: first.event.id,
      channel: 'chat',
      audience: 'people',
      now: START,
      random: 0.5,
    } as const;
    const failed: OutcomeClass = 'transient';
    record = applyOutcome(record, {
      ...attempt,
      outcome: { class: failed, reason: 'HTTP 503', ms: 1 },
    }).record;
    const next = pendingFor(record, 'chat')[0]?.delivery.nextAttemptAt;
    record = add(record, flaps(6, 200), 'chat').record;
    const [head] = pendingFor(record, 'chat');
    expect(head?.event.id).not.toBe(first.event.id);
    expect(head?.delivery).toMatchObject({
      attempts: 1,
      nextAttemptAt: next,
      history: [{ reason: 'HTTP 503' }],
    });
  });

  it('are in the dead letter when delivery fails, with their number and kinds', () => {
    const { record } = add(EMPTY, flaps(1, 100), 'chat');
    const waiting = pendingFor(record, 'chat');
    const bearer = waiting.find(({ delivery }) => delivery.merged !== undefined);
    if (bearer === undefined) throw new Error('nothing was merged');
    const outcome = { class: 'permanent', reason: 'HTTP 400', ms: 1 } as const;
    const now = new Date(START.getTime() + 1000);
    const attempt = {
      eventId: bearer.event.id,
      channel: 'chat',
      audience: 'people',
      now,
      random: 0.5,
    } as const;
    const { deadLetters: dead } = applyOutcome(record, { ...attempt, outcome });
    expect(dead).toMatchObject([{ why: 'refused', delivery: { merged: { events: 100 - waiting.length } } }]);
  });

  it('keep every bound and every count, whatever happens', () => {
    const phases: readonly Phase[] = ['full', 'incremental', 'failed', 'succeeded', 'configuring'];
    const step = fc.record({
      phase: fc.option(fc.constantFrom(...phases), { nil: undefined }),
      names: fc.subarray(['chat', 'chat-2', 'program'], { minLength: 1 }),
      size: fc.constantFrom(10, 10, 10, 15_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        let record = EMPTY;
        const dead: PendingDelivery[] = [];
        const enqueued = new Map<string, number>();
        for (const [n, { phase, names, size }] of steps.entries()) {
          const more = { summary: 'x'.repeat(size), ...(phase !== undefined && { phase }) };
          for (const name of names) enqueued.set(name, (enqueued.get(name) ?? 0) + 1);
          const waiting = enqueue(record, [eventOf(n + 1, more)], to(...names), START);
          ({ record } = waiting);
          dead.push(...waiting.deadLetters);
          expect(record.outbox.length).toBeLessThanOrEqual(OUTBOX_EVENTS);
          expect(Buffer.byteLength(JSON.stringify(record.outbox))).toBeLessThan(OUTBOX_BYTES + 16_000);
        }
        for (const [name, count] of enqueued) {
          const lost = dead.filter(({ channel }) => channel === name);
          expect([name, countEvents(pendingFor(record, name)) + countEvents(lost)]).toEqual([name, count]);
        }
        expect(decodeRecord({ partition: 'project:p', id: 'task:t1' }, encodeRecord(record))).toEqual({
          kind: 'record',
          record,
        });
      }),
      { numRuns: 40 },
    );
  });
});
