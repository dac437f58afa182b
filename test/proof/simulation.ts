import type { Channel, Telling } from '../../lib/channels/channel.ts';
import { type ChannelConfig, channelSchema, createChannel } from '../../lib/channels/index.ts';
import { loadBooks } from '../../lib/deliveries/books.ts';
import { listDeliveries } from '../../lib/deliveries/list.ts';
import { type RedriveInput, redrive } from '../../lib/deliveries/redrive.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import type { TickProject } from '../../lib/looking/run.ts';
import type { MigrationEvent } from '../../lib/migration/event.ts';
import type { Look } from '../../lib/migration/observation.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import type { TickInput } from '../../lib/tick.ts';
import { problemsOf } from '../support/event-schemas.ts';
import { type Counter, createCounter, type Faults, type LookFault, NO_FAULTS } from './faults.ts';
import { createPromised, keyOf, MISSING, type Promised, type Verdict } from './promise.ts';
import { createRandom } from './random.ts';
import { respond, takingOf } from './receivers.ts';
import { createScheduler, type Ending, type Gate, type Scheduler, type Step } from './scheduler.ts';
import type { Design } from './simple-designs.ts';

const PROJECT_ID = '254d2280acb74d36a8b839746bcd7352';
const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;

/** Each stands in a place where a secret stands in earnest; none may show anywhere. */
export const CANARIES = {
  slackUrl: 'T00CANARY/B00CANARY/canarySlackPath',
  webhookUrl: 'canary-webhook-path',
  signing: Buffer.from('canary-signing-secret-32-bytes!!').toString('base64'),
  header: 'canary-bearer-token',
} as const;

/** The channels of all scenarios: people and two programs. */
const CONFIGS: ReadonlyMap<string, ChannelConfig> = new Map([
  [
    'ops',
    channelSchema.parse({ type: 'slack', url: `https://hooks.slack.com/services/${CANARIES.slackUrl}` }),
  ],
  ['cutover', webhookConfig('cutover')],
  ['audit', webhookConfig('audit')],
]);
export const CHANNELS = [...CONFIGS.keys()];

function webhookConfig(name: string): ChannelConfig {
  return channelSchema.parse({
    type: 'webhook',
    url: `https://${name}.example.com/${CANARIES.webhookUrl}`,
    secret: `whsec_${CANARIES.signing}`,
    headers: { authorization: `Bearer ${CANARIES.header}` },
  });
}

export interface SimulationOptions {
  readonly design: Design;
  readonly seed?: string;
  readonly tasks?: readonly string[];
  readonly channels?: readonly string[];
  readonly faults?: Faults;
  /** By default the memory store. */
  readonly store?: (now: () => number) => Store;
  /** How dead letters are sent again; by default as the command does it. */
  readonly redrive?: (input: RedriveInput) => Promise<unknown>;
  /** Remembers what every step gave, to compare runs or states. */
  readonly traced?: boolean;
}

/** The whole world of one case: tasks, receivers, store and clock, and the runs of a design in it. */
export interface Simulation {
  readonly scheduler: Scheduler;
  readonly promised: Promised;
  readonly fired: Counter;
  readonly largest: { outboxEvents: number; itemBytes: number };
  /** For each delivery that arrived, how many milliseconds after its event. */
  readonly delays: readonly number[];
  now(): number;
  pass(ms: number): void;
  /** The task has this status from now on; nothing: the service no longer finds it. */
  move(taskId: string, status: string | undefined): void;
  configure(channels: readonly string[]): void;
  setFaults(faults: Faults): void;
  /** Starts a tick. @returns the number of its run */
  start(options?: TickOptions): Promise<number>;
  /** Starts a redrive of all dead letters. @returns the number of its run */
  startRedrive(options?: TickOptions): Promise<number>;
  /** Makes one step. */
  take(step: Step, ending?: Ending): Promise<void>;
  /** Makes the steps of a run, or of all, in the order in which they are asked for, until there are none. */
  finish(run?: number): Promise<void>;
  /** Starts a tick and finishes it. */
  tick(options?: TickOptions): Promise<void>;
  stall(run: number): void;
  /** The world recovers: ticks without faults until nothing is owed any more. */
  drain(): Promise<Verdict>;
  /** What `deliveries list` shows as dead: `task-1 2 cutover`. */
  listedDead(): Promise<string[]>;
  /** Everything that decides what happens from here on, as text; of use only if `traced`. */
  state(): string;
}

export interface TickOptions {
  readonly remainingMs?: number;
  /** How wrong the clock of this run is. Milliseconds. */
  readonly skewMs?: number;
}

export function createSimulation(options: SimulationOptions): Simulation {
  const { design, seed = 'proof', tasks = ['task-1'], traced = false } = options;
  let time = START;
  let faults = options.faults ?? NO_FAULTS;
  let configured = options.channels ?? CHANNELS;
  const now = () => time;
  const store = (options.store ?? ((clock) => createMemoryStore({ now: clock })))(now);
  const fired = createCounter();
  const histories = new Map<string, string[]>(tasks.map((id) => [id, ['RUNNING']]));
  const past = new Map<string, Item[]>();
  const items = new Map<string, Map<string, Item>>();
  const owners = new Map<string, string>();
  const arrivals: string[] = [];
  const delays: number[] = [];
  const largest = { outboxEvents: 0, itemBytes: 0 };
  let undescribed: string | undefined;

  const named = (value: unknown): string =>
    (JSON.stringify(value) ?? '').replace(UUID, (uuid) => owners.get(uuid) ?? 'nonce');
  const scheduler = createScheduler(traced ? (value) => named(value) : () => '');
  const promised = createPromised({
    channels: () => configured,
    history: (subject) => histories.get(subject),
    subjectOf: (id) => (id.startsWith('task:') ? id.slice('task:'.length) : PROJECT_ID),
    canaries: Object.values(CANARIES),
    hasOutbox: design.hasOutbox,
  });

  const noteSaved = (item: Item, run: number): void => {
    const { partition, id } = item.key;
    const owner = LEASE_OWNER.exec(item.body)?.[1];
    if (owner !== undefined && !owners.has(owner)) owners.set(owner, `run ${run}`);
    const inPartition = items.get(partition) ?? new Map<string, Item>();
    past.set(partition, [...inPartition.values()]);
    items.set(partition, inPartition.set(id, item));
    promised.persisted(item);
    largest.itemBytes = Math.max(largest.itemBytes, Buffer.byteLength(item.body));
    largest.outboxEvents = Math.max(largest.outboxEvents, promised.record(id)?.outbox.length ?? 0);
  };

  const spoil = (operation: 'load' | 'get' | 'save', partition: string, run: number) => {
    const fault = faults.store(operation, partition);
    if (fault === undefined) return undefined;
    fired.count(`store: ${fault}`);
    // Only what is written, or read again while writing, can leave a delivery unacknowledged.
    if (operation !== 'load' && fault !== 'asked twice') promised.accident(run);
    if (fault === 'throttled') throw new StoreError('unavailable', 'the table is throttled');
    return fault;
  };

  const storeOf = (gate: Gate, run: number): Store => ({
    load: (partition) =>
      gate(`load ${partition}`, () =>
        spoil('load', partition, run) === 'stale read' ? (past.get(partition) ?? []) : store.load(partition),
      ),
    get: (key) =>
      gate(`get ${key.id}`, () => {
        const isStale = spoil('get', key.partition, run) === 'stale read';
        return isStale ? past.get(key.partition)?.find((item) => item.key.id === key.id) : store.get(key);
      }),
    save: (item) =>
      gate(`save ${item.key.id}`, async () => {
        const fault = spoil('save', item.key.partition, run);
        const saved = await store.save(item);
        if (saved === 'saved') noteSaved(item, run);
        if (fault === 'answer lost') throw new StoreError('unavailable', 'the connection was closed');
        return fault === 'asked twice' ? store.save(item) : saved;
      }),
    close: async () => undefined,
  });

  const channelsOf = (gate: Gate, run: number): Map<string, Channel> =>
    new Map(configured.map((name) => [name, channelOf(name, gate, run)]));

  const channelOf = (name: string, gate: Gate, run: number): Channel => {
    const config = CONFIGS.get(name);
    if (config === undefined) throw new Error(`no channel ${name}`);
    const inFlight: Telling[] = [];
    const request: HttpClient['request'] = ({ body = '', headers }, limits) => {
      // A webhook says itself what it tells. A chat message is told one at a time: it is the telling in flight.
      const spoken = config.type === 'webhook' ? [eventOf(body, headers['webhook-id'])] : inFlight[0]?.events;
      const events = spoken ?? [];
      if (config.type === 'webhook') undescribed ??= problemsOf(events[0])[0];
      return gate(`send ${name} ${events.map(({ sequence }) => Number(sequence)).join(',')}`, () => {
        const answer = faults.answer(name);
        fired.count(`answer: ${answer}`);
        const taking = takingOf(answer);
        for (const event of events) {
          arrivals.push(`${name} ${event.subject} ${event.sequence} ${answer}`);
          if (taking.isTaken) delays.push(time - Date.parse(event.time));
        }
        promised.arrived({ channel: name, kind: kindOf(config), run, events, body, ...taking });
        return respond(answer, limits, (ms) => {
          time += ms;
        });
      });
    };
    const channel = createChannel(name, config, { http: { request, close: async () => undefined } });
    return {
      ...channel,
      async send(telling) {
        inFlight.push(telling);
        try {
          return await channel.send(telling);
        } finally {
          inFlight.splice(inFlight.indexOf(telling), 1);
        }
      },
    };
  };

  const lookAt = (taskId: string): Look => {
    const fault = faults.look(taskId);
    if (fault !== undefined) {
      fired.count(`look: ${fault}`);
      return failedLook(fault);
    }
    const status = histories.get(taskId)?.at(-1) ?? MISSING;
    if (status === MISSING) return { kind: 'missing', detail: 'HTTP 400 DCS.4133.' };
    return { kind: 'seen', observation: { status, name: `name of ${taskId}` } };
  };

  const watchOf = (taskId: string) => ({
    projectId: PROJECT_ID,
    taskId,
    project: 'prod',
    region: 'cn-north-4',
    labels: {},
    consoleUrl: 'https://console.example.com/',
  });

  const projectOf = (gate: Gate): TickProject => ({
    id: PROJECT_ID,
    name: 'prod',
    region: 'cn-north-4',
    tasks: tasks.length,
    consoleUrl: 'https://console.example.com/',
    keyFingerprint: 'key-1',
    watches: tasks.map(watchOf),
    watchOf,
    look: (taskId) => gate(`look ${taskId}`, () => lookAt(taskId)),
    // The neighbouring calls change nothing, so they are no steps of their own.
    list: async () => ({ kind: 'known', value: tasks.map((taskId) => ({ taskId })) }),
    stats: async () => ({ kind: 'skipped', why: 'out of time' }),
    logs: async () => ({ kind: 'skipped', why: 'out of time' }),
  });

  const inputOf = (
    gate: Gate,
    run: number,
    { remainingMs = MINUTE, skewMs = 0 }: TickOptions,
  ): TickInput => ({
    projects: [projectOf(gate)],
    groups: [],
    finishedEveryMs: 15 * MINUTE,
    nextTickAt: time + skewMs + MINUTE,
    channels: channelsOf(gate, run),
    store: storeOf(gate, run),
    clock: {
      now: () => time + skewMs,
      sleep: (ms) => {
        const until = time + ms;
        return gate('sleep', () => {
          time = Math.max(time, until);
        });
      },
    },
    log: (entry) => promised.logged(JSON.stringify(entry)),
    random: createRandom(`${seed} ${run}`).next,
    endsAt: time + skewMs + remainingMs,
  });

  const start = (tickOptions: TickOptions = {}): Promise<number> =>
    scheduler.start((gate, run) => design.tick(inputOf(gate, run, tickOptions)));

  const startRedrive = (tickOptions: TickOptions = {}): Promise<number> =>
    scheduler.start((gate, run) =>
      (options.redrive ?? redrive)({
        ...inputOf(gate, run, tickOptions),
        patienceMs: tickOptions.remainingMs ?? MINUTE,
        selection: {},
        dryRun: false,
      }),
    );

  const take = async (step: Step, ending?: Ending): Promise<void> => {
    if (ending !== undefined && ending !== 'answered') {
      fired.count(`crash: ${ending}`);
      promised.accident(step.run);
    }
    await scheduler.take(step, ending);
    const failure = scheduler.failureOf(step.run);
    if (failure !== undefined && !(failure instanceof StoreError)) throw failure;
    if (undescribed !== undefined) throw new Error(`not as schemas/ describes it: ${undescribed}`);
  };

  const finish = async (run?: number): Promise<void> => {
    for (;;) {
      const step = scheduler.pending().find((one) => run === undefined || one.run === run);
      if (step === undefined) return;
      await take(step);
    }
  };

  const listedDead = async (): Promise<string[]> => {
    const books = await loadBooks(store, [PROJECT_ID]);
    return listDeliveries(books, [], { state: 'dead' }).map(({ subject = '', sequence, channel }) =>
      keyOf(subject, Number(sequence), channel),
    );
  };

  const tick = async (tickOptions?: TickOptions): Promise<void> => finish(await start(tickOptions));

  return {
    scheduler,
    promised,
    fired,
    largest,
    delays,
    now,
    start,
    startRedrive,
    listedDead,
    take,
    finish,
    tick,
    pass: (ms) => {
      time += ms;
    },
    move: (taskId, status) => void histories.get(taskId)?.push(status ?? MISSING),
    configure: (channels) => {
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

    async drain() {
      faults = NO_FAULTS;
      for (let ticks = 0; ticks < MOST_DRAINING; ticks += 1) {
        time += ticks < 5 ? MINUTE : 60 * MINUTE;
        await tick();
        if (promised.owed() === 0) break;
      }
      return promised.verdict();
    },

    state() {
      const runs = Map.groupBy(scheduler.taken, ({ run }) => run);
      const seen = [...runs].map(([run, steps]) => [
        run,
        scheduler.stateOf(run),
        steps.map(({ name, result }) => `${name}=${result}`),
      ]);
      const stored = [...items].map(([partition, inPartition]) => [
        partition,
        [...inPartition.values()].map(({ key, rev, body }) => named([key.id, rev, body])).sort(),
      ]);
      const arrived = [...Map.groupBy(arrivals, (arrival) => arrival.split(' ', 1)[0])];
      const facts = [time, seen.sort(), stored.sort(), arrived.sort(), [...histories], promised.verdict()];
      return JSON.stringify(facts);
    },
  };
}

/** Ticks of a calm world until everything owed has arrived: the longest waits between attempts are a day. */
const MOST_DRAINING = 120;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const LEASE_OWNER = /"lease":\{"owner":"([^"]+)"/;

function kindOf(config: ChannelConfig): 'chat' | 'webhook' {
  return config.type === 'slack' ? 'chat' : 'webhook';
}

/** What a receiver of webhooks reads from a request. */
function eventOf(body: string, id: string | undefined): MigrationEvent {
  const event: MigrationEvent = JSON.parse(body);
  if (event.id !== id) throw new Error('the id in the header is not the id of the event');
  return event;
}

function failedLook(fault: LookFault): Look {
  switch (fault) {
    case 'not found':
      return { kind: 'missing', detail: 'HTTP 404.' };
    case 'unreadable':
      return { kind: 'failed', reason: 'unreadable answer', detail: 'HTTP 200, not JSON.' };
    case 'throttled':
      return { kind: 'failed', reason: 'throttled', detail: 'HTTP 429 APIGW.0308.', restMs: 30_000 };
    case 'not authorised':
      return { kind: 'failed', reason: 'not authorised', detail: 'HTTP 401 APIGW.0301.', restMs: 0 };
    case 'unreachable':
      return { kind: 'failed', reason: 'unreachable', detail: 'no connection.' };
  }
}
