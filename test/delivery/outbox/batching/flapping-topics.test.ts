import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../../lib/channels/channel.ts';
import { nextBatch, suppressedFor } from '../../../../lib/delivery/outbox/batching/batching.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import type { EventType, MigrationEvent } from '../../../../lib/events/event.ts';
import { newRecord, type SentEntry, type StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';

const NOW = new Date('2026-01-05T02:00:00.000Z');
const MINUTE = 60_000;

const PAIRS = [
  ['dcs.migration.cutover_ready', 'dcs.migration.cutover_unready'],
  ['dcs.group.ready', 'dcs.group.retracted'],
  ['dcs.watch.failing', 'dcs.watch.restored'],
] as const satisfies readonly (readonly EventType[])[];
const [[READY, UNREADY], , [FAILING, RESTORED]] = PAIRS;

/** An event of so many minutes ago. */
function event(type: EventType, minutes: number, retracts?: string): MigrationEvent {
  const made = eventOf(1000 - minutes, { type, at: NOW.getTime() - minutes * MINUTE });
  if (retracts === undefined) return made;
  const readiness = { maxOffset: 0, maxKeyGapPercent: 1, looks: 3, retracts };
  return { ...made, data: { ...made.data, readiness } };
}

/** The log entry of an event that the channel got so many minutes ago. */
function sent(type: EventType | undefined, minutes: number, channel = 'ops'): SentEntry {
  const at = new Date(NOW.getTime() - minutes * MINUTE).toISOString();
  const what = type === undefined ? {} : { type };
  return { eventId: `evt_${minutes}`, channel, at, attempts: 1, events: 1, ...what };
}

function record(waiting: readonly MigrationEvent[], log: readonly SentEntry[]): StoredRecord {
  return enqueue({ ...newRecord(NOW), sent: log }, waiting, { to: () => ['ops'] }, NOW).record;
}

/** The next batch: how many minutes ago each of its events happened. */
function next(
  waiting: readonly MigrationEvent[],
  log: readonly SentEntry[],
  audience: Audience = 'people',
): number[] {
  const events = nextBatch(record(waiting, log), { name: 'ops', audience }, NOW);
  return events.map(({ event: { sequence } }) => 1000 - Number(sequence));
}

describe.each(PAIRS)('a chat, with %s and %s,', (comes, goes) => {
  const twice = [sent(comes, 16), sent(goes, 12), sent(comes, 8), sent(goes, 4)];

  it('gets the first ones at once', () => {
    expect(next([event(comes, 0)], twice.slice(2))).toEqual([0]);
    expect(next([event(goes, 0)], twice.slice(1, 3))).toEqual([0]);
  });

  it('waits when the first of them comes for the third time in an hour', () => {
    expect(next([event(comes, 0)], twice)).toEqual([]);
    expect(
      suppressedFor(record([event(comes, 0)], twice), { name: 'ops', audience: 'people' }, NOW),
    ).toMatchObject({
      until: new Date(NOW.getTime() + 6 * MINUTE).toISOString(),
    });
  });

  it('waits when the second of them comes for the third time', () => {
    const gone = [sent(goes, 16), sent(comes, 12), sent(goes, 8), sent(comes, 4)];
    expect(next([event(goes, 0)], gone)).toEqual([]);
  });

  it('gets at once what only another channel got again and again', () => {
    const others = twice.map((one) => ({ ...one, channel: 'other' }));
    expect(next([event(comes, 0)], [...others, sent(goes, 4)])).toEqual([0]);
  });

  it('gets another type of event that comes for the first time at once', () => {
    const other = PAIRS.flat().find((type) => type !== comes && type !== goes) ?? comes;
    expect(next([event(other, 0)], twice)).toEqual([0]);
  });

  it('gets all of them together ten minutes after the last one', () => {
    const earlier = [sent(comes, 26), sent(goes, 22), sent(comes, 18), sent(goes, 10)];
    expect(next([event(comes, 8), event(goes, 7), event(comes, 4), event(goes, 3)], earlier)).toEqual([
      8, 7, 4, 3,
    ]);
    expect(next([event(comes, 0)], earlier)).toEqual([0]);
  });

  it('gets the next one at once when the first is an hour old', () => {
    const longAgo = [sent(comes, 60), ...twice.slice(1)];
    expect(next([event(comes, 0)], longAgo)).toEqual([0]);
    expect(next([event(comes, 0)], [sent(comes, 59), ...twice.slice(1)])).toEqual([]);
  });

  it('is the only one that waits: another chat has not got them, and a program gets each', () => {
    const others = twice.map((one) => ({ ...one, channel: 'other' }));
    expect(next([event(comes, 0)], others)).toEqual([0]);
    expect(next([event(comes, 0)], twice, 'programs')).toEqual([0]);
  });
});

describe('a chat for which readiness flaps', () => {
  const log = [sent(READY, 16), sent(UNREADY, 12), sent(READY, 8)];

  it('gets a retraction of an event that it got at once', () => {
    const waiting = [event(UNREADY, 1, 'evt_8')];
    expect(next(waiting, [sent(READY, 18), ...log])).toEqual([1]);
  });

  it('waits for a retraction of an event that it never got', () => {
    const ready = event(READY, 2);
    expect(next([ready, event(UNREADY, 1, ready.id)], [...log, sent(UNREADY, 4)])).toEqual([]);
  });

  it('gets no fresh readiness in the digest, because that may be retracted at once', () => {
    const earlier = [sent(READY, 50), sent(UNREADY, 40), sent(READY, 30), sent(UNREADY, 20)];
    expect(next([event(READY, 9), event(UNREADY, 8), event(READY, 1)], earlier)).toEqual([9, 8]);
    expect(next([event(READY, 19), event(UNREADY, 18), event(READY, 10)], earlier)).toEqual([19, 18, 10]);
  });

  it('gets no fresh readiness of a group in the digest', () => {
    const [, [ready, retracted]] = PAIRS;
    const earlier = [sent(ready, 50), sent(retracted, 40), sent(ready, 30), sent(retracted, 20)];
    expect(next([event(ready, 9), event(retracted, 8), event(ready, 1)], earlier)).toEqual([9, 8]);
  });

  it('gets fresh readiness together with another event', () => {
    const earlier = [sent(READY, 50), sent(UNREADY, 40), sent(READY, 30), sent(UNREADY, 20)];
    expect(next([event('dcs.migration.progress', 2), event(READY, 1)], earlier)).toEqual([2, 1]);
  });

  it('gets everything that waits together with another event, at once', () => {
    const waiting = [event(READY, 3), event('dcs.migration.status_changed', 1)];
    expect(next(waiting, [...log, sent(UNREADY, 4)])).toEqual([3, 1]);
  });

  it('gets events on other topics as usual', () => {
    const many = [sent(FAILING, 9), sent(RESTORED, 8), sent(FAILING, 7), sent(RESTORED, 6), sent(FAILING, 5)];
    const waiting = [event('dcs.migration.progress', 2), event('dcs.migration.progress', 1)];
    expect(next(waiting, many.slice(0, 4))).toEqual([2]);
    expect(next(waiting, many)).toEqual([2]);
  });

  it('gets an event at once where the log has no type of its last messages', () => {
    const forgotten = [sent(undefined, 16), sent(undefined, 8), sent(undefined, 4)];
    expect(next([event(READY, 0)], forgotten)).toEqual([0]);
  });

  it('gets no event later because of a clock that is ahead', () => {
    const ahead = [sent(READY, -1), sent(UNREADY, -2), sent(READY, -3)];
    expect(next([event(READY, 0)], ahead)).toEqual([0]);
  });
});
