import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsAt, MINUTE, WEBHOOK, world } from '../poll/support.ts';
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
