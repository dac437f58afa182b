import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/time/clock.ts';
import type { Channel } from '../../channels/channel.ts';
import type { Config } from '../../config/schema/file.ts';
import { createDcsClient } from '../../dcs/client.ts';
import type { HttpClient } from '../../http/client.ts';
import { newTickStats, type StateGuard } from '../../poll/context.ts';
import type { KnownMarks } from '../../records/mark.ts';
import type { Store } from '../../store/store.ts';
import type { BlindProject } from '../../telemetry/health.ts';
import { beat } from '../../telemetry/heartbeat.ts';
import type { Log, TickReport } from '../../telemetry/log.ts';
import { tick } from '../../tick.ts';
import { outlineOf } from './outline.ts';
import type { TickScope } from './scope.ts';
import { newStamp, tickGroups, tickProject } from './targets.ts';

/** The parts of a program that all of its ticks use. */
export interface TickParts {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly isDrill: boolean;
  readonly random: () => number;
  readonly guard: StateGuard | undefined;
  readonly stopping: AbortSignal | undefined;
  readonly scheduleMs: number;
  readonly channels: ReadonlyMap<string, Channel>;
  /** When the configuration was loaded. Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** The marks that this process last wrote. Ticks change it. */
  readonly knownMarks: KnownMarks;
}

interface Run {
  readonly scoped: TickScope;
  /** Milliseconds. */
  readonly forMs: number;
  /** Projects that are known to be blind before the tick. */
  readonly blind?: readonly BlindProject[] | undefined;
}

/** Makes one tick, and reports its result to the heartbeat's address. */
export async function runTick({ scoped, forMs, blind = [] }: Run, parts: TickParts): Promise<TickReport> {
  const { config, http, clock, log, scheduleMs } = parts;
  const { requestsPerSecond, heartbeat, finishedEveryMs, lookEveryMs } = config.settings;
  const startedAt = clock.elapsed();
  const endsAt = startedAt + forMs;
  // A client lives for one tick. The records keep what it learns, such as a refused key or a cooldown.
  const dcs = createDcsClient({ http, clock, requestsPerSecond });
  const stamp = newStamp(parts.isDrill);
  const asProject = (one: Config['projects'][number]) => tickProject(one, config, dcs, stamp);
  const report = await tick({
    projects: scoped.config.projects.map(asProject),
    groups: tickGroups(scoped.config, stamp),
    onlyProjectId: scoped.onlyProjectId,
    elsewhere: scoped.elsewhere?.map(asProject),
    loadedAt: parts.loadedAt,
    channels: parts.channels,
    store: parts.store,
    clock,
    log,
    random: parts.random,
    owner: randomUUID(),
    endsAt,
    finishedEveryMs,
    lookEveryMs,
    nextTickAt: startedAt + scheduleMs,
    guard: parts.guard,
    stopping: parts.stopping,
    stats: { ...newTickStats(), blind: [...blind] },
    outline: await outlineOf(config, scheduleMs),
    knownMarks: parts.knownMarks,
  });
  if (heartbeat !== undefined) await beat(heartbeat, report, { http, log, forMs: endsAt - clock.elapsed() });
  return report;
}
