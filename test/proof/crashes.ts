import type { Store } from '../../lib/store/store.ts';
import type { Faults } from './faults.ts';
import type { Ending } from './scheduler.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { addCase, createTotals, type Totals } from './totals.ts';

/** Where a run dies: at the step with this number, before or after its effect. */
export interface Crash {
  readonly step: number;
  readonly ending: Exclude<Ending, 'answered'>;
}

const ENDINGS = ['dies before', 'dies after'] as const;
const MINUTE = 60_000;
/** First sight of the task, and three transitions. */
const TRANSITIONS = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED'] as const;
/** After the last transition: enough for two crashed runs' leases to pass. */
const QUIET_TICKS = 7;

export interface CrashOptions {
  readonly store?: (now: () => number) => Store;
  readonly faults?: Faults;
  readonly traced?: boolean;
}

/** A task with three transitions and three channels, told by ticks of which some die. */
export async function playCrashes(
  design: Design,
  crashes: readonly Crash[],
  options: CrashOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options });
  const { scheduler } = simulation;
  const plan = new Map(crashes.map(({ step, ending }) => [step, ending]));
  const isOver = (ticks: number) =>
    ticks > TRANSITIONS.length + QUIET_TICKS ||
    (ticks > TRANSITIONS.length + 1 && simulation.promised.owed() === 0);

  for (let ticks = 0; !isOver(ticks); ticks += 1) {
    const status = TRANSITIONS[ticks - 1];
    if (status !== undefined) simulation.move('task-1', status);
    await simulation.start();
    for (let [step] = scheduler.pending(); step !== undefined; [step] = scheduler.pending()) {
      await simulation.take(step, plan.get(scheduler.taken.length));
    }
    simulation.pass(MINUTE);
  }
  return simulation;
}

/** S1: one crash, before and after every single step. */
export async function everyCrash(design: Design, options?: CrashOptions): Promise<Totals> {
  const totals = createTotals();
  for (const crash of await crashesAfter(design, [], options))
    await tryCrashes(totals, design, [crash], options);
  return totals;
}

/** S2: every ordered pair of crashes. The second may hit any step of the runs that clean up after the first. */
export async function everyPairOfCrashes(
  design: Design,
  options?: CrashOptions & { readonly everyNth?: number },
): Promise<Totals> {
  const totals = createTotals();
  const nth = options?.everyNth ?? 1;
  let number = 0;
  for (const first of await crashesAfter(design, [], options)) {
    for (const second of await crashesAfter(design, [first], options)) {
      number += 1;
      if (number % nth === 0) await tryCrashes(totals, design, [first, second], options);
    }
  }
  return totals;
}

/** Every point at which one more crash can hit a case. */
export async function crashesAfter(
  design: Design,
  crashes: readonly Crash[],
  options?: CrashOptions,
): Promise<Crash[]> {
  const { scheduler } = await playCrashes(design, crashes, options);
  const from = (crashes.at(-1)?.step ?? -1) + 1;
  return scheduler.taken
    .map((_, step) => step)
    .slice(from)
    .flatMap((step) => ENDINGS.map((ending) => ({ step, ending })));
}

async function tryCrashes(
  totals: Totals,
  design: Design,
  crashes: readonly Crash[],
  options?: CrashOptions,
): Promise<void> {
  const simulation = await playCrashes(design, crashes, options);
  addCase(totals, {
    verdict: await simulation.drain(),
    fired: simulation.fired.counts,
    schedule: crashes.map(({ step, ending }) => `${ending} step ${step}`).join(' and '),
    mostDuplicates: crashes.length,
  });
}
