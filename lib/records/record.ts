import { defined } from '../base/defined.ts';
import type { Explanation } from '../base/explanation.ts';
import type { EventFacts, MigrationEvent } from '../events/event.ts';
import type { Merged } from '../events/merged.ts';
import {
  type DiscoveryState,
  type GroupState,
  NEW_TASK,
  type Numbering,
  newStream,
  type ProjectState,
  type Stream,
  type TaskState,
} from '../migration/model/state.ts';

/** The version of the stored shape: it grows with each change that older code would misread. */
export const SCHEMA_VERSION = 2;

/** One attempt to deliver, in a record. */
export interface Attempt {
  readonly at: string;
  readonly class: string;
  readonly reason: string;
  /** The reason as codes, on the last attempt only; absent where the reason has none, or an older version stored it. */
  readonly explanation?: Explanation;
  readonly status?: number;
  /** Milliseconds. */
  readonly ms: number;
}

/** An event on its way to one channel. */
export interface Delivery {
  readonly attempts: number;
  /**
   * Attempts among them that came too soon for the receiver. They are not failures of the event, so they lengthen no
   * wait.
   */
  readonly tooSoon?: number;
  /** The earliest time of the next attempt (ISO 8601, UTC). */
  readonly nextAttemptAt: string;
  /** The last attempts, newest last. */
  readonly history: readonly Attempt[];
  /** Set after a dead letter of this delivery was requeued. */
  readonly redrive?: Redrive;
  /** The start of its time to arrive (ISO 8601, UTC), where that is not the time of its event. */
  readonly owedSince?: string;
  /** The settings of the channel at the last attempt: a change of them ends the wait. */
  readonly settings?: string;
  /** Earlier events that were merged into this one. Only for chats. */
  readonly merged?: Merged;
  /** Set when its event arrived before, and is sent again because it still waits for somebody. Only for chats. */
  readonly reminder?: boolean;
}

/** An event that asks somebody to act, with the time of the last message about it to each chat that wants reminders. */
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
  /** The id of the event that it replaced. */
  readonly renews?: string;
  /** The type of the event. */
  readonly type?: string;
  /** The time of the event. Time, summary and facts stand only on the last delivery of an event that arrived. */
  readonly time?: string;
  readonly summary?: string;
  /** The facts behind the summary, for other languages; absent where they are large. */
  readonly facts?: EventFacts;
  /** The HTTP status of the attempt that arrived. */
  readonly status?: number;
  /** The duration of the attempt that arrived. Milliseconds. */
  readonly ms?: number;
  /** The last failed attempts, newest last. */
  readonly before?: readonly Attempt[];
}

/** A channel's reference to a message that it later edits or replies to. */
export interface Receipt {
  /**
   * Fingerprint of the place where the message is, or of all the channel's settings: from another place the channel
   * cannot reach the message.
   */
  readonly settings: string;
  /** Text that only the channel understands. */
  readonly receipt: string;
}

/** An event and the channels that it is pending for. */
export interface OutboxEntry {
  readonly event: MigrationEvent;
  readonly deliveries: Readonly<Record<string, Delivery>>;
}

/** The right of one run to deliver from this record, until a time (ISO 8601, UTC). */
export interface Lease {
  readonly owner: string;
  readonly until: string;
}

/** The rate of requests that a receiver takes, as learnt from its answers. */
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
  /** Fingerprint of its settings then. A channel with other settings starts without this state. */
  readonly settings: string;
  readonly reason: string;
  /** The reason as codes; older versions stored none. */
  readonly explanation?: Explanation;
  /** Nothing is sent before (ISO 8601, UTC). */
  readonly openUntil: string;
  /** Answers in a row that refuse every event for now. */
  readonly refusals: number;
  /** Set when the channel only works again after somebody changes something. */
  readonly brokenSince?: string;
  /** Set until another channel gets the news that this one is broken. */
  readonly isUnannounced?: true;
  /** When other channels last got that news (ISO 8601, UTC). */
  readonly announcedAt?: string;
  /** The number of reminders to other channels. */
  readonly reminders?: number;
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

/** The subjects that a mute can have. */
export type MuteScope = 'task' | 'group' | 'project' | 'channel';

/**
 * A time in which people get no message about a subject, or one chat gets none at all. They get the messages
 * afterwards.
 */
export interface Mute {
  readonly id: string;
  /** A {@link MuteScope}. A scope that only a newer build knows mutes nothing here. */
  readonly scope: string;
  /** The id of a task or project, the name of a group or channel. */
  readonly target: string;
  /** The name of the target, for people. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  /** The first moment after it (ISO 8601, UTC). */
  readonly until: string;
  /** The reason that somebody typed. */
  readonly why: string;
  /** Set when somebody ended it before its time, so that no clock that runs late still holds messages. */
  readonly isEnded?: true;
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
  /** Mutes that hold, and those that ended lately: what they held may still be pending. */
  readonly mutes?: readonly Mute[];
}

/** State of any kind; the key of a record says which. */
export interface RecordState extends TaskState, ProjectState, DiscoveryState, GroupState, WatcherState {}

/** State and deliveries are one item, so that one write saves a change together with its pending deliveries. */
export interface StoredRecord<S = RecordState> extends Stream<S> {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly outbox: readonly OutboxEntry[];
  /** The last deliveries that arrived, oldest first. */
  readonly sent?: readonly SentEntry[];
  /** The last event of each kind that chats want reminders of while it holds. */
  readonly reminders?: readonly Reminder[];
  /** By channel. */
  readonly receipts?: Readonly<Record<string, Receipt>>;
  /** Pending events up to this number may have dead letters already. */
  readonly deadLettersUpTo?: number;
  readonly lease?: Lease;
}

/** A record of a subject that was never seen. Each has a timeline, without which earlier builds read no record. */
export function newRecord(now: Date): StoredRecord {
  return { schemaVersion: SCHEMA_VERSION, ...newStream(now, NEW_TASK), outbox: [] };
}

/**
 * Puts the stream from detection into the record, and keeps the deliveries.
 *
 * @returns the same record when the stream is the same
 */
export function withStream(record: StoredRecord, stream: Stream<Partial<RecordState>>): StoredRecord {
  const { born, sequence, eventCount, state } = stream;
  if (state === record.state && sequence === record.sequence) return record;
  const numbering = defined<Numbering>({ born, sequence, eventCount });
  return { ...record, ...numbering, state: { timeline: record.state.timeline, ...state } };
}
