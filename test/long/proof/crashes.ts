import type { Store } from '../../../lib/store/store.ts';
import type { Faults } from './faults.ts';
import type { Ending } from './scheduler.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

/** Where a run dies: at the step with this number, before or after its effect. */
export interface Crash {
  readonly step: number;
  readonly ending: Exclude<Ending, 'answered'>;
}

const ENDINGS: readonly Crash['ending'][] = ['dies before', 'dies after'];
const MINUTE = 60_000;
/** First sight of the task, and three transitions. */
const TRANSITIONS = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED'] as const;
/** After the last transition: enough for two crashed runs' leases to pass. */
const QUIET_TICKS = 7;

export interface CrashOptions {
  readonly store?: (now: () => number) => Store;
  readonly faults?: Faults;
  readonly channels?: readonly string[];
  readonly traced?: boolean;
}

/** A task with three transitions and three channels, sent by ticks of which some die. */
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
    (ticks > TRANSITIONS.length + 1 && simulation.promised.pending() === 0);

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
export async function everyCrash(design: Design): Promise<Totals> {
  const totals = createTotals();
  for (const crash of await crashesAfter(design, [])) await tryCrashes(totals, design, [crash]);
  return totals;
}

/** S2: every ordered pair of crashes. The second may hit any step of the runs that clean up after the first. */
export async function everyPairOfCrashes(design: Design): Promise<Totals> {
  const totals = createTotals();
  for (const pair of await allPairs(design)) await tryCrashes(totals, design, pair);
  return totals;
}

export async function allPairs(design: Design): Promise<(readonly [Crash, Crash])[]> {
  const pairs: (readonly [Crash, Crash])[] = [];
  for (const first of await crashesAfter(design, [])) {
    const seconds = await crashesAfter(design, [first]);
    pairs.push(...seconds.map((second) => [first, second] as const));
  }
  return pairs;
}

/** Every point at which one more crash can hit a case. */
export async function crashesAfter(design: Design, crashes: readonly Crash[]): Promise<Crash[]> {
  const { scheduler } = await playCrashes(design, crashes);
  return crashPoints(scheduler.taken.length, ENDINGS, (crashes.at(-1)?.step ?? -1) + 1);
}

/** At each step from a number on, before and after it. */
export function crashPoints(steps: number, endings = ENDINGS, from = 0): Crash[] {
  const numbers = Array.from({ length: steps - from }, (_, index) => from + index);
  return numbers.flatMap((step) => endings.map((ending) => ({ step, ending })));
}

async function tryCrashes(totals: Totals, design: Design, crashes: readonly Crash[]): Promise<void> {
  const schedule = wordsOf(crashes);
  const simulation = await named(schedule, () => playCrashes(design, crashes));
  await conclude(totals, { schedule, mostDuplicates: crashes.length }, simulation);
}

export function wordsOf(crashes: readonly Crash[]): string {
  return crashes.map(({ step, ending }) => `${ending} step ${step}`).join(' and ');
}
