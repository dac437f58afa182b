import type { QuietHours } from '../../../channels/quiet-hours.ts';
import type { StoredRecord } from '../../../records/record.ts';
import { pending, pendingSince } from '../outbox.ts';
import type { PendingDelivery, Readers } from '../types.ts';
import { holdOf, isMutedBetween, mutedUntil } from './hold.ts';

type Waiting = readonly PendingDelivery[];

/**
 * Deliveries to a chat that may be sent now. In its quiet hours those are the ones of excepted events. What waits before them
 * goes with them in one message, since events of one task arrive in order; and so does what the same look showed. A
 * reminder is no news. Nothing excepts an event from a mute, which holds what comes behind it as well.
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

/** Ids of the events that are sent although it is quiet now; nothing when it is not. */
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
 * Whether a message is the one with what quiet hours or a mute held.
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
  /** The end as the readers of the chat see it; of a mute in UTC. */
  readonly untilWords: string;
  /** The one that ends last. */
  readonly by: HeldBy;
}

export type HeldBy = 'quiet hours' | 'mute';

/** @returns nothing when nothing is held */
export function heldFor(record: StoredRecord, readers: NamedReaders, now: Date): HeldDeliveries | undefined {
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
