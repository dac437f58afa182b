import { Secret } from '../../lib/base/secret.ts';
import type { Config } from '../../lib/config/schema/file.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { type App, createApp } from '../../lib/runtime/app.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import type { SimulatedCredentials } from '../../lib/simulator/gateway.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import type { Store } from '../../lib/store/store.ts';
import type { LogEntry } from '../../lib/telemetry/log.ts';
import { sampleOf } from '../channels/samples.ts';
import { channelSchema } from './channel-types.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { type ReceivedRequest, startTestReceiver, type TestReceiver } from './receiver.ts';

export const PROJECT_ID = '254d2280acb74d36a8b839746bcd7352';
export const ACCESS_KEY = 'TESTACCESSKEY0000001';
export const SECRET_KEY = 'canary-secret-key-5kQ';
export const SIGNING_SECRET = `whsec_${Buffer.from('canary-signing-secret-32-bytes!!').toString('base64')}`;

/** What a test says about the channels: the settings of the configuration; `url` is made of `path`, or of the name. */
export type ChannelSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Everything around the program, on this machine: a simulated DCS API, receivers, a store, a clock. */
export interface World {
  readonly clock: TestClock;
  readonly simulator: Simulator;
  readonly receiver: TestReceiver;
  readonly store: Store;
  readonly log: readonly LogEntry[];
  readonly config: Config;
  /** The projects, by name; `simulator` and `status` are those of the first one. */
  readonly projects: Readonly<Record<string, ProjectPlace>>;
  /** The task's status from now on. */
  status(taskId: string, status: string): void;
  /** One tick of a program that was just started, as a crash or a cold start leaves it. */
  tick(options?: TickOptions): ReturnType<App['tick']>;
  /** The events that a webhook channel got, in order. */
  events(channel: string): { readonly id: string; readonly type: string; readonly subject: string }[];
  slack(channel: string): readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** One project, and the simulated API that it is at. */
export interface ProjectPlace {
  readonly simulator: Simulator;
  /** The task's status from now on. */
  status(taskId: string, status: string): void;
}

/** A project of the configuration. Entries with the same id are at the same simulated API. */
export interface ProjectSettings extends Partial<Pick<Config['projects'][number], 'id' | 'discover'>> {
  readonly name: string;
  /** Ids, or tasks with names and labels of their own. */
  readonly tasks?: readonly (string | Config['projects'][number]['tasks'][number])[];
}

export interface TickOptions {
  readonly remainingMs?: number;
  readonly config?: Config;
  readonly store?: Store;
  /** Stays open: a program that is only thawed has its connections still. */
  readonly http?: HttpClient;
  /** The one project that the tick is about; by default all. */
  readonly project?: string | undefined;
  /** Ids of the projects that have runs of their own. */
  readonly started?: readonly string[] | undefined;
  /** Ids of the projects whose own runs could not be started. */
  readonly instead?: readonly string[] | undefined;
  /** In [0, 1); by default always one half. */
  readonly random?: () => number;
}

export interface WorldOptions {
  readonly tasks?: readonly string[];
  /** Instead of one project `prod` with the `tasks`. */
  readonly projects?: readonly ProjectSettings[];
  readonly groups?: Config['groups'];
  readonly settings?: Partial<Config['settings']>;
  readonly channels?: ChannelSettings;
  readonly store?: (clock: TestClock) => Store | Promise<Store>;
  /** What the simulated API knows, and the program too; else {@link ACCESS_KEY} and {@link SECRET_KEY}. */
  readonly credentials?: SimulatedCredentials;
  /** What the program takes for the secret key, if that is wrong. */
  readonly secretKey?: string;
  /** `realistic` for what fits the status; by default the statistics are empty, and cause no events. */
  readonly stats?: 'realistic';
  /** `real` where another process takes part; its clock is not ours to move. */
  readonly time?: 'real';
}

/** @param options by default one task `task-1`, and the channels `ops` (Slack) and `cutover` (webhook) */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { tasks = ['task-1'], credentials = { accessKey: ACCESS_KEY, secretKey: SECRET_KEY } } = options;
  const { projects: settings = [{ name: 'prod', tasks }] } = options;
  const clock = createTestClock(options.time === 'real' ? Date.now() : undefined);
  const simulators = new Map<string, Simulator>();
  const simulator = await simulatorAt(PROJECT_ID);
  const receiver = await startTestReceiver();
  const store = await (options.store?.(clock) ?? createMemoryStore({ now: clock.now }));
  const log: LogEntry[] = [];
  const key = { ...credentials, ...(options.secretKey !== undefined && { secretKey: options.secretKey }) };
  const configured: Config['projects'][number][] = [];
  const places: Record<string, ProjectPlace> = {};
  for (const one of settings) {
    const own = await simulatorAt(one.id ?? PROJECT_ID);
    configured.push(projectOf(one, own.endpoint, key));
    places[one.name] = placeAt(own, options);
  }
  const config = testConfig(configured, channelsAt(receiver, options.channels), options);

  async function simulatorAt(projectId: string): Promise<Simulator> {
    const known = simulators.get(projectId);
    if (known !== undefined) return known;
    const made = await startSimulator({ credentials, projectId, clock });
    simulators.set(projectId, made);
    // A progress that passes no mark: all events come from what the test does.
    for (const id of tasks) made.setStats(id, { full_migration_progress: 0 });
    return made;
  }

  return {
    clock,
    simulator,
    receiver,
    store,
    log,
    config,
    projects: places,
    status: placeAt(simulator, options).status,

    async tick({ remainingMs = 60_000, ...changed } = {}) {
      const app = await createApp({
        config: changed.config ?? config,
        store: keptOpen(changed.store ?? store),
        log: (entry) => log.push(entry),
        clock,
        random: changed.random ?? (() => 0.5),
        ...(changed.http !== undefined && { http: { ...changed.http, close: async () => undefined } }),
      });
      try {
        return await app.tick(remainingMs, changed);
      } finally {
        await app.close();
      }
    },

    events: (channel) => receiver.at(`/${channel}`).map(({ body }) => JSON.parse(body)),
    slack: (channel) => receiver.at(`/${channel}`),

    async close() {
      const apis = [...simulators.values()].map((one) => one.close());
      await Promise.all([...apis, receiver.close(), store.close()]);
    },
  };
}

function placeAt(simulator: Simulator, { stats }: WorldOptions): ProjectPlace {
  return {
    simulator,
    status(taskId, status) {
      simulator.setTask(taskId, realisticAnswer(status, { task_id: taskId, task_name: `name of ${taskId}` }));
      if (stats !== 'realistic') simulator.setStats(taskId, NO_STATS);
    },
  };
}

/** Tests let days pass, often without figures; the events about that have tests of their own. */
const YEAR = 365 * 24 * 3_600_000;
const NEVER_FORGOTTEN = { configuringMs: YEAR, incrementalMs: YEAR, everyMs: YEAR };
const NEVER_BLOCKED = { ...DEFAULT_THRESHOLDS.cutover, blockedAfter: 1_000_000 };

/** Figures, for `simulator.setStats`, of a replication in step: three looks that see them make a task ready. */
export const IN_STEP = { offset: 0, source_dbsize: 1000, target_dbsize: 1000, is_migrating: true } as const;

const NO_STATS = {
  full_migration_progress: null,
  offset: null,
  source_dbsize: null,
  target_dbsize: null,
  target_input_kbps: null,
  target_ops: null,
  is_migrating: null,
};

/** The world's store outlives each program that uses it. */
export function keptOpen(store: Store): Store {
  return { ...store, close: async () => undefined };
}

const DEFAULT_CHANNELS: ChannelSettings = { ops: { type: 'slack' }, cutover: { type: 'webhook' } };

/** Channels of a configuration whose URLs lead to the receiver, at the channel's name. */
export function channelsAt(
  receiver: TestReceiver,
  settings: ChannelSettings = DEFAULT_CHANNELS,
): Config['channels'] {
  return Object.fromEntries(
    Object.entries(settings).map(([name, { path = `/${name}`, ...setting }]) => {
      const { place, taken } = sampleOf(String(setting['type']));
      const secret = setting['type'] === 'webhook' ? { secret: SIGNING_SECRET } : {};
      receiver.takesWith(String(path), taken);
      const address = { [place]: receiver.url(String(path)) };
      return [name, channelSchema.parse({ ...address, allowInsecure: true, ...secret, ...setting })];
    }),
  );
}

function projectOf(
  { name, id = PROJECT_ID, tasks = [], discover }: ProjectSettings,
  endpoint: URL,
  { accessKey, secretKey, securityToken }: SimulatedCredentials,
): Config['projects'][number] {
  return {
    id,
    name,
    region: 'cn-north-4',
    endpoint,
    allowInsecure: true,
    credentials: {
      accessKey: new Secret(accessKey),
      secretKey: new Secret(secretKey),
      ...(securityToken !== undefined && { securityToken: new Secret(securityToken) }),
    },
    tasks: tasks.map((task) => (typeof task === 'string' ? { id: task, labels: {} } : task)),
    ...(discover !== undefined && { discover }),
  };
}

function testConfig(
  projects: Config['projects'],
  channels: Config['channels'],
  { groups = {}, settings = {} }: WorldOptions,
): Config {
  return {
    projects,
    channels,
    groups,
    settings: {
      language: 'en',
      timeZone: 'UTC',
      intervalMs: 60_000,
      finishedEveryMs: 15 * 60_000,
      requestsPerSecond: 100,
      runPerProject: 'auto',
      consoleUrl: 'https://console.huaweicloud.com/dcs/?region={region}',
      thresholds: { ...DEFAULT_THRESHOLDS, forgotten: NEVER_FORGOTTEN, cutover: NEVER_BLOCKED },
      ...settings,
    },
    warnings: [],
  };
}
