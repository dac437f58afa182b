import { describe, expect, it } from 'vitest';
import { type Quiet, quietHours } from '../../../../lib/channels/chat/quiet.ts';
import type { Mutes } from '../../../../lib/channels/mutes.ts';
import { nextBatch, suppressedFor } from '../../../../lib/delivery/outbox/batching/batching.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import type { Recipient } from '../../../../lib/delivery/outbox/types.ts';
import type { MigrationEvent } from '../../../../lib/events/event.ts';
import { newRecord, type StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';
import { type RecordFields, withFields } from '../../../support/records.ts';

const MIDNIGHT = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;
const NIGHT: Quiet = { from: '01:00', to: '06:00' };

const at = (minute: number) => new Date(MIDNIGHT + minute * MINUTE);

/** An event of that minute of the day, which is its number as well. */
function event(minute: number, more: Parameters<typeof eventOf>[1] = {}): MigrationEvent {
  return eventOf(minute, { at: at(minute).getTime(), ...more });
}

function waiting(events: readonly MigrationEvent[], base: RecordFields = {}): StoredRecord {
  return enqueue(withFields(newRecord(at(0)), base), events, { to: () => ['chat'] }, at(0)).record;
}

function quietChat(except: readonly string[] = []): Recipient {
  return { name: 'chat', audience: 'people', quiet: quietHours({ ...NIGHT, except: [...except] }, 'UTC') };
}

function mutedChat(from: number, until: number): Recipient {
  const mutes: Mutes = { about: () => [{ from: at(from).getTime(), until: at(until).getTime() }] };
  return { name: 'chat', audience: 'people', mutes };
}

function next(record: StoredRecord, recipient: Recipient, minute: number): number[] {
  return nextBatch(record, recipient, at(minute)).map(({ event: { sequence } }) => Number(sequence));
}

/** A task that came to two statuses again and again, and a message to the chat at the last of these minutes. */
function flappingUntil(minute: number): RecordFields {
  const standing = (ago: number) =>
    ({
      status: ago % 2 === 0 ? 'A' : 'B',
      phase: 'full',
      since: at(minute - ago).toISOString(),
    }) as const;
  const sent = [
    { eventId: 'evt_before', channel: 'chat', at: at(minute).toISOString(), attempts: 1, events: 1 },
  ];
  return { timeline: [5, 4, 3, 2, 1].map(standing), standing: standing(0), sent };
}

describe('a chat in its quiet hours', () => {
  const PROGRESS = 'dcs.migration.progress';

  it('gets nothing, and an excepted event with everything that waits before it in one message', () => {
    const record = waiting([event(61), event(70), event(80, { type: PROGRESS }), event(90)]);
    expect(next(record, quietChat(), 100)).toEqual([]);
    expect(next(record, quietChat(['migration.progress']), 100)).toEqual([61, 70, 80]);
  });

  it('gets an excepted event of its first minute with what waits since before it', () => {
    const record = waiting([event(50), event(60, { type: PROGRESS })]);
    expect(next(record, quietChat(['migration.progress']), 60)).toEqual([50, 60]);
  });

  it('gets an excepted event dated by a clock that is ahead', () => {
    const record = waiting([event(99), event(400, { type: PROGRESS })]);
    expect(next(record, quietChat(['migration.progress']), 100)).toEqual([99, 400]);
  });

  it('gets an excepted event also of a task that flaps, a minute after the last message', () => {
    const record = waiting(
      [event(99, { type: PROGRESS }), event(100, { type: PROGRESS })],
      flappingUntil(99),
    );
    expect(next(record, quietChat(['migration.progress']), 100)).toEqual([99, 100]);
    expect(suppressedFor(record, quietChat(['migration.progress']), at(100))).toBeUndefined();
  });
});

describe('a chat after its quiet hours', () => {
  it('gets the events of all looks in one message if one of them waited in quiet hours', () => {
    expect(next(waiting([event(359), event(361)]), quietChat(), 362)).toEqual([359, 361]);
    expect(next(waiting([event(360), event(361)]), quietChat(), 362)).toEqual([360]);
  });

  it('gets what waited of a task that flaps, a minute after the last message', () => {
    expect(next(waiting([event(358), event(359)], flappingUntil(359)), quietChat(), 360)).toEqual([358, 359]);
    expect(next(waiting([event(368), event(369)], flappingUntil(369)), quietChat(), 370)).toEqual([]);
  });
});

describe('a chat in which a task is muted', () => {
  it('gets nothing, and afterwards the events of all looks in one message', () => {
    const record = waiting([event(61), event(70)]);
    expect(next(record, mutedChat(60, 120), 100)).toEqual([]);
    expect(next(record, mutedChat(60, 120), 120)).toEqual([61, 70]);
  });

  it('has nothing reported as suppressed although the task flaps', () => {
    const record = waiting([event(100), event(101)], flappingUntil(100));
    expect(suppressedFor(record, mutedChat(60, 120), at(102))).toBeUndefined();
    expect(suppressedFor(record, mutedChat(0, 60), at(102))).toMatchObject({ waiting: [{}, {}] });
  });
});
