import { describe, expect, test } from 'vitest';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import { type MigrationEvent, makeEvent } from '../../../lib/events/event.ts';
import { taskSource } from '../../../lib/events/source.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { STAMP } from '../../support/stamp.ts';
import { createPromised, type Findings, type Promised } from './promise.ts';

const START = new Date('2026-01-05T00:00:00.000Z');
const CHANNELS = ['ops', 'cutover'];
const HISTORY = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED'];
const EVENTS = HISTORY.map((status, index) => eventOf(index + 1, HISTORY[index - 1], status));

function eventOf(sequence: number, from: string | undefined, to: string): MigrationEvent {
  const standing = (status: string) => ({ status, phase: 'unknown', since: START.toISOString() }) as const;
  return makeEvent({
    origin: { source: taskSource('cn-north-4', 'p', 'task-1'), subject: 'task-1' },
    stamp: STAMP,
    sequence,
    now: START,
    type: 'dcs.migration.status_changed',
    data: {
      ...(from !== undefined && { from: standing(from) }),
      to: standing(to),
      number: sequence,
      severity: 'info',
      summary: `${from} to ${to}`,
      consoleUrl: 'https://console.example.com/',
    },
  });
}

/** The checks, after the whole history was stored and is pending for all channels. */
function storedHistory(): { promised: Promised; record: StoredRecord } {
  const promised = createPromised({
    tasks: ['task-1'],
    channels: () => CHANNELS,
    history: () => HISTORY,
    subjectOf: () => 'task-1',
    recordIdOf: () => 'task:task-1',
    hasOutbox: true,
  });
  const seen = { ...newRecord(START), sequence: EVENTS.length, eventCount: EVENTS.length };
  const { record } = enqueue(seen, EVENTS, { to: () => CHANNELS }, START);
  persist(promised, record);
  return { promised, record };
}

function persist(promised: Promised, record: StoredRecord): void {
  promised.persisted({
    key: { partition: 'project:p', id: 'task:task-1' },
    rev: 1,
    nonce: 'n',
    body: encodeRecord(record),
  });
}

interface Sending {
  readonly channel?: string;
  readonly run?: number;
  readonly taken?: number;
  readonly unknown?: number;
}

/** A request with these events reaches a receiver. */
function send(promised: Promised, sequences: readonly number[], sending: Sending = {}): void {
  const { channel = 'ops', run = 0, taken = 1, unknown = 0 } = sending;
  const events = EVENTS.filter((event) => sequences.includes(Number(event.sequence)));
  const ordered = sequences.flatMap((sequence) =>
    events.filter((event) => Number(event.sequence) === sequence),
  );
  promised.arrived({ channel, audience: 'people', run, events: ordered, body: '', taken, unknown });
}

/** Removes sent events from the outbox. */
function acknowledge(promised: Promised, record: StoredRecord, sequences: readonly number[]): StoredRecord {
  const outbox = record.outbox.map(({ event, deliveries: { ops, ...others } }) => ({
    event,
    deliveries: sequences.includes(Number(event.sequence)) || ops === undefined ? others : { ops, ...others },
  }));
  const acknowledged = { ...record, outbox };
  persist(promised, acknowledged);
  return acknowledged;
}

function breaches({ promised }: { promised: Promised }): Partial<Findings> {
  const { outOfOrder, invented, unexplained, duplicates } = promised.findings();
  return { outOfOrder, invented, unexplained, duplicates };
}

const NONE = { outOfOrder: 0, invented: 0, unexplained: 0, duplicates: 0 };

describe('the order of events', () => {
  test('is kept by a digest that was not accepted: earlier events are repeated with it', () => {
    const world = storedHistory();
    send(world.promised, [1, 2, 3, 4], { taken: 0 });
    expect(breaches(world)).toEqual(NONE);
    send(world.promised, [1, 2, 3, 4]);
    expect(breaches(world)).toEqual(NONE);
  });

  test('is broken by a digest without an earlier pending event', () => {
    const world = storedHistory();
    send(world.promised, [2, 3, 4], { taken: 0 });
    expect(breaches(world)).toEqual({ ...NONE, outOfOrder: 3 });
  });

  test('is broken by a digest with the later event first', () => {
    const world = storedHistory();
    send(world.promised, [1, 3, 2, 4], { taken: 0 });
    expect(breaches(world)).toEqual({ ...NONE, outOfOrder: 2 });
  });

  test('is broken by an attempt at a later event while an earlier one arrived but is not acknowledged', () => {
    const world = storedHistory();
    send(world.promised, [1]);
    send(world.promised, [2], { taken: 0 });
    expect(breaches(world)).toEqual({ ...NONE, outOfOrder: 1 });
  });

  test('is kept by the next event once the one before is acknowledged, for each channel by itself', () => {
    const world = storedHistory();
    send(world.promised, [1]);
    acknowledge(world.promised, world.record, [1]);
    send(world.promised, [2]);
    send(world.promised, [1], { channel: 'cutover' });
    expect(breaches(world)).toEqual(NONE);
  });
});

describe('a copy', () => {
  test('is explained by an ambiguous answer or an accident of the run, one for each', () => {
    const world = storedHistory();
    send(world.promised, [1], { unknown: 1 });
    send(world.promised, [1], { run: 1 });
    expect(breaches(world)).toEqual({ ...NONE, duplicates: 1 });
    world.promised.accident(1);
    send(world.promised, [1], { run: 2 });
    expect(breaches(world)).toEqual({ ...NONE, duplicates: 2 });
    send(world.promised, [1], { run: 3 });
    expect(breaches(world)).toEqual({ ...NONE, duplicates: 3, unexplained: 1 });
  });

  test('is not explained by an accident after it', () => {
    const world = storedHistory();
    send(world.promised, [1]);
    send(world.promised, [1], { run: 1 });
    world.promised.accident(0);
    expect(world.promised.isBroken()).toBe(true);
    expect(breaches(world)).toEqual({ ...NONE, duplicates: 1, unexplained: 1 });
  });
});

describe('an event', () => {
  test('is lost when it leaves the outbox without arriving', () => {
    const { promised, record } = storedHistory();
    acknowledge(promised, record, [1]);
    expect(promised.isBroken()).toBe(true);
  });

  test('is invented when it was sent and not stored', () => {
    const { promised } = storedHistory();
    const unstored = eventOf(5, 'TERMINATED', 'SUCCESS');
    promised.arrived({
      channel: 'ops',
      audience: 'people',
      run: 0,
      events: [unstored],
      body: '',
      taken: 0,
      unknown: 0,
    });
    expect(promised.findings().invented).toBe(1);
  });

  test('is invented when it was stored and never happened', () => {
    const { promised, record } = storedHistory();
    const step = eventOf(5, 'TERMINATED', 'FULLMIGRATING');
    persist(
      promised,
      enqueue({ ...record, sequence: 5, eventCount: 5 }, [step], { to: () => CHANNELS }, START).record,
    );
    expect(promised.findings().invented).toBe(1);
  });
});
