import type { MigrationEvent } from '../events/event.ts';
import type { Merged } from '../events/merged.ts';

/**
 * What became of an attempt to tell:
 * `delivered` · `transient` (try again later) · `pause` (the whole channel rests) ·
 * `permanent` (this event will never be taken: dead letter) ·
 * `broken` (the channel itself is wrong: keep what is pending until the deadline).
 */
export type OutcomeClass = 'delivered' | 'transient' | 'pause' | 'permanent' | 'broken';

export interface Outcome {
  readonly class: OutcomeClass;
  /** In a few words, without secrets: `HTTP 503`, `timeout`, `invalid_blocks`. */
  readonly reason: string;
  readonly status?: number;
  /**
   * Set when the answer is about the place, not about the event: nobody there takes it now. That may pass (a proxy while
   * its backend is replaced); several in a row mean that the channel is broken.
   */
  readonly notHere?: true;
  /** How long the receiver asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** How long the attempt took, in milliseconds. */
  readonly ms: number;
  /** Difference between the receiver's clock (`Date`) and ours in milliseconds, when it is large enough to matter. */
  readonly clockSkewMs?: number;
}

/** One attempt: what is told, and the moment of the attempt. */
export interface Telling {
  /** What one message tells; a webhook is only ever given one event. Never empty. */
  readonly events: readonly MigrationEvent[];
  readonly now: Date;
  /** What happened before the last of them and is told with them as a sum; only to chats. */
  readonly merged?: Merged;
  /** All of it was told before, and still waits for somebody. */
  readonly reminder?: boolean;
  /** How late it is after the event (milliseconds), when late enough to say so. */
  readonly lateMs?: number;
}

/** A named place to tell. */
export interface Channel {
  readonly name: string;
  /** `chat` reaches people, `webhook` reaches programs: deadlines and waits differ. */
  readonly kind: 'chat' | 'webhook';
  /** Tells its settings apart from others, without showing them. */
  readonly settings: string;
  /** Tells where it leads apart from other places, whatever its other settings are. */
  readonly destination: string;
  /** How often it wants to hear again what waits for somebody; absent: never. Only chats. Milliseconds. */
  readonly remindEveryMs?: number;
  /** The longest that one `send` can take, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * The filter `when` of the configuration.
   *
   * @param isFollowUp it takes back what this channel was told: what its task is called or labelled by now is no reason
   *   to keep it away
   */
  wants(event: MigrationEvent, isFollowUp?: boolean): boolean;
  /** Events of one run with the same word are told in one message; without a word each is told alone, but for storms. */
  together(event: MigrationEvent): string | undefined;
  /** Makes one attempt. Never throws: what goes wrong is an outcome. */
  send(telling: Telling): Promise<Outcome>;
}
