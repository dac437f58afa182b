import type { LastFigures, LookFailure, Standing } from '../../events/event.ts';
import type { Observation } from './observation.ts';
import type { MigrationRun } from './run.ts';
import type { Series } from './series.ts';

/** Failed looks in a row. */
export interface Failing {
  readonly reason: LookFailure;
  readonly detail: string;
  readonly count: number;
  readonly since: string;
  /** Whether `watch.failing` announced it. */
  readonly announced: boolean;
  /** The time of the last reminder (ISO 8601, UTC), and the number of reminders. */
  readonly reminded?: { readonly at: string; readonly times: number };
}

/**
 * The cooldown of an endpoint or a refused key, for requests with the key of this fingerprint. Without an endpoint it
 * concerns only the project of its record.
 */
export interface Cooldown {
  readonly until: string;
  readonly keyFingerprint: string;
  /** Refusals in a row. */
  readonly refusals: number;
  /** The endpoint that asked for it, or refused the key. It concerns all requests to that endpoint with this key. */
  readonly endpointFingerprint?: string;
}

/** Kinds of enrichment calls. */
export type EnrichmentCall = 'list' | 'stats' | 'logs';

/** A kind of call that fails, and whether that was announced. */
export interface Degraded {
  /** Ticks in a row in which it failed. */
  readonly failures: number;
  readonly announced: boolean;
}

/**
 * The tasks that had ended before their discovery began. Their fingerprints form one text, so that thousands of tasks
 * make one small item.
 */
export interface Baseline {
  /** The fingerprint of the pattern. Each pattern has its own baseline. */
  readonly pattern: string;
  /** The characters of each fingerprint. */
  readonly length: number;
  readonly fingerprints: string;
}

/** Announcements of a group that are not retracted. */
export interface GroupAnnouncements {
  readonly ready?: Announcement;
  readonly failed?: Announcement;
  readonly finished?: Announcement;
}

/** The project of a group's first task when the group first announced something. */
export interface GroupHome {
  readonly projectId: string;
  readonly region: string;
  readonly consoleUrl: string;
  /** The projects of its tasks at the last announcement, in case no task is left. */
  readonly projects: readonly string[];
}

export interface Announcement {
  readonly id: string;
  readonly sequence: number;
  /** Set when it relies on an unconfirmed end. */
  readonly unchecked?: true;
}

/** State of a task. */
export interface TaskState {
  readonly observation?: Observation;
  /** The status as last announced, with the phase it means. Absent until the first good look. */
  readonly standing?: Standing;
  /** The present run of the migration; absent once it has ended. */
  readonly run?: MigrationRun;
  /** The last figures of an ended replication, until it is started again. */
  readonly ending?: LastFigures;
  /** The figures of the present migration, or of the last one. */
  readonly series?: Series;
  /** The entry of the configuration that discovered this task; absent when the configuration names the task. */
  readonly discoveredBy?: string;
  /** Earlier standings, oldest first. */
  readonly timeline: readonly Standing[];
  readonly failing?: Failing;
  /** Looks in a row that say the task does not exist. */
  readonly missing?: number;
  /** Looks in a row that read as a success without the list's confirmation; failed looks do not count. */
  readonly unconfirmed?: number;
}

/** The present standing of a task, and the earlier ones. */
export interface Standings {
  readonly timeline: readonly Standing[];
  readonly standing?: Standing;
}

/** All standings of a task, oldest first. */
export function standingsOf({ timeline, standing }: Standings): readonly Standing[] {
  return standing === undefined ? timeline : [...timeline, standing];
}

/** State of a project of the configuration, for all its tasks. Its times are ISO 8601, UTC. */
export interface ProjectState {
  readonly failing?: Failing;
  /** One for each endpoint and key. */
  readonly cooldowns?: readonly Cooldown[];
  /** The last look at the dormant tasks. */
  readonly sweptAt?: string;
  /** The last look at the replicating tasks, saved now and then. */
  readonly lookedAt?: string;
  /** Enrichment calls that fail. */
  readonly degraded?: Readonly<Partial<Record<EnrichmentCall, Degraded>>>;
}

/** State of a discovery. */
export interface DiscoveryState {
  /** Tasks that had ended before the discovery began. */
  readonly baseline?: Baseline;
  /** The pattern that was logged as matching no task. */
  readonly unfitPattern?: string;
}

/** State of a group of tasks. */
export interface GroupState {
  readonly announced?: GroupAnnouncements;
  /** The project of the group's links, and its projects at the last announcement. */
  readonly home?: GroupHome;
}

/** State of any watched subject. */
export type State = TaskState | ProjectState | DiscoveryState | GroupState;

/** The numbering of the events of one subject. */
export interface Numbering {
  /** The time when the numbering began (ISO 8601, UTC). */
  readonly born: string;
  /** The number of the last event. */
  readonly sequence: number;
  /** The number of events so far; absent in records of older versions, where `sequence` is that number. */
  readonly eventCount?: number;
}

/** The part of a record that detection sees and changes: it cannot touch deliveries. */
export interface Stream<S> extends Numbering {
  readonly state: S;
}

/** The stream of a subject that was never seen. */
export function newStream<S>(now: Date, state: S): Stream<S> {
  return { born: now.toISOString(), sequence: 0, state };
}

/** A task that was never seen. */
export const NEW_TASK: TaskState = { timeline: [] };
