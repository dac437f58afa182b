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
  /** The reason as codes, for other languages; absent where it has no words, or none of ours. */
  readonly explanation?: Explanation<ReasonCode>;
  readonly status?: number;
  /**
   * The answer is about the place, not about the event: nobody there takes it now. That may pass (a proxy while its
   * backend is replaced); several in a row mean that the channel is broken.
   */
  readonly notHere?: true;
  /** Some of those who should read it did not get it, and will not: the reason says how many. */
  readonly isPartial?: true;
  /** The wait that the receiver asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The duration of the attempt, in milliseconds. */
  readonly ms: number;
  /**
   * The reference to the message that the channel goes on with. The record keeps it, in the write of the
   * acknowledgement; empty: that message is gone, and so is what was remembered.
   */
  readonly receipt?: string;
  /** Difference between the receiver's clock (`Date`) and ours in milliseconds, when it is large enough to matter. */
  readonly clockSkewMs?: number;
}

/** One attempt: its events, and the moment at which it is made. */
export interface Outgoing {
  /** The events of one message, never none; a program is only ever sent one. */
  readonly events: readonly MigrationEvent[];
  readonly now: Date;
  /** Earlier events that the message contains as a sum; only for people. */
  readonly merged?: Merged;
  /** All events were announced before, and still wait for somebody. */
  readonly reminder?: boolean;
  /** Quiet hours or a mute held some of it: what was taken back meanwhile is no news. */
  readonly held?: boolean;
  /** A mute held some of it. */
  readonly muted?: boolean;
  /** Ids of the events that quiet hours let pass: they are why the message is sent. */
  readonly excepted?: readonly string[];
  /** Ids of held events that are over by now, although no event says so: a channel that was broken works again. */
  readonly over?: readonly string[];
  /** The delay of the message after its event (milliseconds), when late enough to say so. */
  readonly lateMs?: number;
  /** The receipt that the channel gave last for the subject of the events. */
  readonly thread?: string;
  /** Where that subject stands, as far as this run knows more than the events. */
  readonly overview?: Overview;
}

/** How it ended to make a message show something. */
export type Shown = 'unchanged' | 'shown' | 'failed' | 'gone';

/** @returns whether the record has it now */
export type KeepReceipt = (receipt: string) => Promise<boolean>;

/** The messages of a channel that always show where their subjects stand. None of these throws. */
export interface Live {
  /**
   * Edits a message, unless it shows this already, or was edited a moment ago.
   *
   * @param keep writes a receipt in place of this one; before an edit, where the receipt says what the message shows. What
   *   could not be kept is not edited: no receipt may say what is no longer so
   * @returns `gone` when there is no such message any more
   */
  show(overview: Overview, receipt: string, now: Date, keep: KeepReceipt): Promise<Shown>;
  /** When this process last edited a message; 0: never. Milliseconds since the epoch. */
  shownAt(receipt: string): number;
  /** Posts a message in place of one that is gone. */
  post(overview: Overview, now: Date): Promise<Outcome>;
}

/** Readers of a channel: deadlines, waits, digests and re-checks differ between them. */
export type Audience = 'people' | 'programs';

/** A named place that events are sent to. */
export interface Channel {
  readonly name: string;
  readonly audience: Audience;
  /** Tells its settings apart from others, without showing them. */
  readonly settings: string;
  /** The interval of reminders of events that wait for somebody; absent: none. Only for people. Milliseconds. */
  readonly remindEveryMs?: number;
  /** Tells the place of its messages apart from others: its receipts hold as long as this is the same. Absent: its settings. */
  readonly receiptKey?: string;
  /** The time in which it is left alone; absent: none. Only for people. */
  readonly quiet?: QuietHours;
  /** The state has them, not the settings: a run adds them to the channel. Only for people. */
  readonly mutes?: Mutes;
  /** The vendor's limit of messages a minute; absent: none. Only for people. */
  readonly minuteLimit?: MinuteLimit;
  /** The longest that one `send` can take, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * The filter `when` of the configuration.
   *
   * @param isFollowUp it takes back an event that this channel was sent: the present name or labels of its task are no
   *   reason to keep it away
   */
  accepts(event: MigrationEvent, isFollowUp?: boolean): boolean;
  /** Makes one attempt. Never throws: a failure is an outcome. */
  send(outgoing: Outgoing): Promise<Outcome>;
  /** Absent where a message stays as it was sent. */
  readonly live?: Live;
}
