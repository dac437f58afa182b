import type { Clock } from '../base/clock.ts';
import type { DeliverInput } from '../delivery/deliver.ts';
import type { Discover } from '../migration/discovery/discovery.ts';
import type { Answer, ListedTask, LogLineSeen, Stats } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import type { Watch } from '../migration/model/watch.ts';
import type { Fingerprints, WatchedProject } from '../migration/project/health.ts';
import type { BlindProject } from '../telemetry/health.ts';

/** The calls of one project. None throws, and none begins a request that could end after `until` ({@link Clock.elapsed}). */
export interface ProjectCalls {
  look(taskId: string, until: number): Promise<Look>;
  /**
   * All tasks, or why they are not known; never a part.
   *
   * @param trust `as counted` where one that is found in it is what counts, not one that is absent; default: `proven`
   */
  list(until: number, trust?: 'proven' | 'as counted'): Promise<Answer<readonly ListedTask[]>>;
  stats(taskId: string, until: number): Promise<Answer<Stats>>;
  /** The newest lines of level ERROR, the newest first. */
  logs(taskId: string, until: number): Promise<Answer<readonly LogLineSeen[]>>;
}

/** A project of the configuration, ready to be looked at. */
export interface TickProject extends WatchedProject, ProjectCalls, Fingerprints {
  /** The tasks that the configuration names. */
  readonly watches: readonly Watch[];
  readonly discover?: Discover;
  /** How a task that was discovered is watched. */
  watchOf(taskId: string): Watch;
}

/** Counts of a run; `failedRecords`: how often a record could not be read or written. */
export interface Done
  extends Record<'changed' | 'events' | 'dead' | 'looks' | 'failedLooks' | 'failedRecords', number> {
  /** The projects of which nothing is seen. */
  readonly blind: BlindProject[];
}

/** What belongs to one run of the tick, and what it has done so far. */
export interface Run extends Omit<DeliverInput, 'book'> {
  /** No request of a look may end later. By {@link Clock.elapsed}. */
  readonly lookUntil: number;
  /** When the configuration was loaded. Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** How often tasks that ended long ago are looked at. Milliseconds. */
  readonly finishedEveryMs: number;
  readonly done: Done;
}
