import type { LastFigures, LookFailure, MigrationEvent, Standing } from '../../events/event.ts';
import type { Merged } from '../../events/merged.ts';
import type { Observation } from './observation.ts';
import type { MigrationRun } from './run.ts';

/** The version of the stored shape: it grows with each change that older code would misread. */
export const SCHEMA_VERSION = 2;

/** One attempt to deliver, as it is remembered. */
export interface Attempt {
  readonly at: string;
  readonly class: string;
  readonly reason: string;
  readonly status?: number;
  /** Milliseconds. */
  readonly ms: number;
}

/** An event on its way to one channel. */
export interface Delivery {
  readonly attempts: number;
  /** Attempts among them that were too soon for the receiver: no failures of the event, they lengthen no wait. */
  readonly tooSoon?: number;
  /** The earliest time of the next attempt (ISO 8601, UTC). */
  readonly nextAttemptAt: string;
  /** The last attempts, newest last. */
  readonly history: readonly Attempt[];
  /** Set when it is on its way again after it was dead. */
  readonly redrive?: Redrive;
  /** The time from which it is owed (ISO 8601, UTC), where that is not the time of its event. */
  readonly owedSince?: string;
  /** The settings of the channel at the last attempt: a change of them ends the wait. */
  readonly settings?: string;
  /** Earlier changes that are told with its event, as a sum. Only for chats. */
  readonly merged?: Merged;
  /** Set when its event arrived before, and is sent again because it still waits for somebody. Only for chats. */
  readonly reminder?: boolean;
}

/** An event that asks somebody to act, with the time at which each chat that wants reminders heard it last. */
export interface Reminder {
  readonly event: MigrationEvent;
  /** Times by channel (ISO 8601, UTC). */
  readonly lastSentAt: Readonly<Record<string, string>>;
}

/** The latest redrive of a dead letter. */
export interface Redrive {
  /** Its number among the redrives of this delivery, from 1. */
  readonly number: number;
  /** The start of its time to arrive (ISO 8601, UTC). */
  readonly at: string;
}

/** An entry of the delivery log: a delivery that arrived. */
export interface SentEntry {
  readonly eventId: string;
  readonly channel: string;
  readonly at: string;
  readonly attempts: number;
  /** The number of events in the message; 1 except for digests. */
  readonly events: number;
  /** The number of redrives before it arrived; absent if none. */
  readonly redrives?: number;
  /** The id of the event that it renewed. */
  readonly renews?: string;
  /** The type of the event. */
  readonly type?: string;
  /** Its words, for people who look back; only on the last delivery of an event that arrived. */
  readonly time?: string;
  readonly summary?: string;
  /** The HTTP status of the attempt that arrived. */
  readonly status?: number;
  /** The duration of the attempt that arrived. Milliseconds. */
  readonly ms?: number;
  /** The last attempts before that one, newest last. */
  readonly before?: readonly Attempt[];
}

/** An event and the channels that it is still owed to. */
export interface OutboxEntry {
  readonly event: MigrationEvent;
  readonly deliveries: Readonly<Record<string, Delivery>>;
}

/** The right of one run to deliver from this record, until a time (ISO 8601, UTC). */
export interface Lease {
  readonly owner: string;
  readonly until: string;
}

/** Failed looks in a row. */
export interface Failing {
  readonly reason: LookFailure;
  readonly detail: string;
  readonly count: number;
  readonly since: string;
  /** Whether `watch.failing` announced it. */
  readonly announced: boolean;
  /** When that was said again (ISO 8601, UTC), and how often. */
  readonly reminded?: { readonly at: string; readonly times: number };
}

/**
 * The rest of an endpoint or a refused key, which belongs to the key with this fingerprint. Without an endpoint it
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

/** The rate of requests that a receiver takes, as far as its answers showed. */
export interface ChannelPace {
  /** The time from one request to the next. Milliseconds. */
  readonly everyMs: number;
  /** The time when it last asked for fewer requests (ISO 8601, UTC). */
  readonly since: string;
  /** Such answers in a row, with no delivery taken in between. */
  readonly refusals: number;
}

/** The state of a channel that takes nothing now, for all tasks. */
export interface CircuitState {
  /** The settings that it had: other settings begin anew. */
  readonly settings: string;
  readonly reason: string;
  /** Nothing is sent before (ISO 8601, UTC). */
  readonly openUntil: string;
  /** Answers in a row that it takes nothing there now. */
  readonly refusals: number;
  /** Set when it will not work until somebody changes something. */
  readonly brokenSince?: string;
  /** Set until another channel is told that it is broken. */
  readonly isUnannounced?: true;
  /** The last time that others were told so (ISO 8601, UTC). */
  readonly announcedAt?: string;
  /** The number of reminders to them. */
  readonly reminders?: number;
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

/** The right of the newest configuration to name the channels of a partition. All times are ISO 8601, UTC. */
export interface Claim {
  /** The time when that configuration was loaded. */
  readonly loadedAt: string;
  /** The time when a run with an older configuration asked for the newest one, if nobody answered since. */
  readonly contestedAt?: string;
  /** The time when a run with the newest one answered last. */
  readonly defendedAt?: string;
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

/** State of the whole configuration. */
export interface WatcherState {
  /** Circuit breakers of channels, by name and settings. */
  readonly channels?: Readonly<Record<string, CircuitState>>;
  /** Intervals of receivers that ask for fewer requests, by name and settings of the channel. */
  readonly paces?: Readonly<Record<string, ChannelPace>>;
  /** The partitions whose records may have pending deliveries, each with the names of its channels. */
  readonly partitions?: Readonly<Record<string, readonly string[]>>;
  /** Claims by partition, as in `partitions`: an older configuration does not change those channels. */
  readonly claims?: Readonly<Record<string, Claim>>;
}

/** State of any kind; the key of a record says which. */
export interface State extends TaskState, ProjectState, DiscoveryState, GroupState, WatcherState {}

/** The numbering of a record's events. */
export interface Numbering {
  /** The time when the record began (ISO 8601, UTC). */
  readonly born: string;
  /** The number of the last event. */
  readonly sequence: number;
  /** The number of events so far; absent in records of older versions, where `sequence` says so. */
  readonly eventCount?: number;
}

/** The part of a record that detection sees and changes: it cannot touch deliveries. */
export interface Stream extends State, Numbering {}

/** Deliveries of a record's events. */
export interface Envelope {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly outbox: readonly OutboxEntry[];
  /** The last deliveries that arrived, oldest first. */
  readonly sent?: readonly SentEntry[];
  /** The last event of each kind of which chats want to be reminded as long as it is so. */
  readonly reminders?: readonly Reminder[];
  /** Pending events up to this number may have dead letters already. */
  readonly deadLettersUpTo?: number;
  readonly lease?: Lease;
}

/** State and deliveries are one item and one write, so that no change is known without its deliveries being pending. */
export interface WatchRecord extends Stream, Envelope {}

/** A record about which nothing is known yet. */
export function newRecord(now: Date): WatchRecord {
  return { schemaVersion: SCHEMA_VERSION, born: now.toISOString(), timeline: [], sequence: 0, outbox: [] };
}
