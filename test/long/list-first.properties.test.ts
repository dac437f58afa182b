import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsAt, lags, MINUTE, replicates, WEBHOOK, world } from '../poll/support.ts';
import type { World } from '../support/world.ts';

const TASKS = Array.from({ length: 12 }, (_, i) => `task-${i}`);
const TICKS = 120;
/** Three looks with statistics in a tick of a minute, for twelve tasks. */
const TOO_SLOW = { requestsPerSecond: 0.25 };

/** Statuses that one migration goes through; each lasts for some ticks at least. */
const journey = fc
  .tuple(
    fc.constantFrom(
      ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED'],
      ['FULLMIGRATING', 'FULLMIGRATING_FAILED', 'RUNNING', 'FULLMIGRATING', 'SUCCESS'],
      ['FULLMIGRATING', 'INCRMIGEATING', 'INCRMIGEATING_FAILED', 'DELETED'],
      ['CREATING', 'RUNNING', 'FULLMIGRATING', 'FAILED'],
    ),
    fc.array(fc.integer({ min: 8, max: 40 }), { minLength: 5, maxLength: 5 }),
  )
  .map(([statuses, lasts]) => statuses.map((status, i) => ({ status, ticks: lasts[i] ?? 8 })));

type Journey = readonly { readonly status: string; readonly ticks: number }[];

/** The status of a journey at each tick; the last one stays. */
function statusAt(journey: Journey, tick: number): string {
  let left = tick;
  for (const { status, ticks } of journey) {
    if (left < ticks) return status;
    left -= ticks;
  }
  return journey.at(-1)?.status ?? 'RUNNING';
}

async function played(journeys: readonly Journey[], settings: { readonly requestsPerSecond?: number }) {
  const made = await world({ tasks: TASKS, channels: WEBHOOK });
  const limited = { ...made.config, settings: { ...made.config.settings, ...settings } };
  let listedOnly = 0;
  for (let tick = 0; tick < TICKS; tick += 1) {
    for (const [i, journey] of journeys.entries()) made.status(`task-${i}`, statusAt(journey, tick));
    const before = made.clock.now();
    // All are seen at first: a rate that allows no look at each would only tell their first sights later.
    const report = await made.tick(tick === 0 ? {} : { config: limited });
    listedOnly += report.listedOnly ?? 0;
    made.clock.advance(MINUTE - (made.clock.now() - before));
  }
  return { events: statusEventsOf(made), listedOnly };
}

/** The events about the status of each task, with the minute. */
function statusEventsOf(made: World) {
  return TASKS.map((id) =>
    eventsAt(made)
      .filter(({ data }) => data.task?.id === id && (data.to !== undefined || data.from !== undefined))
      .map(({ type, time, data }) => ({
        what: `${type} ${data.from?.status ?? ''} ${data.to?.status ?? ''}`,
        tick: Math.floor(Date.parse(time) / MINUTE),
      })),
  );
}

test('timelines give the same changes with the list first as with a look at every task, at most one look later', async () => {
  let listedOnly = 0;
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.tuple(...TASKS.map(() => journey)), async (journeys) => {
      const [all, first] = [await played(journeys, {}), await played(journeys, TOO_SLOW)];
      expect(all.listedOnly).toBe(0);
      listedOnly += first.listedOnly;
      for (const [i, events] of first.events.entries()) {
        expect(events.map(({ what }) => what)).toEqual(all.events[i]?.map(({ what }) => what));
        for (const [k, { tick }] of events.entries()) {
          changes += 1;
          const late = tick - (all.events[i]?.[k]?.tick ?? 0);
          expect(late).toBeGreaterThanOrEqual(0);
          expect(late).toBeLessThanOrEqual(1);
        }
      }
    }),
    { numRuns: 3, seed: 20260105 },
  );
  expect(listedOnly).toBeGreaterThan(500);
  expect(changes).toBeGreaterThan(100);
});

/** A task that replicates: out of step, in step after some ticks, and far behind again after some more. */
const replication = fc.record({
  inStepAt: fc.integer({ min: 3, max: 40 }),
  behindAfter: fc.integer({ min: 20, max: 60 }),
});

type Replication = { readonly inStepAt: number; readonly behindAfter: number };

function play({ inStepAt, behindAfter }: Replication, tick: number, id: string, made: World): void {
  if (tick === 0) {
    made.status(id, 'INCRMIGEATING');
    lags(made.simulator, id);
  }
  if (tick === inStepAt) replicates(made, id);
  if (tick === inStepAt + behindAfter) lags(made.simulator, id, 9e9);
}

async function replicated(tasks: readonly Replication[], settings: { readonly requestsPerSecond?: number }) {
  const made = await world({ tasks: TASKS, channels: WEBHOOK });
  const limited = { ...made.config, settings: { ...made.config.settings, ...settings } };
  let listedOnly = 0;
  for (let tick = 0; tick < TICKS; tick += 1) {
    for (const [i, task] of tasks.entries()) play(task, tick, `task-${i}`, made);
    const before = made.clock.now();
    const report = await made.tick(tick === 0 ? {} : { config: limited });
    listedOnly += report.listedOnly ?? 0;
    made.clock.advance(MINUTE - (made.clock.now() - before));
  }
  const events = TASKS.map((id) =>
    eventsAt(made)
      .filter(({ data }) => data.task?.id === id && data.readiness !== undefined)
      .map(({ type, time }) => ({ type, tick: Math.floor(Date.parse(time) / MINUTE) })),
  );
  return { events, listedOnly };
}

/** Ticks until each of twelve tasks had its look. The list says nothing about figures, so a change may wait so long. */
const ROUND = 4;
/** Readiness takes three looks in a row; it is retracted at the first one that finds the target far behind. */
const LATEST: Readonly<Record<string, number>> = {
  'dcs.migration.cutover_ready': 3 * ROUND,
  'dcs.migration.cutover_unready': ROUND,
};

test('timelines give the same readiness with the list first, late by a round for each look it takes', async () => {
  let listedOnly = 0;
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.tuple(...TASKS.map(() => replication)), async (tasks) => {
      const [all, first] = [await replicated(tasks, {}), await replicated(tasks, TOO_SLOW)];
      listedOnly += first.listedOnly;
      for (const [i, events] of first.events.entries()) {
        expect(events.map(({ type }) => type)).toEqual(all.events[i]?.map(({ type }) => type));
        for (const [k, { type, tick }] of events.entries()) {
          changes += 1;
          const late = tick - (all.events[i]?.[k]?.tick ?? 0);
          expect(late).toBeGreaterThanOrEqual(0);
          expect(late).toBeLessThanOrEqual(LATEST[type] ?? 0);
        }
      }
    }),
    { numRuns: 3, seed: 20260105 },
  );
  expect(listedOnly).toBeGreaterThan(500);
  expect(changes).toBe(3 * TASKS.length * 2);
});
