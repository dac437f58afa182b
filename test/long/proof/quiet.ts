import type { Quiet } from '../../../lib/channels/quiet.ts';
import { type Crash, crashPoints, wordsOf } from './crashes.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
const TASKS = ['task-1', 'task-2'] as const;
/** By the minute in which they show. The first ones pass before quiet hours, the last ones after them. */
const MOVES: readonly (readonly [task: (typeof TASKS)[number], status: string] | undefined)[] = [
  undefined,
  ['task-1', 'FULLMIGRATING'],
  ['task-2', 'FULLMIGRATING'],
  ['task-1', 'MIGRATION_FAILED'],
  ['task-2', 'INCRMIGEATING'],
  ['task-1', 'FULLMIGRATING'],
  undefined,
  ['task-2', 'TERMINATED'],
];
/** Long enough for the leases of two crashed runs to pass. */
const MOST_MINUTES = 16;

/** A case begins at 00:00 UTC. The failure of the first task passes, with what waits before it. */
export const QUIET: Readonly<Record<string, Quiet>> = {
  ops: { from: '00:01', to: '00:06', except: ['failure'] },
};

export interface QuietOptions {
  readonly traced?: boolean;
}

/** Two tasks change before, in and after the quiet hours of a chat; some runs die. */
export async function playQuiet(
  design: Design,
  crashes: readonly Crash[],
  options: QuietOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options, tasks: TASKS, quiet: QUIET });
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

/** One crash, before and after every single step, through the beginning and the end of quiet hours. */
export async function everyCrashInQuietHours(design: Design): Promise<Totals> {
  const totals = createTotals();
  const { scheduler } = await playQuiet(design, []);
  for (const crash of crashPoints(scheduler.taken.length)) {
    const schedule = `quiet hours, ${wordsOf([crash])}`;
    const simulation = await named(schedule, () => playQuiet(design, [crash]));
    await conclude(totals, { schedule, mostDuplicates: 1 }, simulation);
  }
  return totals;
}
