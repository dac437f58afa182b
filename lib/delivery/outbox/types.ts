import type { Audience } from '../../channels/channel.ts';
import type { Mutes } from '../../channels/mutes.ts';
import type { QuietHours } from '../../channels/quiet-hours.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Delivery, StoredRecord } from '../../records/record.ts';

/** One event on its way to one channel. */
export interface PendingDelivery {
  readonly event: MigrationEvent;
  readonly channel: string;
  readonly delivery: Delivery;
}

/** A delivery that ended without arriving. */
export interface DeadLetter extends PendingDelivery {
  readonly why: 'refused' | 'deadline' | 'overflow' | 'withdrawn' | 'cancelled';
  /** ISO 8601, UTC. */
  readonly diedAt: string;
}

/** Identifies the dead letter of a delivery after a number of redrives. The dead letter need not exist. */
export interface DeadLetterName {
  readonly event: MigrationEvent;
  readonly channel: string;
  readonly redrives: number;
}

/** A change of an outbox: the record to write, and the dead letters to store before it. */
export interface OutboxUpdate {
  readonly record: StoredRecord;
  readonly deadLetters: readonly DeadLetter[];
  /** Dead letters of deliveries that arrived after all. */
  readonly toResolve?: readonly DeadLetterName[];
  /** New events in this write. */
  readonly events?: readonly MigrationEvent[];
}

/** The readers of a channel, and their quiet hours. */
export interface Readers {
  readonly audience: Audience;
  readonly quiet?: QuietHours;
  readonly mutes?: Mutes;
}

/** The part of a channel that the outbox needs. */
export interface Recipient extends Readers {
  readonly name: string;
  /** Fingerprint of its settings, where they are known. */
  readonly settings?: string;
}

/** The channels of an event, with their settings for its delivery. */
export interface Routing {
  /** Names of the channels that accept an event. */
  to(event: MigrationEvent): readonly string[];
  /** Whether people read a channel. They get one message about all waiting events; programs get each event. */
  isForPeople?(channel: string): boolean;
  /** Interval at which a chat wants to be reminded; absent: never. Milliseconds. */
  remindEvery?(channel: string): number | undefined;
}
