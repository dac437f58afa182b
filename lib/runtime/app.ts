import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { defined } from '../base/defined.ts';
import { fingerprintOfTexts } from '../base/fingerprint.ts';
import { systemClock } from '../base/system-clock.ts';
import type { Channel } from '../channels/channel.ts';
import { createChannel } from '../channels/index.ts';
import type { Config, ProjectConfig } from '../config/schema/file.ts';
import { createDcsClient, type DcsClient } from '../dcs/client.ts';
import { brokenIn } from '../delivery/channel-news.ts';
import { LONGEST_RUN_MS } from '../delivery/outbox/lease.ts';
import type { Stamp } from '../events/event.ts';
import type { HttpClient } from '../http/client.ts';
import { createHttpClient } from '../http/undici.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { Fingerprints } from '../migration/project/cooldown.ts';
import type { WatchedProject } from '../migration/project/health.ts';
import { newTickStats } from '../poll/context.ts';
import { SHORTEST_PASS_MS } from '../poll/further-passes.ts';
import type { TickGroup, TickProject } from '../poll/target.ts';
import { loadRecord, WATCHER_KEY } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import { beat } from '../telemetry/heartbeat.ts';
import type { Log, TickReport } from '../telemetry/log.ts';
import { tick } from '../tick.ts';

export interface AppParts {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly clock?: Clock;
  readonly http?: HttpClient;
  /** What it tells is played, and says so. */
  readonly isDrill?: boolean;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Aborted when the program is to end: a tick that is under way then makes no further looks. */
  readonly stopping?: AbortSignal | undefined;
  /** Between two ticks, where a platform decides that; else the configuration does. Milliseconds. */
  readonly scheduleMs?: number;
}

/** The program with its configuration, store and channels in place. */
export interface App {
  /** Makes one tick that takes at most `forMs` milliseconds, and calls the heartbeat's address for how it is. */
  tick(forMs: number): Promise<TickReport>;
  /** How long a tick may take where no platform sets the limit. Milliseconds. */
  readonly patienceMs: number;
  /**
   * The channels that are broken, as the last run left it.
   *
   * @throws {StoreError}
   */
  brokenChannels(): Promise<readonly BrokenChannel[]>;
  /** Closes connections and the store. */
  close(): Promise<void>;
}

/** Puts the parts together. */
export function createApp({
  config,
  store,
  log,
  clock = systemClock,
  http = createHttpClient({ proxies: config.proxies }),
  isDrill = false,
  random = Math.random,
  stopping,
  scheduleMs = config.settings.intervalMs,
}: AppParts): App {
  const channels = createChannels(config, http);

  const loadedAt = clock.now();

  let known: number | undefined;

  return {
    get patienceMs() {
      return patienceMs(config, known);
    },
    async tick(forMs) {
      const { requestsPerSecond, heartbeat, finishedEveryMs, lookEveryMs } = config.settings;
      const startedAt = clock.elapsed();
      const endsAt = startedAt + forMs;
      // A client lives for one tick: what it learns (a refused key, a resting endpoint) is remembered by the records.
      const dcs = createDcsClient({ http, clock, requestsPerSecond });
      const stamp = newStamp(isDrill);
      const projects = config.projects.map((project) => tickProject(project, config, dcs, stamp));
      const report = await tick({
        projects,
        groups: tickGroups(config, stamp),
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
        stopping,
        stats: newTickStats(),
      });
      known = report.tasks;
      if (heartbeat !== undefined) {
        await beat(heartbeat, report, { http, log, forMs: endsAt - clock.elapsed() });
      }
      return report;
    },
    async brokenChannels() {
      const held = await loadRecord(store, WATCHER_KEY);
      return held === undefined ? [] : brokenIn(held.record, channels);
    },
    async close() {
      await http.close();
      await store.close();
    },
  };
}

/** The stamp of one run. */
export function newStamp(isDrill = false): Stamp {
  return { nonce: randomUUID(), ...(isDrill && { drill: true }) };
}

/** The channels of a configuration, by name. */
export function createChannels({ channels }: Config, http: HttpClient): Map<string, Channel> {
  return new Map(Object.entries(channels).map(([name, plug]) => [name, createChannel(name, plug, { http })]));
}

/** A project as messages show it. */
export function watchedProject(project: ProjectConfig, config: Config, stamp: Stamp): WatchedProject {
  const { id, name, region, tasks } = project;
  const entries = config.projects.filter((entry) => entry.id === id);
  return {
    id,
    name,
    region,
    tasks: tasks.length,
    consoleUrl: linkTo(project),
    stamp,
    ...(entries.length > 1 && { isOneOfSeveral: true }),
  };
}

function tickProject(project: ProjectConfig, config: Config, dcs: DcsClient, stamp: Stamp): TickProject {
  const { id, name, region, endpoint, credentials, allowInsecure, tasks, discover } = project;
  const access = { projectId: id, region, endpoint, credentials, allowInsecure };
  const watchOf = (taskId: string) => ({
    projectId: id,
    taskId,
    project: name,
    region,
    consoleUrl: linkTo(project, taskId),
    stamp,
    thresholds: config.settings.thresholds,
  });
  return {
    ...watchedProject(project, config, stamp),
    ...fingerprints(project),
    watches: tasks.map(({ id, name, labels }) => defined({ ...watchOf(id), name, labels })),
    ...(discover !== undefined && { discover }),
    watchOf: (taskId) => ({ ...watchOf(taskId), labels: discover?.labels ?? {}, discoveredBy: name }),
    look: (taskId, until) => dcs.look(access, taskId, until),
    list: (until, trust) => dcs.list(access, until, trust),
    stats: (taskId, until) => dcs.stats(access, taskId, until),
    logs: (taskId, until) => dcs.logs(access, taskId, until),
  };
}

/** Ids are compared without hyphens: the console and the API write them in both ways. */
function tickGroups({ groups, settings }: Config, stamp: Stamp): TickGroup[] {
  return Object.entries(groups).map(([name, { tasks, labels }]) => {
    const ids = new Set(tasks?.map(plainId));
    const wanted = Object.entries(labels ?? {});
    return {
      name,
      thresholds: settings.thresholds,
      stamp,
      ...(tasks !== undefined && { size: ids.size }),
      isMember: (watch) =>
        ids.has(plainId(watch.taskId)) ||
        (wanted.length > 0 && wanted.every(([label, text]) => watch.labels[label] === text)),
    };
  });
}

/** Empty where there is no link, as for what is not about a task where only the page of one is known. */
function linkTo({ region, id, consoleUrl = '' }: ProjectConfig, task?: string): string {
  if (task === undefined && consoleUrl.includes('{task}')) return '';
  return fillTemplate(consoleUrl, { region, project: id, task: task ?? '' });
}

function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name] ?? '') : all,
  );
}

/** Tells keys, and endpoints with them, apart; the key cannot be found from it. */
function fingerprints({ endpoint, credentials }: ProjectConfig): Fingerprints {
  const key = [credentials.accessKey.reveal(), credentials.secretKey.reveal()];
  return {
    keyFingerprint: fingerprintOfTexts(key),
    endpointFingerprint: fingerprintOfTexts([endpoint.href, ...key]),
  };
}

const TELLING_MS = 60_000;
/** A quarter of a run is left for telling, however long looks wait for answers that do not come: a chat needs 25 s. */
const SHORTEST_PATIENCE_MS = 110_000;
/** A look at a task whose data moves asks for its figures, too. */
const REQUESTS_PER_LOOK = 2;
/** How many tasks there are nobody knows before the list is read; so many are looked at, and listed, in one tick. */
const DISCOVERED_TASKS = 1000;
/** So many may come to those that were discovered until the next tick. */
const MORE_TASKS = 100;

/**
 * Time to look at everything at the permitted pace, and a minute for telling; and where tasks near a change are looked at
 * several times in one tick, all the time until the next one. Milliseconds.
 *
 * @param known how many tasks the last tick watched
 */
export function patienceMs({ projects, settings }: Config, known?: number): number {
  const discovering = projects.filter(({ discover }) => discover !== undefined).length;
  const configured = projects.reduce((sum, { tasks }) => sum + tasks.length, 0);
  const tasks =
    known === undefined
      ? configured + discovering * DISCOVERED_TASKS
      : Math.max(configured, known) + Math.min(1, discovering) * MORE_TASKS;
  const lookingMs = ((tasks * REQUESTS_PER_LOOK) / settings.requestsPerSecond) * 1500;
  const untilNextMs = settings.lookEveryMs === undefined ? 0 : settings.intervalMs + SHORTEST_PASS_MS;
  return Math.min(LONGEST_RUN_MS, Math.max(lookingMs + TELLING_MS, untilNextMs, SHORTEST_PATIENCE_MS));
}
