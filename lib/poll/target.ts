import type { Stamp } from '../events/event.ts';
import type { Discover } from '../migration/discovery/discovery.ts';
import type { CallResult, ListedTask, Stats, TaskLogLine } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import type { Thresholds } from '../migration/model/thresholds.ts';
import type { GroupCandidate, Watch } from '../migration/model/watch.ts';
import type { Fingerprints } from '../migration/project/cooldown.ts';
import type { WatchedProject } from '../migration/project/health.ts';

/** `as counted` where one that is found in a list is what counts, not one that is absent. */
export type Trust = 'proven' | 'as counted';

/** The calls of one project. None throws, and none begins a request that could end after `until` ({@link Clock.elapsed}). */
export interface ProjectCalls {
  look(taskId: string, until: number): Promise<Look>;
  /** All tasks, or why they are not known; never a part. Default: `proven`. */
  list(until: number, trust?: Trust): Promise<CallResult<readonly ListedTask[]>>;
  stats(taskId: string, until: number): Promise<CallResult<Stats>>;
  /** The newest lines of level ERROR, the newest first. */
  logs(taskId: string, until: number): Promise<CallResult<readonly TaskLogLine[]>>;
}

/** How fast the requests towards an endpoint with a key may follow each other, and how long one may take. */
export interface Pace {
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
}

/** An entry of the configuration for a project, ready to be polled. Several entries may be for one project. */
export interface TickProject extends WatchedProject, ProjectCalls, Fingerprints {
  readonly pace: Pace;
  /** The tasks that the configuration names. */
  readonly watches: readonly Watch[];
  readonly discover?: Discover;
  /** How a task that was discovered is watched. */
  watchOf(taskId: string): Watch;
}

/** A group of the configuration. */
export interface TickGroup {
  readonly name: string;
  readonly thresholds: Thresholds;
  /** How many tasks it must have, where the configuration lists them. */
  readonly size?: number;
  /** Identifies the tick in its events. */
  readonly stamp: Stamp;
  isMember(task: GroupCandidate): boolean;
}
