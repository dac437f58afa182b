import { NO_FAULTS } from './faults.ts';
import type { Answer } from './receivers.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR_2038 = Date.parse('2038-01-19T03:14:08.000Z') - Date.parse('2026-01-05T00:00:00.000Z');
const WRONG_CLOCKS = { 'an hour behind': -HOUR, 'an hour ahead': HOUR, 'in 2038': YEAR_2038 } as const;
export type WrongClock = keyof typeof WRONG_CLOCKS;
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'SUCCESS'] as const;

export interface ClockAccident {
  readonly clock: WrongClock;
  /** The ticks whose clock is wrong. */
  readonly from: number;
  readonly times: number;
  /** The step at which the first of them dies; nothing when it does not. */
  readonly dies?: number;
}

/**
 * R11: some ticks have a wrong clock, and the first of them dies at every step, or not at all. Half of all answers
 * fail meanwhile.
 *
 * @returns `longestMs`: how long the calm world took at most until everything had arrived
 */
export async function everyWrongClock(design: Design): Promise<{ totals: Totals; longestMs: number }> {
  const totals = createTotals();
  let longestMs = 0;
  const attempt = async (accident: ClockAccident): Promise<boolean> => {
    const { clock, times, from, dies = 'never' } = accident;
    const schedule = `clock ${clock} in ${times} ticks from ${from}, dies at ${dies}`;
    const { simulation, hasDied } = await named(schedule, () => playWrongClock(design, accident));
    const calmFrom = simulation.now();
    await conclude(totals, { schedule, mostDuplicates: 1 }, simulation);
    longestMs = Math.max(longestMs, simulation.now() - calmFrom);
    return hasDied;
  };
  for (const clock of ['an hour behind', 'an hour ahead', 'in 2038'] as const) {
    for (let from = 0; from <= STATUSES.length; from += 1) {
      for (const times of [1, 3]) {
        await attempt({ clock, from, times });
        let dies = 0;
        while (await attempt({ clock, from, times, dies })) dies += 1;
      }
    }
  }
  return { totals, longestMs };
}

export async function playWrongClock(
  design: Design,
  { clock, from, times, dies }: ClockAccident,
  options: { readonly traced?: boolean } = {},
): Promise<{ simulation: Simulation; hasDied: boolean }> {
  let sends = 0;
  const answer = (): Answer => {
    sends += 1;
    return sends % 2 === 0 ? 'error 500' : 'ok';
  };
  const simulation = createSimulation({ design, ...options, faults: { ...NO_FAULTS, answer } });
  let hasDied = false;
  for (let tick = 0; tick <= STATUSES.length; tick += 1) {
    const status = STATUSES[tick - 1];
    if (status !== undefined) simulation.move('task-1', status);
    const isWrong = tick >= from && tick < from + times;
    await simulation.start({ skewMs: isWrong ? WRONG_CLOCKS[clock] : 0 });
    let steps = 0;
    for (;;) {
      const [step] = simulation.scheduler.pending();
      if (step === undefined) break;
      const isLast = tick === from && steps === dies;
      hasDied ||= isLast;
      await simulation.take(step, isLast ? 'dies after' : 'answered');
      steps += 1;
    }
    simulation.pass(MINUTE);
  }
  return { simulation, hasDied };
}
