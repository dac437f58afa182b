import { NO_FAULTS } from './faults.ts';
import { createRandom } from './random.ts';
import type { Answer } from './receivers.ts';
import { ours } from './simple-designs.ts';
import { createSimulation } from './simulation.ts';

const MINUTE = 60_000;
const TASKS = Array.from({ length: 10 }, (_, index) => `task-${index}`);
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'SUCCESS'] as const;
/** One change of a task in so many ticks, so that most events find an empty outbox. */
const MOVES = 1 / 200;
const MOST_TICKS = 20_000;

/** The number of ticks from an event to its delivery; 0 is the tick that detected it. */
export interface Delays {
  readonly failing: number;
  readonly deliveries: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Changes towards receivers that fail at random, and as long afterwards as it takes to deliver all of them.
 *
 * @param failing the share of answers that fail, in [0, 1)
 * @param minutes how long there are changes
 */
export async function delaysAt(
  failing: number,
  { seed, minutes }: { readonly seed: string; readonly minutes: number },
): Promise<Delays> {
  const random = createRandom(`${seed} ${failing}`);
  const answer = (): Answer => (random.chance(failing) ? random.pick(['reset', 'error 500']) : 'ok');
  const simulation = createSimulation({ design: ours, seed, tasks: TASKS, faults: { ...NO_FAULTS, answer } });
  for (let tick = 0; tick < MOST_TICKS && (tick < minutes || simulation.promised.pending() > 0); tick += 1) {
    for (const task of TASKS) {
      if (tick < minutes && random.chance(MOVES)) simulation.move(task, random.pick(STATUSES));
    }
    const startedAt = simulation.now();
    await simulation.tick();
    // A chat gets one message a second: the time of a tick for that does not delay the next one.
    simulation.pass(Math.max(0, startedAt + MINUTE - simulation.now()));
  }
  const ticks = simulation.delays.map((ms) => Math.floor(ms / MINUTE)).toSorted((a, b) => a - b);
  const at = (share: number) => ticks[Math.floor((ticks.length - 1) * share)] ?? 0;
  return { failing, deliveries: ticks.length, p50: at(0.5), p99: at(0.99) };
}
