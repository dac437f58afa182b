import type { Quiet } from '../../../lib/channels/chat/quiet.ts';
import type { Store } from '../../../lib/store/store.ts';
import { CHANNELS } from './network.ts';
import { createRandom, type Random } from './random.ts';
import { createRandomFaults } from './random-faults.ts';
import { ours } from './simple-designs.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { conclude, createTotals, named, type Totals } from './totals.ts';
import { MISSING } from './truth.ts';

const MINUTE = 60_000;
const TASKS = ['task-1', 'task-2', 'task-3'] as const;
/** Enough for two projects, in each of which the list says where to look. */
const MANY_TASKS = Array.from({ length: 12 }, (_, nth) => `task-${nth + 1}`);
const SHARDS = 2;
const STATUSES = ['FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'RUNNING', 'FAILED', 'SUCCESS'] as const;
/** How often each thing happens: per step (3, and 2 while there is no replica), per task and minute, or per minute. What else goes wrong is the randomFaults's. */
const RATES = {
  crash: 0.01,
  stall: 0.003,
  moves: 0.02,
  overlap: 0.1,
  removal: 0.003,
  mute: 0.03,
  unmute: 0.02,
  lost: 0.1,
  refused: 0.1,
  replicaLost: 0.001,
  replicaBack: 0.02,
  failover: 0.02,
  spoilt: 0.05,
} as const;
/** Clocks of machines differ, by this much at most. Milliseconds. */
const SKEWS = [0, 0, 0, 20_000, -20_000] as const;
const LONGEST_STALL = 6;
/** Minutes, beyond the shortest mute that there is. */
const LONGEST_MUTE = 40;
/** A channel that was taken out of the configuration comes back after so many minutes. */
const LONGEST_REMOVAL = 40;

interface DayOptions {
  readonly seed: string;
  readonly minutes: number;
  readonly store?: (now: () => number) => Store;
  readonly quiet?: Readonly<Record<string, Quiet>>;
  /** Whether the chat edits its messages. */
  readonly isLive?: boolean;
  /** Somebody mutes chats and tasks, and may end that. */
  readonly isMuted?: boolean;
  /** More tasks than the rate allows looks at, in several projects with runs of their own; some are never begun. */
  readonly isMany?: boolean;
  /** The store loses its replica and gets it back, or fails over to it. */
  readonly hasReplica?: boolean;
  /** Processes stay warm, and read again only what others wrote. */
  readonly hasReadCache?: boolean;
  readonly traced?: boolean;
}

interface Day {
  readonly tasks: readonly string[];
  readonly simulation: Simulation;
  readonly random: Random;
  minute: number;
  /** Stalled runs and the minute at which each wakes. */
  readonly sleepers: Map<number, number>;
  /** Until when a channel is out of the configuration. */
  backAt: number;
}

/**
 * A day with every kind of fault, crashes, stalls, overlapping ticks, clocks that differ, tasks that go and come back
 * and channels that are removed and added; one tick a minute.
 */
export async function playDay({
  seed,
  minutes,
  isMuted = false,
  isMany = false,
  ...options
}: DayOptions): Promise<Simulation> {
  const random = createRandom(seed);
  const simulation = createSimulation({
    ...options,
    design: ours,
    seed,
    tasks: isMany ? MANY_TASKS : TASKS,
    isListFirst: isMany,
    ...(isMany && { shards: SHARDS }),
  });
  const day: Day = {
    tasks: isMany ? MANY_TASKS : TASKS,
    simulation,
    random,
    minute: 0,
    sleepers: new Map(),
    backAt: 0,
  };
  const randomFaults = createRandomFaults(random);
  simulation.setFaults(randomFaults);
  for (; day.minute < minutes; day.minute += 1) {
    randomFaults.change();
    moveTasks(day);
    configureChannels(day);
    wakeSleepers(day, day.minute);
    const canWrite = !simulation.failover.isAlone();
    if (isMuted && canWrite) await muteSomething(day);
    if (isMany && canWrite) await spoilSomething(day);
    const skewMs = random.pick(SKEWS);
    if (isMany) await simulation.startShards(() => fateOf(day), { skewMs });
    else await simulation.start({ skewMs });
    if (random.chance(RATES.overlap)) await simulation.start();
    await finishWithAccidents(day, options.hasReplica === true);
    simulation.pass(MINUTE);
  }
  wakeSleepers(day, Number.POSITIVE_INFINITY);
  await simulation.finish();
  return simulation;
}

/** What becomes of a run that is to be started. */
function fateOf({ random }: Day): 'begun' | 'lost' | 'refused' {
  if (random.chance(RATES.lost)) return 'lost';
  return random.chance(RATES.refused) ? 'refused' : 'begun';
}

function changeReplica({ simulation, random }: Day): void {
  const { failover, fired } = simulation;
  if (!failover.isAlone()) {
    if (random.chance(RATES.replicaLost)) failover.loseReplica();
  } else if (random.chance(RATES.failover)) {
    fired.count('store: failover');
    failover.failOver();
  } else if (random.chance(RATES.replicaBack)) {
    fired.count('store: replica is back');
    simulation.replicaReturns();
  }
}

function moveTasks({ simulation, random, tasks }: Day): void {
  for (const task of tasks) {
    if (random.chance(RATES.moves)) simulation.move(task, random.pick([...STATUSES, MISSING]));
  }
}

/** A program that stalls keeps the configuration that it has read, so nothing changes while one does. */
function configureChannels(day: Day): void {
  const { simulation, random, minute, sleepers } = day;
  if (sleepers.size > 0) return;
  if (minute >= day.backAt) simulation.configure(CHANNELS);
  if (!random.chance(RATES.removal)) return;
  const removed = CHANNELS[random.below(CHANNELS.length)];
  simulation.configure(CHANNELS.filter((name) => name !== removed));
  day.backAt = minute + 1 + random.below(LONGEST_REMOVAL);
}

async function spoilSomething({ simulation, random }: Day): Promise<void> {
  if (random.chance(RATES.spoilt)) await simulation.spoilSummary('forgotten');
  if (random.chance(RATES.spoilt)) await simulation.spoilSummary('stale');
}

async function muteSomething({ simulation, random }: Day): Promise<void> {
  const forMs = (5 + random.below(LONGEST_MUTE)) * MINUTE;
  if (random.chance(RATES.mute)) await simulation.mute('channel', 'ops', forMs);
  if (random.chance(RATES.mute)) await simulation.mute('task', random.pick(TASKS), forMs);
  if (random.chance(RATES.unmute)) await simulation.unmute();
}

function wakeSleepers({ simulation, sleepers }: Day, minute: number): void {
  for (const [run, wakesAt] of sleepers) {
    if (wakesAt > minute) continue;
    simulation.scheduler.thaw(run);
    sleepers.delete(run);
  }
}

async function finishWithAccidents(day: Day, hasReplica: boolean): Promise<void> {
  const { simulation, random, sleepers, minute } = day;
  for (;;) {
    if (hasReplica) changeReplica(day);
    const pending = simulation.scheduler.pending();
    const step = pending[random.below(pending.length)];
    if (step === undefined) return;
    if (random.chance(RATES.stall)) {
      simulation.stall(step.run);
      sleepers.set(step.run, minute + 1 + random.below(LONGEST_STALL));
      continue;
    }
    const ending = random.chance(0.5) ? 'dies before' : 'dies after';
    await simulation.take(step, random.chance(RATES.crash) ? ending : 'answered');
  }
}

interface ManyDays extends DayOptions {
  readonly days: number;
}

/** Many short days, each with a seed of its own. */
async function manyShortDays(
  kind: string,
  play: (options: DayOptions) => Promise<Simulation>,
  { days, ...options }: ManyDays,
): Promise<Totals> {
  const totals = createTotals();
  for (let day = 0; day < days; day += 1) {
    const seed = `${options.seed}/${day}`;
    const schedule = `${kind} ${seed} of ${options.minutes} minutes`;
    const simulation = await named(schedule, () => play({ ...options, seed }));
    await conclude(totals, { schedule, mostDuplicates: Number.POSITIVE_INFINITY }, simulation);
  }
  return totals;
}

/** Early in each case, which begins at midnight. */
const QUIET: Quiet = { from: '00:07', to: '00:55', except: ['failure'] };

/** A day with every kind of fault, on which a chat has quiet hours. */
export function playQuietDay(options: DayOptions): Promise<Simulation> {
  return playDay({ ...options, quiet: { ops: QUIET } });
}

/** Many short days: crashes, stalls, overlaps and faults meet the beginning and the end of quiet hours in many ways. */
export function manyQuietDays(options: ManyDays): Promise<Totals> {
  return manyShortDays('quiet day', playQuietDay, options);
}

/** A day with every kind of fault, on which chats and tasks are muted, and a chat has quiet hours besides. */
export function playMutedDay(options: DayOptions): Promise<Simulation> {
  return playQuietDay({ ...options, isMuted: true });
}

/** Many short days on which mutes begin and end in many ways. */
export function manyMutedDays(options: ManyDays): Promise<Totals> {
  return manyShortDays('muted day', playMutedDay, options);
}

/** A day with every kind of fault, on which the chat edits its messages. */
export function playLiveDay(options: DayOptions): Promise<Simulation> {
  return playDay({ ...options, isLive: true });
}

/** Many short days: crashes, stalls, overlaps and faults meet messages that are posted, edited and replied to. */
export function manyLiveDays(options: ManyDays): Promise<Totals> {
  return manyShortDays('live day', playLiveDay, options);
}

/** A day with every kind of fault, on which the list says where to look and the project has runs of its own. */
export function playBigDay(options: DayOptions): Promise<Simulation> {
  return playDay({ ...options, isMany: true, hasReadCache: true });
}

/** Many short days: crashes, stalls, overlaps and faults meet summaries that are lost or old, and runs that never start. */
export function manyBigDays(options: ManyDays): Promise<Totals> {
  return manyShortDays('big day', playBigDay, options);
}

/** A day with every kind of fault, in processes that stay warm, and a chat with quiet hours. */
export function playWarmDay(options: DayOptions): Promise<Simulation> {
  return playQuietDay({ ...options, hasReadCache: true });
}

/** Many short days: crashes, stalls, overlaps and faults meet processes that remember what they have read. */
export function manyWarmDays(options: ManyDays): Promise<Totals> {
  return manyShortDays('warm day', playWarmDay, options);
}

/** A day with every kind of fault, on a store that loses its replica and fails over. */
export function playFailoverDay(options: DayOptions): Promise<Simulation> {
  return playDay({ ...options, hasReplica: true });
}

/** Many short days: crashes, stalls and overlaps meet writes that are lost because no replica had confirmed them. */
export function manyFailoverDays(options: ManyDays): Promise<Totals> {
  return manyShortDays('failover day', playFailoverDay, options);
}

export interface Days {
  readonly totals: Totals;
  readonly largest: { outboxEvents: number; itemBytes: number };
}

/** R14: many days, each with a seed of its own. Copies are bounded by accidents, so `unexplained` is what counts. */
export async function manyDays(
  options: Omit<DayOptions, 'seed'> & { readonly seed: string; readonly days: number },
): Promise<Days> {
  const totals = createTotals();
  const largest = { outboxEvents: 0, itemBytes: 0 };
  for (let day = 0; day < options.days; day += 1) {
    const seed = `${options.seed}/${day}`;
    const schedule = `day ${seed} of ${options.minutes} minutes`;
    const simulation = await named(schedule, () => playDay({ ...options, seed }));
    await conclude(totals, { schedule, mostDuplicates: Number.POSITIVE_INFINITY }, simulation);
    largest.outboxEvents = Math.max(largest.outboxEvents, simulation.largest.outboxEvents);
    largest.itemBytes = Math.max(largest.itemBytes, simulation.largest.itemBytes);
  }
  return { totals, largest };
}
