import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../../lib/channels/channel.ts';
import { nextBatch, suppressedFor } from '../../../../lib/delivery/outbox/batching/batching.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import type { EventType, MigrationEvent } from '../../../../lib/events/event.ts';
import { newRecord, type SentEntry, type WatchRecord } from '../../../../lib/migration/model/state.ts';
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

/** The channel was told this, so many minutes ago. */
function told(type: EventType | undefined, minutes: number, channel = 'ops'): SentEntry {
  const at = new Date(NOW.getTime() - minutes * MINUTE).toISOString();
  const what = type === undefined ? {} : { type };
  return { eventId: `evt_${minutes}`, channel, at, attempts: 1, events: 1, ...what };
}

function record(waiting: readonly MigrationEvent[], heard: readonly SentEntry[]): WatchRecord {
  return enqueue({ ...newRecord(NOW), sent: heard }, waiting, { to: () => ['ops'] }, NOW).record;
}

/** So many minutes ago the events happened that are told next. */
function next(
  waiting: readonly MigrationEvent[],
  heard: readonly SentEntry[],
  audience: Audience = 'people',
): number[] {
  const events = nextBatch(record(waiting, heard), { name: 'ops', audience }, NOW);
  return events.map(({ event: { sequence } }) => 1000 - Number(sequence));
}

describe.each(PAIRS)('of %s and %s a chat', (comes, goes) => {
  const twice = [told(comes, 16), told(goes, 12), told(comes, 8), told(goes, 4)];

  it('hears at once the first times', () => {
    expect(next([event(comes, 0)], twice.slice(2))).toEqual([0]);
    expect(next([event(goes, 0)], twice.slice(1, 3))).toEqual([0]);
  });

  it('hears no more at once when it comes for the third time in an hour', () => {
    expect(next([event(comes, 0)], twice)).toEqual([]);
    expect(
      suppressedFor(record([event(comes, 0)], twice), { name: 'ops', audience: 'people' }, NOW),
    ).toMatchObject({
      until: new Date(NOW.getTime() + 6 * MINUTE).toISOString(),
    });
  });

  it('hears nothing at once when a word goes for the third time, unless that retracts what it got', () => {
    const gone = [told(goes, 16), told(comes, 12), told(goes, 8), told(comes, 4)];
    expect(next([event(goes, 0)], gone)).toEqual([]);
  });

  it('hears at once what another channel heard again and again', () => {
    const others = twice.map((one) => ({ ...one, channel: 'other' }));
    expect(next([event(comes, 0)], [...others, told(goes, 4)])).toEqual([0]);
  });

  it('hears at once of another word that comes for the first time', () => {
    const other = PAIRS.flat().find((type) => type !== comes && type !== goes) ?? comes;
    expect(next([event(other, 0)], twice)).toEqual([0]);
  });

  it('hears of it ten minutes after it heard of it last, all together', () => {
    const earlier = [told(comes, 26), told(goes, 22), told(comes, 18), told(goes, 10)];
    expect(next([event(comes, 8), event(goes, 7), event(comes, 4), event(goes, 3)], earlier)).toEqual([
      8, 7, 4, 3,
    ]);
    expect(next([event(comes, 0)], earlier)).toEqual([0]);
  });

  it('hears at once again when the first time is an hour ago', () => {
    const longAgo = [told(comes, 60), ...twice.slice(1)];
    expect(next([event(comes, 0)], longAgo)).toEqual([0]);
    expect(next([event(comes, 0)], [told(comes, 59), ...twice.slice(1)])).toEqual([]);
  });

  it('is the only one that waits: another chat did not hear of it, and a program gets each', () => {
    const others = twice.map((one) => ({ ...one, channel: 'other' }));
    expect(next([event(comes, 0)], others)).toEqual([0]);
    expect(next([event(comes, 0)], twice, 'programs')).toEqual([0]);
  });
});

describe('a chat for which a word comes and goes', () => {
  const heard = [told(READY, 16), told(UNREADY, 12), told(READY, 8)];

  it('hears a retraction of what it got at once', () => {
    const waiting = [event(UNREADY, 1, 'evt_8')];
    expect(next(waiting, [told(READY, 18), ...heard])).toEqual([1]);
  });

  it('does not hear a retraction of what it never got at once', () => {
    const hope = event(READY, 2);
    expect(next([hope, event(UNREADY, 1, hope.id)], [...heard, told(UNREADY, 4)])).toEqual([]);
  });

  it('gets no readiness of this moment with the digest: it would have to be retracted at once', () => {
    const earlier = [told(READY, 50), told(UNREADY, 40), told(READY, 30), told(UNREADY, 20)];
    expect(next([event(READY, 9), event(UNREADY, 8), event(READY, 1)], earlier)).toEqual([9, 8]);
    expect(next([event(READY, 19), event(UNREADY, 18), event(READY, 10)], earlier)).toEqual([19, 18, 10]);
  });

  it('gets no readiness of a group of this moment with the digest', () => {
    const [, [ready, retracted]] = PAIRS;
    const earlier = [told(ready, 50), told(retracted, 40), told(ready, 30), told(retracted, 20)];
    expect(next([event(ready, 9), event(retracted, 8), event(ready, 1)], earlier)).toEqual([9, 8]);
  });

  it('gets a readiness of this moment with anything else', () => {
    const earlier = [told(READY, 50), told(UNREADY, 40), told(READY, 30), told(UNREADY, 20)];
    expect(next([event('dcs.migration.progress', 2), event(READY, 1)], earlier)).toEqual([2, 1]);
  });

  it('gets everything that waits with anything else, at once', () => {
    const waiting = [event(READY, 3), event('dcs.migration.status_changed', 1)];
    expect(next(waiting, [...heard, told(UNREADY, 4)])).toEqual([3, 1]);
  });

  it('hears of other topics as ever', () => {
    const many = [told(FAILING, 9), told(RESTORED, 8), told(FAILING, 7), told(RESTORED, 6), told(FAILING, 5)];
    const waiting = [event('dcs.migration.progress', 2), event('dcs.migration.progress', 1)];
    expect(next(waiting, many.slice(0, 4))).toEqual([2]);
    expect(next(waiting, many)).toEqual([2]);
  });

  it('hears at once where the log does not know its last message', () => {
    const forgotten = [told(undefined, 16), told(undefined, 8), told(undefined, 4)];
    expect(next([event(READY, 0)], forgotten)).toEqual([0]);
  });

  it('hears nothing later because of a clock that is ahead', () => {
    const ahead = [told(READY, -1), told(UNREADY, -2), told(READY, -3)];
    expect(next([event(READY, 0)], ahead)).toEqual([0]);
  });
});
