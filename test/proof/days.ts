import type { Store } from '../../lib/store/store.ts';
import { ANSWERS, type Faults, STORE_FAULTS } from './faults.ts';
import { createRandom, type Random } from './random.ts';
import { ours } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { addCase, createTotals, type Totals } from './totals.ts';

const MINUTE = 60_000;
const TASKS = ['task-1', 'task-2', 'task-3'] as const;
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'RUNNING', 'FAILED', 'SUCCESS'] as const;
/** How often each thing goes wrong. */
const RATES = { answer: 0.15, store: 0.03, look: 0.05, crash: 0.01, moves: 0.02, overlap: 0.1 } as const;
/** Clocks of machines differ, by this much at most. Milliseconds. */
const SKEWS = [0, 0, 0, 20_000, -20_000] as const;

/** Two answers in a row that a task does not exist are believed, so an invented one would make an invented change. */
const MISLEADING_NOBODY = ['unreachable', 'unreadable', 'throttled', 'not authorised'] as const;

interface DayOptions {
  readonly seed: string;
  readonly minutes: number;
  readonly store?: (now: () => number) => Store;
  readonly traced?: boolean;
}

/** A day with every kind of fault, crashes, overlapping ticks and clocks that differ; one tick a minute. */
export async function playDay({ seed, minutes, ...options }: DayOptions): Promise<Simulation> {
  const random = createRandom(seed);
  const simulation = createSimulation({ ...options, design: ours, seed, tasks: TASKS });
  for (let minute = 0; minute < minutes; minute += 1) {
    for (const task of TASKS) if (random.chance(RATES.moves)) simulation.move(task, random.pick(STATUSES));
    simulation.setFaults(faultsOf(random));
    await simulation.start({ skewMs: random.pick(SKEWS) });
    if (random.chance(RATES.overlap)) await simulation.start();
    await finishWithCrashes(simulation, random);
    simulation.pass(MINUTE);
  }
  return simulation;
}

async function finishWithCrashes(simulation: Simulation, random: Random): Promise<void> {
  for (;;) {
    const pending = simulation.scheduler.pending();
    const step = pending[random.below(pending.length)];
    if (step === undefined) return;
    const ending = random.chance(0.5) ? 'dies before' : 'dies after';
    await simulation.take(step, random.chance(RATES.crash) ? ending : 'answered');
  }
}

function faultsOf(random: Random): Faults {
  return {
    answer: () => (random.chance(RATES.answer) ? random.pick(ANSWERS) : 'ok'),
    store: (operation) => {
      if (!random.chance(RATES.store)) return undefined;
      const fault = random.pick(STORE_FAULTS);
      // Losing an answer and asking twice are about writes.
      return operation !== 'save' && (fault === 'answer lost' || fault === 'asked twice')
        ? 'throttled'
        : fault;
    },
    look: () => (random.chance(RATES.look) ? random.pick(MISLEADING_NOBODY) : undefined),
  };
}

export interface Days {
  readonly totals: Totals;
  readonly largest: { outboxEvents: number; itemBytes: number };
}

/** R14: many days, each with a seed of its own. Copies are bounded by accidents, so `unexplained` is what counts. */
export async function manyDays(
  options: Omit<DayOptions, 'seed'> & { readonly seed: string; readonly days: number },
): Promise<Days> {
  const totals = createTotals();
  const largest = { outboxEvents: 0, itemBytes: 0 };
  for (let day = 0; day < options.days; day += 1) {
    const seed = `${options.seed}/${day}`;
    const simulation = await playDay({ ...options, seed });
    addCase(totals, {
      verdict: await simulation.drain(),
      fired: simulation.fired.counts,
      schedule: `day ${seed} of ${options.minutes} minutes`,
      mostDuplicates: Number.POSITIVE_INFINITY,
    });
    largest.outboxEvents = Math.max(largest.outboxEvents, simulation.largest.outboxEvents);
    largest.itemBytes = Math.max(largest.itemBytes, simulation.largest.itemBytes);
  }
  return { totals, largest };
}
