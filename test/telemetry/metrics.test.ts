import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { OutcomeClass } from '../../lib/channels/channel.ts';
import type { LogEntry, TickReport } from '../../lib/telemetry/log.ts';
import { counted, metricsOf, NOTHING } from '../../lib/telemetry/metrics.ts';

const REPORT: TickReport = {
  tasks: 12,
  changed: 2,
  events: 3,
  delivered: 4,
  pending: 5,
  dead: 1,
  failedLooks: 6,
  ms: 412,
  looks: 11,
  failedRecords: 0,
  pendingAgeMs: 61_999,
  brokenChannels: 2,
  broken: [],
  silent: [],
  blind: [{ project: 'prod', since: '2026-01-05T02:12:00.000Z', reason: 'unreachable', isLasting: false }],
};
const TICK: LogEntry = { kind: 'tick', ...REPORT };
const OUTCOMES: OutcomeClass[] = ['delivered', 'transient', 'pause', 'permanent', 'broken'];

function delivery(outcome: OutcomeClass, events = 1): LogEntry {
  const eventIds = Array.from({ length: events }, (_, index) => `evt_${index}`);
  return { kind: 'delivery', channel: 'ops', eventIds, outcome, reason: 'canary', ms: 1 };
}

const dead: LogEntry = {
  kind: 'dead_letter',
  channel: 'ops',
  eventId: 'evt_1',
  why: 'deadline',
  attempts: 9,
};

/** The figures of what a tick logged, by name. */
function figuresOf(...entries: LogEntry[]): Record<string, number> {
  const metrics = metricsOf(entries.reduce(counted, NOTHING));
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

describe('the figures of a tick', () => {
  test('are ten in every tick, so that they cost nothing', () => {
    expect(figuresOf(TICK)).toEqual({
      Ticks: 1,
      TickDuration: 412,
      Looks: 11,
      FailedLooks: 6,
      Events: 3,
      DeadLetters: 0,
      PendingDeliveries: 5,
      PendingAge: 61,
      BrokenChannels: 2,
      Blind: 1,
    });
  });

  test('count deliveries by outcome, each event of a message by itself, and only outcomes that occurred', () => {
    const figures = figuresOf(delivery('delivered', 3), delivery('delivered'), delivery('broken'), TICK);
    expect(figures).toMatchObject({ DeliveriesDelivered: 4, DeliveriesBroken: 1 });
    expect(Object.keys(figures).filter((name) => name.startsWith('Deliveries'))).toHaveLength(2);
  });

  test('count every dead letter that was logged', () => {
    expect(figuresOf(dead, dead, TICK)).toMatchObject({ DeadLetters: 2 });
  });

  test('report a bad tick when a record could not be read or written', () => {
    expect(figuresOf({ ...TICK, failedRecords: 1 })).toMatchObject({ Ticks: 0, Looks: 11 });
  });

  test('are missing when the tick did not complete', () => {
    expect(metricsOf([delivery('delivered'), dead].reduce(counted, NOTHING))).toEqual([]);
  });

  test('hold nothing but numbers', () => {
    const metrics = metricsOf(
      [...OUTCOMES.map((outcome) => delivery(outcome)), dead, TICK].reduce(counted, NOTHING),
    );
    expect(metrics).toHaveLength(10 + OUTCOMES.length);
    for (const { value } of metrics) expect(value).toEqual(expect.any(Number));
  });

  test('are exactly those that docs/operating.md lists', async () => {
    const all = figuresOf(...OUTCOMES.map((outcome) => delivery(outcome)), TICK);
    const readme = await readFile('docs/operating.md', 'utf8');
    const [, table = ''] = /\n\| metric \|.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(readme) ?? [];
    const listed = [...table.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(listed.toSorted()).toEqual(Object.keys(all).toSorted());
  });
});
