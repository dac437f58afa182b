import type { Clock } from '../base/time/clock.ts';
import { systemClock } from '../base/time/system-clock.ts';
import type { Config } from '../config/schema/file.ts';
import { brokenIn } from '../delivery/health/health-record.ts';
import type { HttpClient } from '../http/client.ts';
import { createHttpClient } from '../http/undici.ts';
import type { StateGuard } from '../poll/context.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import { mutesIn } from '../records/mutes.ts';
import type { Mute } from '../records/record.ts';
import { loadRecord } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { BlindProject, BrokenChannel } from '../telemetry/health.ts';
import type { Log, TickReport } from '../telemetry/log.ts';
import { createChannels } from './channels.ts';
import { inOwnRun, inPlaceOfRuns } from './dispatch/own-run.ts';
import { runTick, type TickParts } from './tick/run-tick.ts';
import { type Part, scopedTo, type TickScope } from './tick/scope.ts';
import { tickBudgetMs } from './time/tick-budget.ts';

export interface AppParts {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly clock?: Clock;
  readonly http?: HttpClient;
  /** Marks all events as a drill. */
  readonly isDrill?: boolean;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Absent for stores that no migration can overwrite. */
  readonly guard?: StateGuard | undefined;
  /** Aborted when the program is to end. A running tick then begins no further look. */
  readonly stopping?: AbortSignal | undefined;
  /** Milliseconds between two ticks, where a platform decides; absent where the configuration does. */
  readonly scheduleMs?: number;
}

/** The program with its configuration, store and channels in place. */
export interface App {
  /**
   * Makes one tick of at most `forMs` milliseconds, and reports its result to the heartbeat's address.
   *
   * @param part the scope of the tick; absent: the whole configuration
   * @throws {ConfigError} when there is no such project
   */
  tick(forMs: number, part?: Part): Promise<TickReport>;
  /** The longest duration of a tick in milliseconds, where no platform sets the limit. */
  readonly budgetMs: number;
  /**
   * The channels that are broken since the last run.
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

/** Makes the program of its parts. */
export async function createApp(given: AppParts): Promise<App> {
  const parts = await tickParts(given);
  const { config, store, log, clock, http, channels } = parts;
  /** The tasks of the last tick over the whole configuration. */
  let known: number | undefined;

  async function tickOf(
    scoped: TickScope,
    forMs: number,
    blind?: readonly BlindProject[],
  ): Promise<TickReport> {
    const report = await runTick({ scoped, forMs, blind }, parts);
    if (scoped.elsewhere === undefined) known = report.tasks;
    return report;
  }

  return {
    get budgetMs() {
      return tickBudgetMs(config, known);
    },
    async tick(forMs, part = {}) {
      const scoped = scopedTo(part, config);
      const { onlyProjectId } = scoped;
      const run = { store, clock, log, forMs };
      if (onlyProjectId !== undefined) return inOwnRun(onlyProjectId, () => tickOf(scoped, forMs), run);
      const endsAt = clock.elapsed() + forMs;
      const tickWithout = (kept: readonly string[]) => {
        const started = [...(part.started ?? []), ...kept];
        return tickOf(scopedTo({ started }, config), endsAt - clock.elapsed(), part.blind);
      };
      return inPlaceOfRuns(part.instead ?? [], tickWithout, run);
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

async function tickParts({
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
}: AppParts): Promise<TickParts> {
  const channels = await createChannels(config, http);
  return {
    config,
    store,
    log,
    clock,
    http,
    isDrill,
    random,
    guard,
    stopping,
    scheduleMs,
    channels,
    loadedAt: clock.now(),
    knownMarks: new Map(),
  };
}
