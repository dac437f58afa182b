import { randomUUID } from 'node:crypto';
import { defined } from '../base/defined.ts';
import type { Clock } from '../base/time/clock.ts';
import { systemClock } from '../base/time/system-clock.ts';
import type { Channel } from '../channels/channel.ts';
import type { ChannelDeps, Recorder } from '../channels/channel-type.ts';
import { DEFAULT_LOCALE } from '../channels/chat/locale.ts';
import { createChannel } from '../channels/index.ts';
import type { Config } from '../config/schema/file.ts';
import { createDcsClient } from '../dcs/client.ts';
import { brokenIn } from '../delivery/health/health-record.ts';
import type { Stamp } from '../events/event.ts';
import type { HttpClient } from '../http/client.ts';
import { createHttpClient } from '../http/undici.ts';
import { newTickStats, type StateGuard } from '../poll/context.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import type { KnownMarks } from '../records/mark.ts';
import { mutesIn } from '../records/mutes.ts';
import type { Mute } from '../records/record.ts';
import { loadRecord } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { BlindProject, BrokenChannel } from '../telemetry/health.ts';
import { beat } from '../telemetry/heartbeat.ts';
import type { Log, TickReport } from '../telemetry/log.ts';
import { tick } from '../tick.ts';
import { inOwnRun } from './dispatch/own-run.ts';
import { outlineOf } from './outline.ts';
import { type Part, type Scoped, scopedTo } from './scope.ts';
import { tickGroups, tickProject } from './targets.ts';
import { tickBudgetMs } from './time/tick-budget.ts';

export interface AppParts {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly clock?: Clock;
  readonly http?: HttpClient;
  /** Its events are a drill, and say so. */
  readonly isDrill?: boolean;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Absent where the state can be no part of a migration. */
  readonly guard?: StateGuard | undefined;
  /** Aborted when the program is to end: a tick that is under way then makes no further looks. */
  readonly stopping?: AbortSignal | undefined;
  /** Between two ticks, where a platform decides that; else the configuration does. Milliseconds. */
  readonly scheduleMs?: number;
}

/** The program with its configuration, store and channels in place. */
export interface App {
  /**
   * Makes one tick that takes at most `forMs` milliseconds, and calls the heartbeat's address for how it is.
   *
   * @param part absent: it is about all of the configuration
   * @throws {ConfigError} when there is no such project
   */
  tick(forMs: number, part?: Part): Promise<TickReport>;
  /** How long a tick may take where no platform sets the limit. Milliseconds. */
  readonly budgetMs: number;
  /**
   * The channels that are broken, as the last run left it.
   *
   * @throws {StoreError}
   */
  brokenChannels(): Promise<readonly BrokenChannel[]>;
  /**
   * The mutes that hold now.
   *
   * @throws {StoreError}
   */
  mutes(): Promise<readonly Mute[]>;
  /** Closes connections and the store. */
  close(): Promise<void>;
}

/** Puts the parts together. */
export async function createApp({
  config,
  store,
  log,
  clock = systemClock,
  http = createHttpClient({ proxies: config.proxies }),
  isDrill = false,
  random = Math.random,
  guard,
  stopping,
  scheduleMs = config.settings.intervalMs,
}: AppParts): Promise<App> {
  const channels = await createChannels(config, http);

  const loadedAt = clock.now();

  let known: number | undefined;
  const knownMarks: KnownMarks = new Map();

  /** @param blind projects of which it is known before that nothing is seen */
  async function tickOf(
    { config: own, onlyProjectId, elsewhere }: Scoped,
    forMs: number,
    blind: readonly BlindProject[] = [],
  ): Promise<TickReport> {
    const { requestsPerSecond, heartbeat, finishedEveryMs, lookEveryMs } = config.settings;
    const startedAt = clock.elapsed();
    const endsAt = startedAt + forMs;
    // A client lives for one tick: what it learns (a refused key, a resting endpoint) is remembered by the records.
    const dcs = createDcsClient({ http, clock, requestsPerSecond });
    const stamp = newStamp(isDrill);
    const projects = own.projects.map((one) => tickProject(one, config, dcs, stamp));
    const report = await tick({
      projects,
      groups: tickGroups(own, stamp),
      onlyProjectId,
      elsewhere: elsewhere?.map((one) => tickProject(one, config, dcs, stamp)),
      loadedAt,
      channels,
      store,
      clock,
      log,
      random,
      owner: randomUUID(),
      endsAt,
      finishedEveryMs,
      lookEveryMs,
      nextTickAt: startedAt + scheduleMs,
      guard,
      stopping,
      stats: { ...newTickStats(), blind: [...blind] },
      outline: await outlineOf(config, scheduleMs),
      knownMarks,
    });
    if (elsewhere === undefined) known = report.tasks;
    if (heartbeat !== undefined) {
      await beat(heartbeat, report, { http, log, forMs: endsAt - clock.elapsed() });
    }
    return report;
  }

  return {
    get budgetMs() {
      return tickBudgetMs(config, known);
    },
    async tick(forMs, part = {}) {
      const scoped = scopedTo(part, config);
      const { onlyProjectId: projectId } = scoped;
      if (projectId === undefined) return tickOf(scoped, forMs, part.blind);
      return inOwnRun(() => tickOf(scoped, forMs), { projectId, store, clock, log, forMs });
    },
    async brokenChannels() {
      const held = await loadRecord(store, WATCHER_KEY);
      return held === undefined ? [] : brokenIn(held.record, channels.values());
    },
    async mutes() {
      const held = await loadRecord(store, WATCHER_KEY);
      return held === undefined ? [] : mutesIn(held.record, new Date(clock.now()));
    },
    async close() {
      await http.close();
      await store.close();
    },
  };
}

/** The stamp of one run. */
export function newStamp(isDrill = false): Stamp {
  return isDrill ? { nonce: randomUUID(), drill: true } : { nonce: randomUUID() };
}

/**
 * The channels of a configuration, by name.
 *
 * @param recorder takes what they send, with the HTTP client
 */
export async function createChannels(
  config: Config,
  http: HttpClient,
  recorder?: Recorder,
): Promise<Map<string, Channel>> {
  const { channels, settings, credentials, proxies } = config;
  const { language, timeZone = DEFAULT_LOCALE.timeZone } = settings;
  const deps = defined<ChannelDeps>({
    http,
    proxies,
    locale: { language, timeZone },
    recorder,
    huawei: credentials === undefined ? undefined : async () => credentials,
  });
  const made = Object.entries(channels).map(
    async ([name, own]): Promise<[string, Channel]> => [name, await createChannel(name, own, deps)],
  );
  return new Map(await Promise.all(made));
}
