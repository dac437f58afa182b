import { createHash, randomUUID } from 'node:crypto';
import type { Quiet } from '../../../lib/channels/chat/quiet.ts';
import { createDcsClient } from '../../../lib/dcs/client.ts';
import { loadInventory } from '../../../lib/delivery/redrive/inventory.ts';
import { listDeliveries } from '../../../lib/delivery/redrive/known-deliveries.ts';
import { type RedriveInput, redrive } from '../../../lib/delivery/redrive/redrive.ts';
import { newTickStats, type TickContext } from '../../../lib/poll/context.ts';
import type { TickProject } from '../../../lib/poll/target.ts';
import { WATCHER_KEY } from '../../../lib/records/keys.ts';
import { withMute, withoutMutes } from '../../../lib/records/mutes.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { loadRecord } from '../../../lib/records/records.ts';
import { endRun, takeRun } from '../../../lib/records/runs/runs.ts';
import { update } from '../../../lib/records/update.ts';
import { StoreError } from '../../../lib/store/errors.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import type { Store } from '../../../lib/store/store.ts';

import { numberOf } from '../../support/number.ts';
import { createFailoverStore, type FailoverStore } from './failover.ts';
import { type Counter, createCounter, type Faults, kindsOf, NO_FAULTS } from './faults.ts';
import { type DeliveryKey, deliveryKey } from './ledger.ts';
import { createNames } from './names.ts';
import { CHANNELS, createNetwork } from './network.ts';
import { createProcesses } from './processes.ts';
import { createPromised, type Findings, type Promised } from './promise.ts';
import { createRandom } from './random.ts';
import { createScheduler, type Ending, type Gate, type Scheduler, type Step } from './scheduler.ts';
import { ACCESS, PROJECT_ID, projectOf } from './service.ts';
import type { Design } from './simple-designs.ts';
import { createStorage } from './storage.ts';
import { MISSING } from './truth.ts';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;
/** A second: enough for one look in each tick. */
const FEW_REQUESTS = 0.05;
const YEAR = 365 * 24 * 60 * MINUTE;

export interface SimulationOptions {
  readonly design: Design;
  readonly seed?: string;
  readonly tasks?: readonly string[];
  readonly channels?: readonly string[];
  readonly faults?: Faults;
  /** Quiet hours, by the names of chats. */
  readonly quiet?: Readonly<Record<string, Quiet>>;
  /** Whether the chat edits its messages. */
  readonly isLive?: boolean;
  /** Whether there are more tasks than the rate allows looks at, so that the list says where to look. */
  readonly isListFirst?: boolean;
  /** So many projects, which share the tasks, each with runs of its own, of which one goes on at a time. */
  readonly shards?: number;
  /** Whether processes stay warm from one tick to the next, and need not read again what nobody else wrote. */
  readonly hasReadCache?: boolean;
  /** Whether the store has a replica, and can fail over to it. */
  readonly hasReplica?: boolean;
  /** By default the memory store. */
  readonly store?: (now: () => number) => Store;
  /** How dead letters are sent again; by default as the command does it. */
  readonly redrive?: (input: RedriveInput) => Promise<unknown>;
  /** Remembers what every step gave, to compare runs or states. */
  readonly traced?: boolean;
}

/** The findings of a whole case. */
export interface Outcome extends Findings {
  /** The first step after which the promise was broken, in words: `34, send ops 5`. */
  readonly since?: string;
}

/** The whole world of one case: tasks, receivers, store and clock, and the runs of a design in it. */
export interface Simulation {
  readonly scheduler: Scheduler;
  readonly promised: Promised;
  readonly fired: Counter;
  readonly largest: { readonly outboxEvents: number; readonly itemBytes: number };
  /** For each delivery that arrived, how many milliseconds after its event. */
  readonly delays: readonly number[];
  /** What arrived, in order: `ops task-1 1 ok`. */
  readonly received: readonly string[];
  now(): number;
  pass(ms: number): void;
  /** The task has this status from now on; {@link MISSING}: the service no longer finds it. */
  move(taskId: string, status: string): void;
  configure(channels: readonly string[]): void;
  setFaults(faults: Faults): void;
  /** Mutes a channel or a task from now on, once a tick has made a record to write it to. */
  mute(scope: 'channel' | 'task', target: string, forMs: number): Promise<void>;
  /** Ends all mutes. */
  unmute(): Promise<void>;
  /** What a master and its replica do; of use only if `hasReplica`. */
  readonly failover: FailoverStore;
  /** Its replica is back, and has what was written meanwhile. */
  replicaReturns(): void;
  /** The projects that have runs of their own. */
  readonly shardIds: readonly string[];
  /**
   * Starts what a schedule does where projects have runs of their own: one of each, and one about what is left.
   *
   * @param outcome of the run of each: one that is never begun although it was asked for, or one that cannot be asked for
   */
  startShards(outcome?: () => 'begun' | 'lost' | 'refused', options?: TickOptions): Promise<void>;
  /** Makes the summary of the last looks what somebody wrote long ago, or nothing. */
  spoilSummary(how: 'forgotten' | 'stale'): Promise<void>;
  /** Starts a tick. @returns the number of its run */
  start(options?: TickOptions): Promise<number>;
  /** Starts a redrive of all dead letters. @returns the number of its run */
  startRedrive(options?: TickOptions): Promise<number>;
  /** Makes one step, and looks whether the promise still holds. */
  take(step: Step, ending?: Ending): Promise<void>;
  /** Makes the steps of a run, or of all, in the order in which they are asked for, until there are none. */
  finish(run?: number): Promise<void>;
  /** Starts a tick and finishes it. */
  tick(options?: TickOptions): Promise<void>;
  stall(run: number): void;
  /** The world recovers: ticks without faults until nothing is pending and everything is known. */
  drain(): Promise<Outcome>;
  /** What `deliveries list` shows as dead. */
  listedDead(): Promise<DeliveryKey[]>;
  /** What stands for everything that decides what happens from here on; of use only if `traced`. */
  state(): string;
}

export interface TickOptions {
  readonly remainingMs?: number;
  /** How wrong the clock of this run is. Milliseconds. */
  readonly skewMs?: number;
  /** The one project that it is about. */
  readonly project?: string;
  /** The projects that it is about, while the others have runs of their own. */
  readonly left?: readonly string[];
}

export function createSimulation(options: SimulationOptions): Simulation {
  const { design, seed = 'proof', tasks = ['task-1'], quiet = {}, isLive = false, traced = false } = options;
  const { isListFirst = false, shards, hasReadCache = false, hasReplica = false } = options;
  let time = START;
  let faults = options.faults ?? NO_FAULTS;
  let configured = options.channels ?? CHANNELS;
  let since: string | undefined;
  const now = () => time;
  const pass = (ms: number) => {
    time += ms;
  };
  const failover = createFailoverStore(now);
  const store = hasReplica
    ? failover
    : (options.store ?? ((clock) => createMemoryStore({ now: clock })))(now);
  const shardIds = Array.from({ length: shards ?? 1 }, (_, nth) => projectId(nth));
  const tasksOf = (id: string) =>
    tasks.filter((_, index) => index % shardIds.length === shardIds.indexOf(id));
  const fired = createCounter();
  const histories = new Map<string, string[]>(tasks.map((id) => [id, ['RUNNING']]));
  const names = createNames();

  const scheduler = createScheduler(traced ? names.of : () => '');
  const promised = createPromised({
    tasks,
    channels: () => configured,
    history: (subject) => histories.get(subject),
    subjectOf: (id) => id.replace(/^(task|project):/, ''),
    recordIdOf: (subject) => {
      if (subject === 'watcher') return subject;
      return shardIds.includes(subject) ? `project:${subject}` : `task:${subject}`;
    },
    hasOutbox: design.hasOutbox,
  });
  const storage = createStorage({
    store,
    open: hasReplica ? failover.open : undefined,
    promised,
    fired,
    faults: () => faults,
  });
  const isIdle = (run: number) => scheduler.stateOf(run) === 'ended';
  const processes = hasReadCache ? createProcesses(now, isIdle, fired) : undefined;
  const statusOf = (taskId: string) => histories.get(taskId)?.at(-1) ?? MISSING;
  const rowsOf = (id: string) =>
    tasksOf(id).flatMap((taskId) => {
      const status = statusOf(taskId);
      return status === MISSING ? [] : [{ taskId, status }];
    });
  const kept = new Map<string, string>();
  const network = createNetwork({
    promised,
    fired,
    quiet,
    isLive,
    faults: () => faults,
    statusOf,
    now,
    pass,
  });

  const inputOf = async (
    gate: Gate,
    run: number,
    { remainingMs = MINUTE, skewMs = 0, project, left = shardIds }: TickOptions,
  ): Promise<TickContext> => {
    const clock = {
      now: () => time + skewMs,
      elapsed: () => time - START,
      sleep: (ms: number) => {
        const until = time + ms;
        const wake = () => {
          time = Math.max(time, until);
        };
        return gate('sleep', wake, until);
      },
    };
    const { http, channel } = network.of(gate, run);
    const client = createDcsClient({ http, clock, requestsPerSecond: 10 });
    const stamp = { nonce: `${seed} ${run}` };
    const ownStore = names.learning(storage.of(gate, run), run);
    const entryOf = (id: string): TickProject => {
      const look: TickProject['look'] = (taskId, until) =>
        client.look({ ...ACCESS, projectId: id }, taskId, until);
      const list = isListFirst ? { requestsPerSecond: FEW_REQUESTS, rows: () => rowsOf(id) } : {};
      return projectOf(tasksOf(id), look, stamp, { id, ...list });
    };
    const polled = project === undefined ? left : [project];
    return {
      projects: polled.map(entryOf),
      onlyProjectId: project,
      elsewhere: shardIds.filter((id) => !polled.includes(id)).map(entryOf),
      groups: [],
      owner: randomUUID(),
      stats: newTickStats(),
      loadedAt: clock.now(),
      finishedEveryMs: 15 * MINUTE,
      nextTickAt: clock.elapsed() + MINUTE,
      channels: new Map(
        await Promise.all(configured.map(async (name) => [name, await channel(name)] as const)),
      ),
      store: processes?.of(ownStore, run) ?? ownStore,
      clock,
      log(entry) {
        promised.logged(entry, new Date(clock.now()));
        for (const kind of kindsOf(entry)) fired.count(kind);
      },
      random: createRandom(`${seed} ${run}`).next,
      endsAt: clock.elapsed() + remainingMs,
    };
  };

  const start = (tickOptions: TickOptions = {}): Promise<number> => {
    const { skewMs = 0, project } = tickOptions;
    if (skewMs !== 0) fired.count(`clock: ${skewMs > YEAR ? 'in 2038' : skewMs > 0 ? 'ahead' : 'behind'}`);
    if (scheduler.pending().length > 0) fired.count('overlap');
    return scheduler.start(async (gate, run) => {
      const input = await inputOf(gate, run, tickOptions);
      return project === undefined ? design.tick(input) : ownRun(project, input, () => design.tick(input));
    });
  };

  const startShards: Simulation['startShards'] = async (outcome = () => 'begun', tickOptions = {}) => {
    const left: string[] = [];
    for (const project of shardIds) {
      const end = outcome();
      if (end === 'begun') await start({ ...tickOptions, project });
      else fired.count(`run ${end}`);
      if (end === 'refused') left.push(project);
    }
    await start({ ...tickOptions, left });
  };

  /** A run that finds another one leaves it to that. */
  const ownRun = async (project: string, input: TickContext, work: () => Promise<unknown>): Promise<void> => {
    const { store: ours, clock, owner, endsAt } = input;
    const startedAt = new Date(clock.now());
    const held = await takeRun(ours, project, { owner, now: startedAt, forMs: endsAt - clock.elapsed() });
    fired.count(held === undefined ? 'run left to another' : 'run of its own');
    if (held === undefined) return;
    await work();
    await endRun(ours, held, startedAt, new Date(clock.now()));
  };

  const startRedrive = (tickOptions: TickOptions = {}): Promise<number> =>
    scheduler.start(async (gate, run) =>
      (options.redrive ?? redrive)({
        ...(await inputOf(gate, run, tickOptions)),
        budgetMs: tickOptions.remainingMs ?? MINUTE,
        selection: {},
        dryRun: false,
      }),
    );

  const take = async (step: Step, ending: Ending = 'answered'): Promise<void> => {
    if (ending !== 'answered') {
      fired.count(`crash: ${ending}`);
      promised.accident(step.run);
    }
    await scheduler.take(step, ending);
    const failure = scheduler.failureOf(step.run);
    if (failure !== undefined && !(failure instanceof StoreError)) throw failure;
    const [undescribed] = network.undescribed;
    if (undescribed !== undefined) throw new Error(`not as schemas/ describes it: ${undescribed}`);
    if (since === undefined && promised.isBroken()) since = `${scheduler.taken.length - 1}, ${step.name}`;
  };

  const finish = async (run?: number): Promise<void> => {
    for (;;) {
      const step = scheduler.pending().find((one) => run === undefined || one.run === run);
      if (step === undefined) return;
      await take(step);
    }
  };

  const tick = async (tickOptions?: TickOptions): Promise<void> => {
    if (shards === undefined) return finish(await start(tickOptions));
    await startShards(undefined, tickOptions);
    await finish();
  };

  const changeWatcher = async (what: string, change: (record: StoredRecord) => StoredRecord | undefined) => {
    const held = await loadRecord(storage.atOnce, WATCHER_KEY);
    if (held === undefined) return;
    const updated = await update(storage.atOnce, held, {
      change: (record) => ({ record: change(record) ?? record }),
    });
    if (updated.kind === 'done' && updated.isWritten) fired.count(what);
  };

  const spoilSummary = async (how: 'forgotten' | 'stale'): Promise<void> => {
    for (const id of shardIds) {
      const item = await storage.atOnce.get({ partition: 'summaries', id });
      if (item === undefined) continue;
      const body = how === 'forgotten' ? '{}' : (kept.get(id) ?? item.body);
      if (!kept.has(id)) kept.set(id, item.body);
      await storage.atOnce.save({ ...item, rev: item.rev + 1, nonce: randomUUID(), body });
      fired.count(`summary: ${how}`);
    }
  };

  return {
    failover,
    replicaReturns: () => storage.confirm(failover.replicaReturns()),
    shardIds,
    startShards,
    spoilSummary,
    scheduler,
    promised,
    fired,
    largest: storage.largest,
    delays: network.delays,
    received: network.received,
    now,
    pass,
    start,
    startRedrive,
    take,
    finish,
    tick,
    mute: (scope, target, forMs) =>
      changeWatcher('muted', (record) => {
        const [from, until] = [new Date(time), new Date(time + forMs)].map((at) => at.toISOString());
        const id = `${scope} ${target} ${from}`;
        const mute = { id, scope, target, name: target, from: from ?? '', until: until ?? '', why: 'known' };
        return withMute(record, mute, new Date(time));
      }),
    unmute: () =>
      changeWatcher('unmuted', (record) => withoutMutes(record, () => true, new Date(time)).record),
    move: (taskId, status) => void histories.get(taskId)?.push(status),
    configure(channels) {
      if (channels.some((name) => !configured.includes(name))) fired.count('channel added');
      if (configured.some((name) => !channels.includes(name))) fired.count('channel removed');
      configured = channels;
    },
    setFaults: (changed) => {
      faults = changed;
    },
    stall(run) {
      fired.count('stall');
      promised.accident(run);
      scheduler.freeze(run);
    },

    async listedDead() {
      const inventory = await loadInventory(store, shardIds);
      const numbers = new Map(
        inventory.deadLetters.map(({ deadLetter: { event } }) => [event.id, numberOf(event)]),
      );
      return listDeliveries(inventory, [], { state: 'dead' }).map(({ subject = '', eventId, channel }) =>
        deliveryKey(subject, numbers.get(eventId) ?? 0, channel),
      );
    },

    async drain() {
      faults = NO_FAULTS;
      if (failover.isAlone()) storage.confirm(failover.replicaReturns());
      for (let ticks = 0; ticks < MOST_DRAINING; ticks += 1) {
        time += ticks < 5 ? MINUTE : 60 * MINUTE;
        await tick();
        if (promised.isCalm()) break;
      }
      await storage.check();
      return { ...promised.findings(), ...(since !== undefined && { since }) };
    },

    state() {
      const runs = Map.groupBy(scheduler.taken, ({ run }) => run);
      const waiting = Map.groupBy(scheduler.pending(), ({ run }) => run);
      const seen = [...runs].map(([run, steps]) => [
        run,
        scheduler.stateOf(run),
        // A run asks for several things at the same time: its next requests show in which order it got them.
        steps.toSorted(byName).map(({ name, result }) => `${name}=${result}`),
        (waiting.get(run) ?? []).toSorted(byName).map(({ name, asked }) => `${name}?${names.of(asked)}`),
      ]);
      const stored = storage.items().map(({ key, rev, body }) => names.of([key, rev, body]));
      const arrived = [...Map.groupBy(network.received, (line) => line.split(' ', 1)[0])];
      const facts = [time, seen.sort(), stored.sort(), arrived.sort(), [...histories], promised.findings()];
      // Hundreds of thousands of them are remembered.
      return createHash('sha256').update(JSON.stringify(facts)).digest('base64');
    },
  };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/** Ticks of a calm world until everything pending has arrived: the longest waits between attempts are a day. */
const MOST_DRAINING = 120;

/** The id of the project with this number, from 0. */
function projectId(nth: number): string {
  return nth === 0 ? PROJECT_ID : String(nth).padStart(PROJECT_ID.length, '0');
}
