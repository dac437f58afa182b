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
  /** When that was repeated (ISO 8601, UTC), and how often. */
  readonly reminded?: { readonly at: string; readonly times: number };
}

/**
 * The cooldown of an endpoint or a refused key, which belongs to the key with this fingerprint. Without an endpoint it
 * concerns the project of its record only.
 */
export interface Cooldown {
  readonly until: string;
  readonly keyFingerprint: string;
  /** Refusals in a row. */
  readonly refusals: number;
  /** The endpoint that asked for it, or refused the key: it concerns all who use that endpoint with this key. */
  readonly endpointFingerprint?: string;
}

/** The calls beside ShowMigrationTask. */
export type EnrichmentCall = 'list' | 'stats' | 'logs';

/** A kind of call that does not work, and whether that was announced. */
export interface Degraded {
  /** Ticks in a row. */
  readonly failures: number;
  readonly announced: boolean;
}

/**
 * The tasks that had ended before their discovery began, as fingerprints in one text: thousands of them are one small
 * item.
 */
export interface Baseline {
  /** The pattern of that time: a new pattern needs a baseline of its own. */
  readonly pattern: string;
  /** The characters of each fingerprint. */
  readonly length: number;
  readonly fingerprints: string;
}

/** Announcements of a group that still stand. */
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
  /** The projects of its tasks at the last announcement, for when it has no task any more. */
  readonly projects: readonly string[];
}

export interface Announcement {
  readonly id: string;
  readonly sequence: number;
  /** Set when it rests on facts that could not be checked. */
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
  /** The project of the configuration that found this task by itself; absent when the configuration names the task. */
  readonly discoveredBy?: string;
  /** The last standings before, oldest first. */
  readonly timeline: readonly Standing[];
  readonly failing?: Failing;
  /** Looks in a row that say the task does not exist. */
  readonly missing?: number;
  /** Looks in a row that read as a success, which the list could not confirm; looks that failed do not count. */
  readonly unconfirmed?: number;
}

/** Standings of a task, the present one apart. */
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
  /** Calls beside ShowMigrationTask that do not work. */
  readonly degraded?: Readonly<Partial<Record<EnrichmentCall, Degraded>>>;
}

/** State of a discovery. */
export interface DiscoveryState {
  /** Tasks that had ended before the discovery began. */
  readonly baseline?: Baseline;
  /** The pattern that was announced to find nothing. */
  readonly unfitPattern?: string;
}

/** State of a group of tasks. */
export interface GroupState {
  readonly announced?: GroupAnnouncements;
  /** The place of the group at its last announcement. */
  readonly home?: GroupHome;
}

/** State of anything that is watched. */
export type State = TaskState | ProjectState | DiscoveryState | GroupState;

/** The numbering of the events of one subject. */
export interface Numbering {
  /** The time when the numbering began (ISO 8601, UTC). */
  readonly born: string;
  /** The number of the last event. */
  readonly sequence: number;
  /** The number of events so far; absent in records of older versions, where `sequence` says so. */
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
