import { type Crash, crashPoints, wordsOf } from './crashes.ts';
import type { Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;

/** The two tasks of a case that is played minute by minute. */
export const TASKS = ['task-1', 'task-2'] as const;

/** Changes of status by the minute in which they show, and how long a case may take. */
export interface Script {
  readonly moves: readonly (readonly [task: (typeof TASKS)[number], status: string] | undefined)[];
  readonly mostMinutes: number;
  /** Done before the run of a minute. */
  before?(minute: number): Promise<void>;
}

/** One run a minute, until nothing is pending; some runs die. */
export async function playMinutes(
  simulation: Simulation,
  crashes: readonly Crash[],
  { moves, mostMinutes, before }: Script,
): Promise<Simulation> {
  const { scheduler } = simulation;
  const plan = new Map(crashes.map(({ step, ending }) => [step, ending]));
  const isOver = (minute: number) => minute > moves.length && simulation.promised.pending() === 0;
  for (let minute = 0; minute < mostMinutes && !isOver(minute); minute += 1) {
    const move = moves[minute];
    if (move !== undefined) simulation.move(...move);
    await before?.(minute);
    await simulation.start();
    for (let [step] = scheduler.pending(); step !== undefined; [step] = scheduler.pending()) {
      await simulation.take(step, plan.get(scheduler.taken.length));
    }
    simulation.pass(MINUTE);
  }
  return simulation;
}

/** One crash, before and after every single step of a case. */
export async function everyCrashIn(
  name: string,
  play: (crashes: readonly Crash[]) => Promise<Simulation>,
): Promise<Totals> {
  const totals = createTotals();
  const { scheduler } = await play([]);
  for (const crash of crashPoints(scheduler.taken.length)) {
    const schedule = `${name}, ${wordsOf([crash])}`;
    const simulation = await named(schedule, () => play([crash]));
    await conclude(totals, { schedule, mostDuplicates: 1 }, simulation);
  }
  return totals;
}
