import type { Store } from '../../../lib/store/store.ts';
import { NO_FAULTS } from './faults.ts';
import { CHANNELS } from './network.ts';
import { createRandom } from './random.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, mergeTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
const TWO_CHANNELS = CHANNELS.slice(0, 2);

/** How the world stands when two ticks begin. */
export const OPENINGS: Readonly<Record<string, (simulation: Simulation) => Promise<void>>> = {
  'first sight': async () => {},
  'a transition': async (simulation) => {
    await simulation.tick();
    simulation.move('task-1', 'FULLMIGRATING');
  },
  'a look that notices two things': async (simulation) => {
    simulation.move('task-1', 'INCRMIGEATING');
    await simulation.tick();
    simulation.move('task-1', 'FULLMIGRATING');
  },
  'a transition, and a repeat that is due': async (simulation) => {
    simulation.setFaults({ ...NO_FAULTS, answer: () => 'error 500' });
    await simulation.tick();
    simulation.setFaults(NO_FAULTS);
    simulation.pass(2 * MINUTE);
    simulation.move('task-1', 'FULLMIGRATING');
  },
  'a channel that breaks': async (simulation) => {
    await simulation.tick();
    simulation.setFaults({ ...NO_FAULTS, answer: (channel) => (channel === 'cutover' ? 'gone 410' : 'ok') });
    simulation.move('task-1', 'FULLMIGRATING');
  },
  'a message that is refused': async (simulation) => {
    await simulation.tick();
    simulation.setFaults({ ...NO_FAULTS, answer: (channel) => (channel === 'ops' ? 'form refused' : 'ok') });
    simulation.move('task-1', 'FULLMIGRATING');
  },
  'a crashed run whose lease is over': async (simulation) => {
    await simulation.start();
    for (let [step] = simulation.scheduler.pending(); step !== undefined; ) {
      await simulation.take(step, step.name.startsWith('send') ? 'dies before' : 'answered');
      [step] = simulation.scheduler.pending();
    }
    simulation.pass(2 * MINUTE);
  },
};

/** A choice is the place of a step among those that are pending. */
type Schedule = readonly number[];

interface Overlap {
  readonly design: Design;
  readonly opening: string;
  /** The status moves on at some moment during the two ticks: at every moment, one after the other. */
  readonly moves: boolean;
}

interface Explored {
  readonly totals: Totals;
  readonly states: number;
}

/**
 * S3: every interleaving of two ticks, and in between the moment at which the status moves on.
 *
 * Two schedules that led to the same state (what is stored, what arrived, what each run has seen, and what it asks for
 * next) have the same futures, so each state is entered once and its outcomes are counted once for each way into it:
 * the count of interleavings is exact. The order in which one run got the answers that it waits for at the same time
 * is no part of the state, as long as it then asks for the same: without that, the counts are the same, and the states
 * up to five times as many.
 */
export async function everyInterleaving(overlap: Overlap): Promise<Explored> {
  const known = new Map<string, Totals>();

  const explore = async (schedule: Schedule, node: Node): Promise<Totals> => {
    const { simulation } = node;
    const choices = choicesOf(node);
    const state = simulation.state();
    const before = known.get(state);
    if (before !== undefined) return before;
    const totals = createTotals();
    if (choices === 0) {
      await conclude(totals, { schedule: wordsOf(overlap, schedule), mostDuplicates: 0 }, simulation);
    }
    for (let choice = 0; choice < choices; choice += 1) {
      const next = [...schedule, choice];
      // What was played up to here serves for one of the choices; the others are played from the start.
      const play = () => (choice === 0 ? choose(node, choice) : playSchedule(overlap, next));
      const child = await named(wordsOf(overlap, next), play);
      mergeTotals(totals, await explore(next, child));
    }
    known.set(state, totals);
    return totals;
  };

  return { totals: await explore([], await playSchedule(overlap, [])), states: known.size };
}

function wordsOf({ opening, moves }: Overlap, schedule: Schedule): string {
  return `${opening}${moves ? ' and on' : ''}, choices ${schedule.join('.')}`;
}

/** The two ticks in the middle of a schedule. */
interface Node {
  readonly simulation: Simulation;
  /** How often the status still moves on. */
  readonly left: number;
}

/** The two ticks up to the end of a schedule. */
export async function playSchedule({ design, opening, moves }: Overlap, schedule: Schedule): Promise<Node> {
  const simulation = createSimulation({ design, channels: TWO_CHANNELS, traced: true });
  await OPENINGS[opening]?.(simulation);
  await simulation.start();
  await simulation.start();
  let node: Node = { simulation, left: moves ? 1 : 0 };
  for (const choice of schedule) node = await choose(node, choice);
  return node;
}

async function choose({ simulation, left }: Node, choice: number): Promise<Node> {
  const step = simulation.scheduler.pending()[choice];
  if (step === undefined) simulation.move('task-1', 'INCRMIGEATING');
  else await simulation.take(step);
  return { simulation, left: step === undefined ? left - 1 : left };
}

/** When both ticks are over, moving on is no part of their interleaving any more. */
function choicesOf({ simulation, left }: Node): number {
  const steps = simulation.scheduler.pending().length;
  return steps === 0 ? 0 : steps + left;
}

interface RandomOptions {
  readonly design: Design;
  readonly seed: string;
  readonly cases: number;
  readonly store?: (now: () => number) => Store;
}

/** Random schedules of three ticks over two tasks and three channels, with statuses that move on meanwhile. */
export async function randomOverlaps({ cases, seed, ...options }: RandomOptions): Promise<Totals> {
  const totals = createTotals();
  for (let number = 0; number < cases; number += 1) {
    const schedule = `overlap ${seed}/${number}`;
    const simulation = await named(schedule, () => playOverlap({ ...options, seed: `${seed}/${number}` }));
    await conclude(totals, { schedule, mostDuplicates: 0 }, simulation);
  }
  return totals;
}

const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING', 'TERMINATED', 'SUCCESS'] as const;

/** One random schedule of three ticks. */
export async function playOverlap(options: {
  readonly design: Design;
  readonly seed: string;
  readonly store?: (now: () => number) => Store;
  readonly traced?: boolean;
}): Promise<Simulation> {
  const random = createRandom(options.seed);
  const simulation = createSimulation({ ...options, tasks: ['task-1', 'task-2'] });
  const statuses = new Map<string, string[]>(['task-1', 'task-2'].map((id) => [id, [...STATUSES]]));
  const moveOn = (task: string): void => {
    const status = statuses.get(task)?.shift();
    if (status !== undefined) simulation.move(task, status);
  };
  if (random.chance(0.5)) await simulation.tick();
  let toStart = 3;
  for (;;) {
    const pending = simulation.scheduler.pending();
    if (pending.length === 0 && toStart === 0) return simulation;
    if (random.chance(0.08)) moveOn(random.pick(['task-1', 'task-2']));
    if (toStart > 0 && (pending.length === 0 || random.chance(0.3))) {
      toStart -= 1;
      await simulation.start();
      continue;
    }
    const step = pending[random.below(pending.length)];
    if (step !== undefined) await simulation.take(step);
  }
}
