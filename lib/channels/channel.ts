import type { Explanation } from '../base/explanation.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Merged } from '../events/merged.ts';
import type { Overview } from '../events/overview.ts';
import type { ReasonCode } from '../language/en/explanations/explanations.ts';
import type { MinuteLimit } from './minute-limit.ts';
import type { Mutes } from './mutes.ts';
import type { QuietHours } from './quiet-hours.ts';

/**
 * The outcome of one attempt to send:
 * `delivered` · `transient` (try again later) · `pause` (nothing is sent to the channel for a while) ·
 * `permanent` (this event will never be accepted: dead letter) ·
 * `broken` (the channel itself is wrong: what is pending is kept until its deadline).
 */
export type OutcomeClass = 'delivered' | 'transient' | 'pause' | 'permanent' | 'broken';

export interface Outcome {
  readonly class: OutcomeClass;
  /** In a few words, without secrets: `HTTP 503`, `timeout`, `invalid_blocks`. */
  readonly reason: string;
  /** The reason as codes, for other languages; absent where the reason is a name, or a text of others. */
  readonly explanation?: Explanation<ReasonCode>;
  readonly status?: number;
  /**
   * Set when an answer concerns the address, not the event. One may be temporary (a proxy whose backend is replaced);
   * several in a row mean a broken channel.
   */
  readonly notHere?: true;
  /** Set when some addressees will never get the message. The reason says how many. */
  readonly isPartial?: true;
  /** The wait that the receiver asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The duration of the attempt, in milliseconds. */
  readonly ms: number;
  /**
   * The reference to a message that the channel later edits or replies to; the record keeps it in the write of the
   * acknowledgement. Empty: the message is gone, and the record drops its receipt.
   */
  readonly receipt?: string;
  /** Difference between the receiver's clock (`Date`) and ours in milliseconds, when it is large enough to matter. */
  readonly clockSkewMs?: number;
}

/** One attempt: its events, and its time. */
export interface Outgoing {
  /** The events of one message: at least one, and exactly one for programs. */
  readonly events: readonly MigrationEvent[];
  readonly now: Date;
  /** Earlier events that were merged into these; only for people. */
  readonly merged?: Merged;
  /** Set when all events were sent before, and still wait for somebody. */
  readonly reminder?: boolean;
  /** Set when quiet hours or a mute held some of the events. An event that was retracted meanwhile is then no news. */
  readonly held?: boolean;
  /** Set when a mute held some of the events. */
  readonly muted?: boolean;
  /** Ids of the excepted events, which are the reason for a message in quiet hours. */
  readonly excepted?: readonly string[];
  /** Ids of held events that are no longer true without an event that says so, as when a broken channel works again. */
  readonly over?: readonly string[];
  /** The delay of the message after its event (milliseconds), when late enough to say so. */
  readonly lateMs?: number;
  /** The channel's last receipt for the subject of the events. */
  readonly thread?: string;
  /** The overview of that subject, if this run knows more than the events tell. */
  readonly overview?: Overview;
}

/** The result of editing a message. */
export type Shown = 'unchanged' | 'shown' | 'failed' | 'gone';

/** @returns whether the record has the receipt now */
export type KeepReceipt = (receipt: string) => Promise<boolean>;

/** The live messages of a channel, which always show the present standing of their subjects. No method throws. */
export interface Live {
  /**
   * Edits a message, unless it already shows this overview, or was edited a moment ago.
   *
   * @param keep writes a new receipt in place of this one, before the edit if the receipt tells what the message shows.
   * Without that write there is no edit, because a receipt must never be out of date
   * @returns `gone` when there is no such message any more
   */
  show(overview: Overview, receipt: string, now: Date, keep: KeepReceipt): Promise<Shown>;
  /** When this process last edited a message; 0: never. Milliseconds since the epoch. */
  shownAt(receipt: string): number;
  /** Posts a message in place of one that is gone. */
  post(overview: Overview, now: Date): Promise<Outcome>;
}

/** The readers of a channel. Deadlines, waits, digests and revalidations differ between them. */
export type Audience = 'people' | 'programs';

/** A named place that events are sent to. */
export interface Channel {
  readonly name: string;
  readonly audience: Audience;
  /** Fingerprint of its settings, which shows none of them. */
  readonly settings: string;
  /** The interval of reminders of events that wait for somebody; absent: none. Only for people. Milliseconds. */
  readonly remindEveryMs?: number;
  /** Fingerprint of the place of its messages. Receipts are valid as long as it stays the same. Absent: `settings`. */
  readonly receiptKey?: string;
  /** Its quiet hours; absent: none. Only for people. */
  readonly quiet?: QuietHours;
  /** Mutes are part of the state, not of the settings, so each run adds them. Only for people. */
  readonly mutes?: Mutes;
  /** The vendor's limit of messages a minute; absent: none. Only for people. */
  readonly minuteLimit?: MinuteLimit;
  /** The longest that one `send` can take, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * The filter `when` of the configuration.
   *
   * @param isFollowUp the event retracts one that this channel got, so that a changed name or label of its task does
   * not keep it away
   */
  accepts(event: MigrationEvent, isFollowUp?: boolean): boolean;
  /** Makes one attempt. Never throws: a failure is an outcome. */
  send(outgoing: Outgoing): Promise<Outcome>;
  /** Absent where messages are never edited. */
  readonly live?: Live;
}
