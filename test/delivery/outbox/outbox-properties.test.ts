import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutcomeClass } from '../../../lib/channels/channel.ts';
import { cancelRemoved } from '../../../lib/delivery/outbox/endings.ts';
import { enqueue, OUTBOX_BYTES, OUTBOX_EVENTS } from '../../../lib/delivery/outbox/enqueue.ts';
import { head, isDue, pending } from '../../../lib/delivery/outbox/outbox.ts';
import { applyOutcome } from '../../../lib/delivery/outbox/outcome/outcome.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';
import { stored } from '../../migration/support.ts';
import { bytesOf, EMPTY, HOUR, names, outcome, START } from './support.ts';

describe('the bound of the outbox', () => {
  const CHANNELS = ['ops', 'cutover'];

  it('makes the oldest dead letters and keeps the newest, whatever the sizes', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 90, size: 'max' });
    fc.assert(
      fc.property(sizes, fc.nat(90), (sizes, cut) => {
        const events = sizes.map((size, n) => eventOf(n + 1, { summary: 'x'.repeat(size) }));
        const first = enqueue(EMPTY, events.slice(0, cut), { to: () => CHANNELS }, START);
        const second = enqueue(first.record, events.slice(cut), { to: () => CHANNELS }, START);
        const all = [...first.deadLetters, ...second.deadLetters, ...pending(second.record)];
        expect(names(all)).toEqual(
          events.flatMap((_, n) => CHANNELS.map((channel) => `${n + 1} ${channel}`)),
        );
        const { outbox } = second.record;
        expect(outbox.length).toBeLessThanOrEqual(OUTBOX_EVENTS);
        expect(outbox.length <= 1 || bytesOf(second.record) <= OUTBOX_BYTES).toBe(true);
      }),
    );
  });
});

describe('whatever happens to an outbox', () => {
  const CHANNELS = ['chat', 'hook', 'old'];
  const CLASSES: OutcomeClass[] = ['delivered', 'transient', 'pause', 'permanent', 'broken'];

  type Step =
    | { readonly do: 'enqueue'; readonly channels: readonly string[]; readonly size: number }
    | { readonly do: 'send'; readonly channel: string; readonly class: OutcomeClass; readonly random: number }
    | { readonly do: 'wait'; readonly hours: number }
    | { readonly do: 'remove'; readonly channel: string };

  const channel = fc.constantFrom(...CHANNELS);
  const step = fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ do: fc.constant('enqueue'), channels: fc.subarray(CHANNELS), size: fc.nat(40_000) }),
    fc.record({
      do: fc.constant('send'),
      channel,
      class: fc.constantFrom(...CLASSES),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    fc.record({ do: fc.constant('wait'), hours: fc.nat(30) }),
    fc.record({ do: fc.constant('remove'), channel }),
  );
  const steps = fc.array(step, { maxLength: 120, size: 'max' });

  /** The deliveries by name, counted independently of the outbox. */
  interface Ledger {
    readonly queued: string[];
    readonly sent: { readonly channel: string; readonly sequence: number }[];
    readonly delivered: string[];
    readonly dead: string[];
    readonly cancelled: string[];
  }

  function send(
    record: StoredRecord,
    step: Extract<Step, { do: 'send' }>,
    now: Date,
    ledger: Ledger,
  ): StoredRecord {
    const { channel, random } = step;
    const next = head(record, channel);
    if (next === undefined || !isDue(next.delivery, now)) return record;
    const audience = channel === 'chat' ? 'people' : 'programs';
    const attempt = {
      eventId: next.event.id,
      channel,
      audience,
      outcome: outcome(step.class),
      now,
      random,
    } as const;
    const settled = applyOutcome(record, attempt);
    ledger.sent.push({ channel, sequence: Number(next.event.sequence) });
    if (step.class === 'delivered') ledger.delivered.push(...names([next]));
    ledger.dead.push(...names(settled.deadLetters));
    return settled.record;
  }

  function act(record: StoredRecord, step: Step, now: Date, ledger: Ledger): StoredRecord {
    switch (step.do) {
      case 'enqueue': {
        const sequence = record.sequence + 1;
        const event = eventOf(sequence, { at: now.getTime(), summary: 'x'.repeat(step.size) });
        const queued = enqueue({ ...record, sequence }, [event], { to: () => step.channels }, now);
        ledger.queued.push(...step.channels.map((channel) => `${sequence} ${channel}`));
        ledger.dead.push(...names(queued.deadLetters));
        return queued.record;
      }
      case 'send':
        return send(record, step, now, ledger);
      case 'remove': {
        const cleaned = cancelRemoved(record, (name) => name !== step.channel, now);
        ledger.cancelled.push(...names(cleaned.deadLetters));
        return cleaned.record;
      }
      case 'wait':
        return record;
    }
  }

  /** Plays steps one after another. Between two of them the record is stored and read back, as in real life. */
  function play(row: readonly Step[]): Ledger & { readonly record: StoredRecord } {
    const ledger: Ledger = { queued: [], sent: [], delivered: [], dead: [], cancelled: [] };
    let record = EMPTY;
    let now = START;
    for (const step of row) {
      if (step.do === 'wait') now = new Date(now.getTime() + step.hours * HOUR);
      record = stored(act(record, step, now, ledger));
    }
    return { ...ledger, record };
  }

  it('nothing is lost and nothing invented: every delivery is delivered, pending, dead or cancelled, once', () => {
    const ends = { delivered: 0, dead: 0, cancelled: 0, pending: 0 };
    fc.assert(
      fc.property(steps, (row) => {
        const { queued, delivered, dead, cancelled, record } = play(row);
        const left = names(pending(record));
        expect([...delivered, ...dead, ...cancelled, ...left].toSorted()).toEqual(queued.toSorted());
        ends.delivered += delivered.length;
        ends.dead += dead.length;
        ends.cancelled += cancelled.length;
        ends.pending += left.length;
      }),
    );
    // Each kind of end was reached: otherwise nothing was shown about it.
    expect(Math.min(...Object.values(ends))).toBeGreaterThan(0);
  });

  it('each channel gets events in the order of their numbers, and the record stays within its bounds', () => {
    fc.assert(
      fc.property(steps, (row) => {
        const { sent, record } = play(row);
        for (const group of Map.groupBy(sent, ({ channel }) => channel).values()) {
          const delivered = group.map(({ sequence }) => sequence);
          expect(delivered).toEqual(delivered.toSorted((a, b) => a - b));
        }
        expect(record.outbox.length).toBeLessThanOrEqual(OUTBOX_EVENTS);
        // A delivery's history still grows after the event was put in: by ten attempts per channel.
        expect(bytesOf(record)).toBeLessThanOrEqual(OUTBOX_BYTES + CHANNELS.length * 10 * 200);
        for (const { deliveries } of record.outbox) expect(Object.keys(deliveries)).not.toEqual([]);
      }),
    );
  });
});
