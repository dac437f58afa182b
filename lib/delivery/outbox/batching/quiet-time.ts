import type { QuietHours } from '../../../channels/quiet-hours.ts';
import type { StoredRecord } from '../../../records/record.ts';
import { pending, pendingSince } from '../outbox.ts';
import type { PendingDelivery, Readers } from '../types.ts';
import { holdOf, isMutedBetween, mutedUntil } from './hold.ts';

type Waiting = readonly PendingDelivery[];

/**
 * Deliveries to a chat that may be sent now. In quiet hours these are excepted events, but never reminders, with
 * everything before them, since events of one task arrive in order, and with the other events of the same look. A mute
 * has no exceptions, and also holds all later events.
 */
export function passing(waiting: Waiting, readers: Readers, now: Date): Waiting {
  const { quiet } = readers;
  const muted = waiting.findIndex(({ event }) => isMutedNow(readers, event, now));
  const unmuted = muted === -1 ? waiting : waiting.slice(0, muted);
  if (quiet?.until(now.getTime()) === undefined) return unmuted;
  const last = unmuted.findLast((one) => isExcepted(one, quiet));
  const end = unmuted.findLastIndex(({ event }) => event.time === last?.event.time);
  return unmuted.slice(0, end + 1);
}

function isMutedNow({ mutes }: Readers, event: PendingDelivery['event'], now: Date): boolean {
  return mutes !== undefined && mutedUntil(mutes.about(event), now.getTime()) !== undefined;
}

/** Ids of the excepted events that are sent during quiet hours; nothing outside of quiet hours. */
export function exceptedNow(sent: Waiting, { quiet }: Readers, now: Date): readonly string[] | undefined {
  if (quiet?.until(now.getTime()) === undefined) return undefined;
  return sent.filter((one) => isExcepted(one, quiet)).map(({ event }) => event.id);
}

function isExcepted({ event, delivery }: PendingDelivery, quiet: QuietHours): boolean {
  return delivery.reminder !== true && quiet.excepts(event);
}

/** Whether some of these deliveries waited in quiet hours, or in a mute. */
export function hasWaited(waiting: Waiting, readers: Readers, now: Date): boolean {
  return waiting.some((one) => holdOf(readers, one.event)?.coversSome(sinceOf(one), now.getTime()) === true);
}

/** Whether some of these deliveries waited in a mute. */
export function hasWaitedInMute(waiting: Waiting, { mutes }: Readers, now: Date): boolean {
  if (mutes === undefined) return false;
  return waiting.some((one) => isMutedBetween(mutes.about(one.event), sinceOf(one), now.getTime()));
}

/** Milliseconds since the epoch. */
function sinceOf({ event, delivery }: PendingDelivery): number {
  return Date.parse(pendingSince(delivery) ?? event.time);
}

/**
 * Whether a message contains what quiet hours or a mute held.
 *
 * @param batch deliveries that may be sent now
 */
export function isAfterHold(batch: Waiting, readers: Readers, now: Date): boolean {
  const isOver = readers.quiet?.until(now.getTime()) === undefined;
  return isOver && batch[0]?.delivery.reminder !== true && hasWaited(batch, readers, now);
}

interface NamedReaders extends Readers {
  readonly name: string;
}

/** Deliveries that are held now, and until when. */
export interface HeldDeliveries {
  readonly held: Waiting;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The end in the time zone of the chat; that of a mute in UTC. */
  readonly untilWords: string;
  /** The hold that ends last. */
  readonly by: HeldBy;
}

export type HeldBy = 'quiet hours' | 'mute';

/** @returns nothing when nothing is held */
export function heldDeliveriesIn(
  record: StoredRecord,
  readers: NamedReaders,
  now: Date,
): HeldDeliveries | undefined {
  const { name, quiet, mutes } = readers;
  if (quiet === undefined && mutes === undefined) return undefined;
  const waiting = pending(record).filter(({ channel }) => channel === name);
  const held = waiting.slice(passing(waiting, readers, now).length);
  const [first] = held;
  const until = first && holdOf(readers, first.event)?.until(now.getTime());
  if (until === undefined) return undefined;
  const by = quiet?.until(until - 1) === undefined ? 'mute' : 'quiet hours';
  const inZone = by === 'mute' ? undefined : quiet?.untilWords(until - 1);
  return { held, until, untilWords: inZone ?? utcWords(until), by };
}

/** `2026-01-06 08:00 UTC` */
function utcWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
