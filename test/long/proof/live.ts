import { type Crash, crashPoints, wordsOf } from './crashes.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
const TASKS = ['task-1', 'task-2'] as const;
/** By the minute in which they show. */
const MOVES: readonly (readonly [task: (typeof TASKS)[number], status: string] | undefined)[] = [
  undefined,
  ['task-1', 'FULLMIGRATING'],
  ['task-2', 'MIGRATION_FAILED'],
  ['task-1', 'INCRMIGEATING'],
  undefined,
];
/** Long enough for the leases of two crashed runs to pass. */
const MOST_MINUTES = 12;

export interface LiveOptions {
  readonly traced?: boolean;
}

/** Two tasks change in a chat that edits its messages; some runs die. */
export async function playLive(
  design: Design,
  crashes: readonly Crash[],
  options: LiveOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options, tasks: TASKS, isLive: true });
  const { scheduler } = simulation;
  const plan = new Map(crashes.map(({ step, ending }) => [step, ending]));
  const isOver = (minute: number) => minute > MOVES.length && simulation.promised.pending() === 0;
  for (let minute = 0; minute < MOST_MINUTES && !isOver(minute); minute += 1) {
    const move = MOVES[minute];
    if (move !== undefined) simulation.move(...move);
    await simulation.start();
    for (let [step] = scheduler.pending(); step !== undefined; [step] = scheduler.pending()) {
      await simulation.take(step, plan.get(scheduler.taken.length));
    }
    simulation.pass(MINUTE);
  }
  return simulation;
}

/** One crash, before and after every single step: also between a message and the reply to it, and around each edit. */
export async function everyCrashWhileLive(design: Design): Promise<Totals> {
  const totals = createTotals();
  const { scheduler } = await playLive(design, []);
  for (const crash of crashPoints(scheduler.taken.length)) {
    const schedule = `live, ${wordsOf([crash])}`;
    const simulation = await named(schedule, () => playLive(design, [crash]));
    await conclude(totals, { schedule, mostDuplicates: 1 }, simulation);
  }
  return totals;
}
