import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
/** One per minute, none twice: an outdated event is recognised. */
const STATUSES = [
  'FULLMIGRATING',
  'INCRMIGEATING',
  'TERMINATING',
  'TERMINATED',
  'SUCCESS',
  'RELEASED',
] as const;
/** A lease is over after a minute. */
const TICKS_UNTIL_FREE = 1;
const TICKS = STATUSES.length + 1;

/** What happens from the waking on: the sleeper does all it can at once, or takes turns with the tick of the hour. */
const MANNERS = ['at once', 'in turns'] as const;

export interface Stall {
  /** The tick that stalls, from 0, and at which of its steps. */
  readonly tick: number;
  readonly step: number;
  /** How many steps the others make after the stalled run's lease is over, before it wakes. */
  readonly sleep: number;
  readonly manner: (typeof MANNERS)[number];
}

/** S4: a run stalls at every step, and wakes after every step that others make once its lease is over. */
export async function everyStall(design: Design, everyNth = 1): Promise<Totals> {
  const totals = createTotals();
  const stalls = await allStalls(design);
  for (const stall of stalls.filter((_, index) => index % everyNth === 0)) {
    const { tick, step, sleep, manner } = stall;
    const schedule = `tick ${tick} stalls at step ${step}, wakes ${sleep} steps late, ${manner}`;
    const { simulation } = await named(schedule, () => playStall(design, stall));
    await conclude(totals, { schedule, mostDuplicates: 1 }, simulation);
  }
  return totals;
}

/** Each tick and step at which a run can stall, with each moment at which it can wake. */
export async function allStalls(design: Design): Promise<Stall[]> {
  const stalls: Stall[] = [];
  for (let tick = 0; tick < 3; tick += 1) {
    for (let step = 0; ; step += 1) {
      const never = { tick, step, sleep: Number.POSITIVE_INFINITY, manner: 'at once' } as const;
      const { hasStalled, moments } = await playStall(design, never);
      if (!hasStalled) break;
      const sleeps = Array.from({ length: moments }, (_, sleep) => sleep);
      stalls.push(...sleeps.flatMap((sleep) => MANNERS.map((manner) => ({ tick, step, sleep, manner }))));
    }
  }
  return stalls;
}

export async function playStall(
  design: Design,
  { tick: stalledTick, step: stalledStep, sleep, manner }: Stall,
  options: { readonly traced?: boolean } = {},
): Promise<{ simulation: Simulation; hasStalled: boolean; moments: number }> {
  const simulation = createSimulation({ design, ...options });
  const { scheduler } = simulation;
  let sleeper: number | undefined;
  let hasWoken = false;
  let slept = 0;
  let turns = 0;

  const next = () => {
    const pending = scheduler.pending();
    if (!hasWoken) return pending[0];
    turns += 1;
    const isTurnOfSleeper = manner === 'at once' || turns % 2 === 0;
    return pending.find(({ run }) => (run === sleeper) === isTurnOfSleeper) ?? pending[0];
  };
  const wakeInTime = (tick: number): void => {
    if (sleeper === undefined || hasWoken || tick < stalledTick + TICKS_UNTIL_FREE) return;
    if (slept === sleep) {
      simulation.scheduler.thaw(sleeper);
      hasWoken = true;
    }
    slept += 1;
  };

  for (let tick = 0; tick < TICKS; tick += 1) {
    const status = STATUSES[tick - 1];
    if (status !== undefined) simulation.move('task-1', status);
    const run = await simulation.start();
    let steps = 0;
    for (;;) {
      if (
        tick === stalledTick &&
        steps === stalledStep &&
        scheduler.stateOf(run) === 'running' &&
        sleeper === undefined
      ) {
        simulation.stall(run);
        sleeper = run;
      }
      wakeInTime(tick);
      const step = next();
      if (step === undefined) break;
      steps += 1;
      await simulation.take(step);
    }
    simulation.pass(MINUTE);
  }
  return { simulation, hasStalled: sleeper !== undefined, moments: slept };
}
