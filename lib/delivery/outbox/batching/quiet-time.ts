import type { QuietHours } from '../../../channels/quiet.ts';
import type { StoredRecord } from '../../../records/record.ts';
import { pending, pendingSince } from '../outbox.ts';
import type { PendingDelivery } from '../types.ts';

type Waiting = readonly PendingDelivery[];

/**
 * Deliveries to a chat that may be sent in its quiet hours: those of excepted events. What waits before them goes with them
 * in one message, since events of one task arrive in order; and so does what the same look showed. A reminder is no news.
 */
export function passing(waiting: Waiting, quiet: QuietHours): Waiting {
  const last = waiting.findLast(({ event, delivery }) => !delivery.reminder && quiet.excepts(event));
  const end = waiting.findLastIndex(({ event }) => event.time === last?.event.time);
  return waiting.slice(0, end + 1);
}

/** Whether some of these deliveries waited in quiet hours. */
export function hasWaitedInQuiet(waiting: Waiting, { quiet }: Quietable, now: Date): boolean {
  if (quiet === undefined) return false;
  return waiting.some(({ event, delivery }) => {
    const since = Date.parse(pendingSince(delivery) ?? event.time);
    return quiet.coversSome(since, now.getTime());
  });
}

/** Whether a message is the one that tells, after quiet hours, what they held. */
export function isAfterQuiet(batch: Waiting, channel: Quietable, now: Date): boolean {
  const isOver = channel.quiet?.until(now.getTime()) === undefined;
  return isOver && batch[0]?.delivery.reminder !== true && hasWaitedInQuiet(batch, channel, now);
}

interface Quietable {
  readonly quiet?: QuietHours;
}

interface NamedQuietable extends Quietable {
  readonly name: string;
}

/** Deliveries that quiet hours hold now, and until when. */
export interface HeldDeliveries {
  readonly held: Waiting;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The end as the readers of the chat see it. */
  readonly untilWords: string;
}

/** @returns nothing when nothing is held */
export function heldFor(
  record: StoredRecord,
  { name, quiet }: NamedQuietable,
  now: Date,
): HeldDeliveries | undefined {
  const [until, untilWords] = [quiet?.until(now.getTime()), quiet?.untilWords(now.getTime())];
  if (quiet === undefined || until === undefined || untilWords === undefined) return undefined;
  const waiting = pending(record).filter(({ channel }) => channel === name);
  const held = waiting.slice(passing(waiting, quiet).length);
  return held.length === 0 ? undefined : { held, until, untilWords };
}
