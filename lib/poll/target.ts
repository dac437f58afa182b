import type { Stamp } from '../events/event.ts';
import type { Discover } from '../migration/discovery/discovery.ts';
import type { CallResult, ListedTask, Stats, TaskLogLine } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import type { Thresholds } from '../migration/model/thresholds.ts';
import type { GroupCandidate, Watch } from '../migration/model/watch.ts';
import type { Fingerprints } from '../migration/project/cooldown.ts';
import type { WatchedProject } from '../migration/project/health.ts';

/** `proven` where an absent task must truly be absent; `as counted` where only the tasks in the list matter. */
export type Trust = 'proven' | 'as counted';

/** The calls of one project. None throws, and none begins a request that could end after `until` ({@link Clock.elapsed}). */
export interface ProjectCalls {
  look(taskId: string, until: number): Promise<Look>;
  /** All tasks, or the reason why they are unknown; never a part of them. Default: `proven`. */
  list(until: number, trust?: Trust): Promise<CallResult<readonly ListedTask[]>>;
  stats(taskId: string, until: number): Promise<CallResult<Stats>>;
  /** The newest lines of level ERROR, the newest first. */
  logs(taskId: string, until: number): Promise<CallResult<readonly TaskLogLine[]>>;
}

/** Limits of the requests to one endpoint with one key. */
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
  /** The watch of a discovered task. */
  watchOf(taskId: string): Watch;
}

/** A group of the configuration. */
export interface TickGroup {
  readonly name: string;
  readonly thresholds: Thresholds;
  /** The number of its tasks, where the configuration lists them. */
  readonly size?: number;
  /** Identifies the tick in its events. */
  readonly stamp: Stamp;
  isMember(task: GroupCandidate): boolean;
}
