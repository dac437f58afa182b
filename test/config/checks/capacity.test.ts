import { describe, expect, it } from 'vitest';
import { MOST_CHANNELS } from '../../../lib/config/schema/file.ts';
import { enqueue, OUTBOX_BYTES } from '../../../lib/delivery/outbox/enqueue.ts';
import { pending } from '../../../lib/delivery/outbox/outbox.ts';
import { applyOutcome } from '../../../lib/delivery/outbox/outcome/outcome.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';
import { load, MINIMAL, problemsOf } from '../support.ts';

const START = new Date('2026-01-05T00:00:00.000Z');
const ITEM_BYTES = 400 * 1024;
/** An event with all that it can say of a failure is about so large. */
const EVENT = 'x'.repeat(1500);

function channels(count: number, nameLength = 8) {
  const names = Array.from({ length: count }, (_, n) => `c${n}`.padEnd(nameLength, '-'));
  return Object.fromEntries(names.map((name) => [name, MINIMAL.channels.ops]));
}

describe('A configuration', () => {
  it('may have 128 channels, and is refused with more, whatever their names are', async () => {
    expect(MOST_CHANNELS).toBe(128);
    for (const nameLength of [8, 64]) {
      const most = await load({ ...MINIMAL, channels: channels(MOST_CHANNELS, nameLength) });
      expect(Object.keys(most.channels)).toHaveLength(MOST_CHANNELS);
    }
    expect(await problemsOf({ ...MINIMAL, channels: channels(1000) })).toEqual([
      'channels: 1000 channels are more than the record of a task can hold: at most 128; use fewer and let them forward the events, or split the file into several, each with a state of its own',
    ]);
    expect(await problemsOf({ ...MINIMAL, channels: channels(MOST_CHANNELS + 1) })).toHaveLength(1);
  });

  it('is refused with more projects than one record can hold with their channels', async () => {
    const [project] = MINIMAL.projects;
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ...project, id: `p${n}` }));
    const wide = channels(MOST_CHANNELS, 28);
    expect((await load({ projects: many(15), channels: wide })).projects).toHaveLength(15);
    expect(await problemsOf({ projects: many(16), channels: wide })).toEqual([
      'channels: 128 channels for 16 projects are more than one record can hold: with these channels at most 15 projects; split the file into several, each with a state of its own',
    ]);
    expect((await load({ projects: many(200), channels: channels(10) })).projects).toHaveLength(200);
  });
});

describe('The maximum number of channels', () => {
  const names = Object.keys(channels(MOST_CHANNELS, 64));
  const to = () => names;

  it('leaves room for eight events while all of them are down, without dead letters', () => {
    let record: StoredRecord = newRecord(START);
    for (let n = 1; n <= 8; n += 1) {
      const queued = enqueue(record, [eventOf(n, { summary: EVENT })], { to }, START);
      expect(queued.deadLetters).toEqual([]);
      record = queued.record;
    }
    expect(Buffer.byteLength(JSON.stringify(record.outbox))).toBeLessThanOrEqual(OUTBOX_BYTES);
  });

  it('keeps the record small enough for an item, however often each was tried', () => {
    let record: StoredRecord = newRecord(START);
    for (let n = 1; n <= 20; n += 1)
      ({ record } = enqueue(record, [eventOf(n, { summary: EVENT })], { to }, START));
    const outcome = { class: 'transient', reason: 'r'.repeat(120), status: 503, ms: 15_000 } as const;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      for (const { event, channel } of pending(record)) {
        const tried = {
          eventId: event.id,
          channel,
          audience: 'programs',
          outcome,
          now: START,
          random: 0.5,
        } as const;
        ({ record } = applyOutcome(record, { ...tried, settings: '0123456789abcdef' }));
      }
    }
    expect(pending(record).length).toBeGreaterThan(8 * MOST_CHANNELS - 1);
    // What else a record knows (the last deliveries that arrived, timeline, run) is some 70 kB at most.
    expect(Buffer.byteLength(encodeRecord(record))).toBeLessThan(ITEM_BYTES - 70_000);
  });
});
