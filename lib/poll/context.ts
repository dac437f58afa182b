import type { RunContext } from '../delivery/context.ts';
import type { CallResult, Stats } from '../migration/model/enrichment.ts';
import type { Instance } from '../migration/model/observation.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { Watch } from '../migration/model/watch.ts';
import type { KnownMarks, Outline } from '../records/mark.ts';
import type { BlindProject } from '../telemetry/health.ts';
import type { TickGroup, TickProject } from './target.ts';

/** Throws when an instance of a migration holds the watcher's own state. */
export type StateGuard = (taskId: string, instance: Instance) => void;

/** Everything one tick works with. Its counters are the only part that changes. */
export interface TickContext extends RunContext {
  readonly projects: readonly TickProject[];
  readonly groups: readonly TickGroup[];
  /**
   * The only project of this tick, where each project has its own run; absent: the tick covers the whole configuration.
   */
  readonly onlyProjectId?: string | undefined;
  /** Projects that other runs poll now: this tick only reads their records, for the groups. */
  readonly elsewhere?: readonly TickProject[] | undefined;
  /** Names this tick in leases. No two ticks share a name. */
  readonly owner: string;
  /** When the configuration was loaded: the newest one decides which channels exist. Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** When this tick must be over. By {@link Clock.elapsed}. */
  readonly endsAt: number;
  /** When the next tick begins; no further look and no message begins after that. By {@link Clock.elapsed}. */
  readonly nextTickAt: number;
  /** Interval of the looks at tasks that ended long ago. */
  readonly finishedEveryMs: number;
  /** Interval of the looks at tasks near a change, within one tick; absent: one look per tick. */
  readonly lookEveryMs?: number | undefined;
  /** Absent for stores that no migration can overwrite. */
  readonly guard?: StateGuard | undefined;
  /** Aborted when the program is to end; no further look begins then. */
  readonly stopping?: AbortSignal | undefined;
  readonly stats: TickStats;
  /** The configuration, as the mark of this tick records it. */
  readonly outline?: Outline | undefined;
  /** The marks of earlier ticks of this process. */
  readonly knownMarks?: KnownMarks | undefined;
}

/** Counters of one tick. */
export interface TickStats {
  /** Tasks that came to another status, or are gone. */
  changed: number;
  /** Events that were stored. */
  events: number;
  /** Dead letters that were stored because an outbox was full. */
  dead: number;
  /** Looks that were made, lists of discovering projects included. */
  looks: number;
  failedLooks: number;
  /** Due looks that were not made: during a cooldown, and for any other reason. */
  cooldownLooks: number;
  skippedLooks: number;
  /** Tasks that got no look because of the rate; the tick knows only their row of the list. */
  listedOnly: number;
  /** The statistics that the looks read, by {@link figuresKey}. The records store few of them. */
  readonly figures: Map<string, CallResult<Stats>>;
  /** Records that could not be read or written. */
  failedRecords: number;
  /** Projects without a successful look. */
  readonly blind: BlindProject[];
}

/** Identifies a task across all projects. */
export function figuresKey({ projectId, taskId }: Watch): string {
  return `${projectId} ${plainId(taskId)}`;
}

export function newTickStats(): TickStats {
  return {
    changed: 0,
    events: 0,
    dead: 0,
    looks: 0,
    failedLooks: 0,
    cooldownLooks: 0,
    skippedLooks: 0,
    listedOnly: 0,
    failedRecords: 0,
    blind: [],
    figures: new Map(),
  };
}
