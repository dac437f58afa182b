import type { Store } from '../../../lib/store/store.ts';
import { type Crash, crashPoints, wordsOf } from './crashes.ts';
import type { Faults } from './faults.ts';
import { CHANNELS } from './network.ts';
import { ANSWERS } from './receivers.ts';
import { LOOK_FAILURES } from './service.ts';
import type { Design } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';
import { MISSING } from './truth.ts';

const MINUTE = 60_000;
const TASKS = ['task-1', 'task-2'] as const;
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', MISSING, 'TERMINATED', 'SUCCESS'] as const;
const MINUTES = 32;
/** Of so many answers, and of so many looks, one goes wrong: each time in another way. */
const NTH_ANSWER = 2;
const NTH_LOOK = 3;
/** One channel is out of the configuration for a while. */
const REMOVED = { channel: 'audit', from: 16, to: 20 } as const;

interface BusyOptions {
  readonly store?: (now: () => number) => Store;
  readonly traced?: boolean;
}

/**
 * Half an hour in which two tasks change, go and come back, every answer and every failed look occurs, channels break, rest
 * and are removed: the ways through the program on which dead letters, rests, warnings and cancellations are written.
 */
export async function playBusy(
  design: Design,
  crash: Crash | undefined,
  options: BusyOptions = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design, ...options, tasks: TASKS, faults: inTurn() });
  const { scheduler } = simulation;
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const status = STATUSES[Math.floor(minute / 4) % STATUSES.length];
    const task = TASKS[minute % 4];
    if (status !== undefined && task !== undefined) simulation.move(task, status);
    const isRemoved = minute >= REMOVED.from && minute < REMOVED.to;
    simulation.configure(CHANNELS.filter((name) => !isRemoved || name !== REMOVED.channel));
    await simulation.start();
    for (let [step] = scheduler.pending(); step !== undefined; [step] = scheduler.pending()) {
      await simulation.take(step, scheduler.taken.length === crash?.step ? crash.ending : 'answered');
    }
    simulation.pass(MINUTE);
  }
  return simulation;
}

/**
 * S1 once more: a crash at every step of a busy half an hour. To die before a step leaves the world as it is after the step
 * before, so each point is tried once.
 */
export async function everyCrashWhenBusy(design: Design, everyNth = 1): Promise<Totals> {
  const totals = createTotals();
  const { scheduler } = await playBusy(design, undefined);
  const crashes = crashPoints(scheduler.taken.length, ['dies after']);
  for (const crash of crashes.filter((_, index) => index % everyNth === 0)) {
    const schedule = `busy, ${wordsOf([crash])}`;
    const simulation = await named(schedule, () => playBusy(design, crash));
    // Ambiguous answers make copies too; what nothing accounts for is counted apart.
    await conclude(totals, { schedule, mostDuplicates: Number.POSITIVE_INFINITY }, simulation);
  }
  return totals;
}

/** A channel that broke rests for half an hour: these answers come last, or few others would be seen. */
const BREAKING: ReadonlySet<string> = new Set(['bad certificate', 'blocked address', 'gone 410']);
const IN_TURN = [
  ...ANSWERS.filter((answer) => !BREAKING.has(answer)),
  ...ANSWERS.filter((answer) => BREAKING.has(answer)),
];

/** Every answer and every failed look, one after the other, with good ones in between. */
function inTurn(): Faults {
  let answers = 0;
  let looks = 0;
  return {
    store: () => undefined,
    answer() {
      answers += 1;
      return (answers % NTH_ANSWER === 0 && IN_TURN[(answers / NTH_ANSWER - 1) % IN_TURN.length]) || 'ok';
    },
    look() {
      looks += 1;
      return looks % NTH_LOOK === 0
        ? LOOK_FAILURES[(looks / NTH_LOOK - 1) % LOOK_FAILURES.length]
        : undefined;
    },
  };
}
