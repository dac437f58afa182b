import { loadDeadLetters, markRedriven } from '../../../lib/delivery/dead-letters.ts';
import type { RedriveInput } from '../../../lib/delivery/redrive/redrive.ts';
import type { Store } from '../../../lib/store/store.ts';
import { type Crash, crashPoints, wordsOf } from './crashes.ts';
import { type Faults, NO_FAULTS, STORE_FAULTS } from './faults.ts';
import { createRandom, type Random } from './random.ts';
import { ANSWERS } from './receivers.ts';
import { ours } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, mergeTotals, named, type Totals } from './totals.ts';

const MINUTE = 60_000;
const REFUSALS: Faults = { ...NO_FAULTS, answer: () => 'refused 422' };
const ENDINGS = ['dies before', 'dies after'] as const;

/** R12: what all cases of one exploration showed together. */
export interface Redriven {
  readonly totals: Totals;
  /** What is listed as dead and should not be, or the other way round. */
  miscounted: number;
  /** Letters that were still dead in the end. */
  left: number;
}

export interface RedriveOptions {
  readonly redrive?: (input: RedriveInput) => Promise<unknown>;
  readonly store?: (now: () => number) => Store;
  readonly traced?: boolean;
}

function createRedriven(): Redriven {
  return { totals: createTotals(), miscounted: 0, left: 0 };
}

/** Lets the world of a case calm down, and adds what the case showed. */
async function concludeCase(
  all: Redriven,
  simulation: Simulation,
  schedule: string,
  mostDuplicates: number,
): Promise<void> {
  await conclude(all.totals, { schedule, mostDuplicates }, simulation);
  const listed = await simulation.listedDead();
  all.miscounted += simulation.promised.miscounted(listed);
  all.left += listed.length;
}

/** Everybody refused the first event of a task. */
async function withDeadLetters(
  options: RedriveOptions & { readonly channels?: readonly string[] } = {},
): Promise<Simulation> {
  const simulation = createSimulation({ design: ours, ...options, faults: REFUSALS });
  await simulation.tick();
  simulation.setFaults(NO_FAULTS);
  simulation.pass(MINUTE);
  return simulation;
}

/** How the world stands when a redrive begins, and what runs beside it. */
interface Opening {
  open(simulation: Simulation): Promise<void> | void;
  readonly beside: 'a tick' | 'a redrive';
}

export const OPENINGS: Readonly<Record<string, Opening>> = {
  'and a tick': { open: () => undefined, beside: 'a tick' },
  'and a tick that sees a change': {
    open: (simulation) => simulation.move('task-1', 'FULLMIGRATING'),
    beside: 'a tick',
  },
  'and a tick, refused again': {
    open(simulation) {
      simulation.setFaults(REFUSALS);
      simulation.move('task-1', 'FULLMIGRATING');
    },
    beside: 'a tick',
  },
  'and another': { open: () => undefined, beside: 'a redrive' },
  'and another, refused again': {
    open: (simulation) => simulation.setFaults(REFUSALS),
    beside: 'a redrive',
  },
  'after one that died, and a tick': {
    async open(simulation) {
      await simulation.startRedrive();
      for (let [step] = simulation.scheduler.pending(); step !== undefined; ) {
        await simulation.take(step, step.name.startsWith('save task') ? 'dies after' : 'answered');
        [step] = simulation.scheduler.pending();
      }
    },
    beside: 'a tick',
  },
};

/**
 * Every interleaving of a redrive of one dead letter and what runs beside it. States that were reached before have the same
 * futures and are counted once for each way into them, as in the interleavings of two ticks.
 */
export async function everyRedriveInterleaving(
  opening: string,
  options: RedriveOptions = {},
): Promise<Redriven> {
  const known = new Map<string, Redriven>();

  const explore = async (schedule: readonly number[]): Promise<Redriven> => {
    const words = `a redrive ${opening}, choices ${schedule.join('.')}`;
    const simulation = await named(words, () => playRedriveSchedule(opening, schedule, options));
    const state = simulation.state();
    const before = known.get(state);
    if (before !== undefined) return before;
    const all = createRedriven();
    const choices = simulation.scheduler.pending().length;
    if (choices === 0) await concludeCase(all, simulation, words, 0);
    for (let choice = 0; choice < choices; choice += 1) add(all, await explore([...schedule, choice]));
    known.set(state, all);
    return all;
  };
  return explore([]);
}

function add(all: Redriven, more: Redriven): void {
  mergeTotals(all.totals, more.totals);
  all.miscounted += more.miscounted;
  all.left += more.left;
}

export async function playRedriveSchedule(
  name: string,
  schedule: readonly number[],
  options: RedriveOptions = {},
): Promise<Simulation> {
  const simulation = await withDeadLetters({ ...options, channels: ['cutover'], traced: true });
  const opening = OPENINGS[name];
  if (opening === undefined) throw new Error(`no opening is called ${name}`);
  await opening.open(simulation);
  await simulation.startRedrive();
  await (opening.beside === 'a tick' ? simulation.start() : simulation.startRedrive());
  for (const choice of schedule) {
    const step = simulation.scheduler.pending()[choice];
    if (step !== undefined) await simulation.take(step);
  }
  return simulation;
}

/** Each of two crashes may cost a redrive; one more does what is left, and the last finds nothing to do. */
const REDRIVES = 4;

/** Redrives and ticks in turns, of which some die. The steps of a crash are counted from the start of the case. */
export async function playRedrives(
  crashes: readonly Crash[],
  options: RedriveOptions = {},
): Promise<Simulation> {
  const simulation = await withDeadLetters(options);
  simulation.move('task-1', 'FULLMIGRATING');
  await simulation.tick();
  const plan = new Map(crashes.map(({ step, ending }) => [step, ending]));
  const { scheduler } = simulation;
  const finish = async (): Promise<void> => {
    for (let [step] = scheduler.pending(); step !== undefined; [step] = scheduler.pending()) {
      await simulation.take(step, plan.get(scheduler.taken.length));
    }
    // Longer than the lease of a run that died.
    simulation.pass(2 * MINUTE);
  };
  for (let number = 0; number < REDRIVES; number += 1) {
    await simulation.startRedrive();
    await finish();
    await simulation.start();
    await finish();
  }
  return simulation;
}

/** One crash, before and after every step of a redrive and of the ticks that follow; or every n-th pair of them. */
export async function everyRedriveCrash(
  options: RedriveOptions & { readonly everyNthPair?: number } = {},
): Promise<Redriven> {
  const all = createRedriven();
  const { everyNthPair: nth, ...rest } = options;
  const concludeCrashes = async (crashes: readonly Crash[]): Promise<void> => {
    const schedule = `redrives, ${wordsOf(crashes)}`;
    await concludeCase(
      all,
      await named(schedule, () => playRedrives(crashes, rest)),
      schedule,
      crashes.length,
    );
  };
  let number = 0;
  for (const first of await crashesAfter([], rest)) {
    if (nth === undefined) {
      await concludeCrashes([first]);
      continue;
    }
    for (const second of await crashesAfter([first], rest)) {
      number += 1;
      if (number % nth === 0) await concludeCrashes([first, second]);
    }
  }
  return all;
}

async function crashesAfter(crashes: readonly Crash[], options: RedriveOptions): Promise<Crash[]> {
  const { scheduler } = await playRedrives(crashes, options);
  const isRedrive = scheduler.taken.findIndex(({ name }) => name === 'load dead');
  const from = Math.max(isRedrive, (crashes.at(-1)?.step ?? -1) + 1);
  return crashPoints(scheduler.taken.length, ENDINGS, from);
}

/** How often each thing happens: per answer (2), request, step (2), minute (3), task and minute. */
const RATES = {
  refusal: 0.3,
  failure: 0.15,
  store: 0.03,
  crash: 0.01,
  stall: 0.01,
  redrive: 0.3,
  wakes: 0.3,
  overlap: 0.2,
  moves: 0.1,
} as const;
const TASKS = ['task-1', 'task-2'] as const;
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'RUNNING', 'FAILED', 'SUCCESS'] as const;

/** Hours in which much is refused and much is sent again, beside ticks, with every accident that there is. */
export async function randomRedrives(options: {
  readonly seed: string;
  readonly cases: number;
  readonly minutes: number;
}): Promise<Redriven> {
  const all = createRedriven();
  for (let number = 0; number < options.cases; number += 1) {
    const seed = `${options.seed}/${number}`;
    const schedule = `redrives ${seed} of ${options.minutes} minutes`;
    const simulation = await named(schedule, () => playHours({ seed, minutes: options.minutes }));
    await concludeCase(all, simulation, schedule, Number.POSITIVE_INFINITY);
  }
  return all;
}

export async function playHours({
  seed,
  minutes,
  ...options
}: {
  readonly seed: string;
  readonly minutes: number;
  readonly traced?: boolean;
}): Promise<Simulation> {
  const random = createRandom(seed);
  const simulation = createSimulation({
    ...options,
    design: ours,
    seed,
    tasks: TASKS,
    faults: faultsOf(random),
  });
  const { scheduler } = simulation;
  const sleepers: number[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    for (const task of TASKS) if (random.chance(RATES.moves)) simulation.move(task, random.pick(STATUSES));
    if (random.chance(RATES.wakes)) scheduler.thaw(sleepers.shift() ?? -1);
    await simulation.start();
    if (random.chance(RATES.overlap)) await simulation.start();
    if (random.chance(RATES.redrive)) {
      simulation.fired.count('redrive');
      await simulation.startRedrive();
    }
    sleepers.push(...(await finishWithAccidents(simulation, random)));
    simulation.pass(MINUTE);
  }
  for (const run of sleepers) scheduler.thaw(run);
  await simulation.finish();
  return simulation;
}

/** @returns the runs that stall */
async function finishWithAccidents(simulation: Simulation, random: Random): Promise<number[]> {
  const sleepers: number[] = [];
  for (;;) {
    const pending = simulation.scheduler.pending();
    const step = pending[random.below(pending.length)];
    if (step === undefined) return sleepers;
    if (random.chance(RATES.stall)) {
      simulation.stall(step.run);
      sleepers.push(step.run);
      continue;
    }
    const ending = random.pick(ENDINGS);
    await simulation.take(step, random.chance(RATES.crash) ? ending : 'answered');
  }
}

function faultsOf(random: Random): Faults {
  return {
    ...NO_FAULTS,
    answer() {
      if (random.chance(RATES.refusal)) return 'refused 422';
      return random.chance(RATES.failure) ? random.pick(ANSWERS) : 'ok';
    },
    store(operation) {
      if (!random.chance(RATES.store)) return undefined;
      const fault = random.pick(STORE_FAULTS);
      const isOfWrites = fault === 'answer lost' || fault === 'asked twice';
      return isOfWrites && operation !== 'save' ? 'throttled' : fault;
    },
  };
}

/** The design of a script: send each dead letter, then mark it as sent. */
export async function sendThenMark({ store, channels, clock }: RedriveInput): Promise<void> {
  for (const held of (await loadDeadLetters(store)).deadLetters) {
    const { deadLetter } = held;
    const now = new Date(clock.now());
    if (deadLetter.redrivenAt !== undefined) continue;
    const outcome = await channels.get(deadLetter.channel)?.send({ events: [deadLetter.event], now });
    if (outcome?.class === 'delivered') await markRedriven(store, held, now);
  }
}

/** The other way round: what dies in between is never sent. */
export async function markThenSend({ store, channels, clock }: RedriveInput): Promise<void> {
  for (const held of (await loadDeadLetters(store)).deadLetters) {
    const { deadLetter } = held;
    const now = new Date(clock.now());
    if (deadLetter.redrivenAt !== undefined) continue;
    await markRedriven(store, held, now);
    await channels.get(deadLetter.channel)?.send({ events: [deadLetter.event], now });
  }
}
