import type { StoredRecord } from '../../records/record.ts';
import { deadlineOf } from './backoff/retry-policy.ts';
import { holdOf } from './batching/hold.ts';
import { findPending, pending, pendingSince, redriveCount, withoutPending } from './outbox.ts';
import type { DeadLetter, DeadLetterName, OutboxUpdate, PendingDelivery, Readers } from './types.ts';

/** Drops the settings of the last attempt, because a redrive is attempted with any settings. */
export function deadLetter(ended: PendingDelivery, why: DeadLetter['why'], now: Date): DeadLetter {
  const { settings: _settings, ...delivery } = ended.delivery;
  return { ...ended, delivery, why, diedAt: now.toISOString() };
}

/**
 * Dead letters that a delivery may have.
 *
 * @param mayBeDead whether this delivery itself may have a dead letter; otherwise only the one that it was requeued
 * from
 */
export function deadLetterNames(
  { event, channel, delivery }: PendingDelivery,
  mayBeDead: boolean,
): DeadLetterName[] {
  const number = redriveCount(delivery);
  const names = [...(number > 0 ? [number - 1] : []), ...(mayBeDead ? [number] : [])];
  return names.map((redrives) => ({ event, channel, redrives }));
}

/**
 * Ends deliveries that are past their deadline and cannot be attempted now. A working channel still gets its last
 * attempt, at the deadline.
 *
 * @param blockedReaders the readers of a channel that cannot be tried now; nothing for other channels
 */
export function expireBlocked(
  record: StoredRecord,
  blockedReaders: (channel: string) => Readers | undefined,
  now: Date,
): OutboxUpdate {
  const expired = pending(record).filter((one) => {
    const readers = blockedReaders(one.channel);
    return readers !== undefined && isPastDeadline(one, readers, now);
  });
  return ended(record, expired, 'deadline', now);
}

/** Ends one delivery that cannot be attempted now, if it is past its deadline. */
export function expire(
  record: StoredRecord,
  one: PendingDelivery,
  readers: Readers,
  now: Date,
): OutboxUpdate {
  return ended(record, isPastDeadline(one, readers, now) ? [one] : [], 'deadline', now);
}

export function isPastDeadline({ event, delivery }: PendingDelivery, readers: Readers, now: Date): boolean {
  const deadline = deadlineOf(event, readers.audience, pendingSince(delivery), holdOf(readers, event));
  return now.getTime() >= deadline;
}

/** Ends one delivery whose event is no longer true; its dead letter says so. */
export function withdraw(record: StoredRecord, eventId: string, channel: string, now: Date): OutboxUpdate {
  const one = findPending(record, eventId, channel);
  return ended(record, one === undefined ? [] : [one], 'withdrawn', now);
}

/**
 * Ends the deliveries to channels that no configuration has any more. Their dead letters can be sent if the channel
 * comes back.
 */
export function cancelRemoved(
  record: StoredRecord,
  isConfigured: (channel: string) => boolean,
  now: Date,
): OutboxUpdate {
  const removed = pending(record).filter(({ channel }) => !isConfigured(channel));
  return ended(record, removed, 'cancelled', now);
}

function ended(
  record: StoredRecord,
  all: readonly PendingDelivery[],
  why: DeadLetter['why'],
  now: Date,
): OutboxUpdate {
  const left = all.reduce((rest, { event, channel }) => withoutPending(rest, event.id, channel), record);
  return { record: left, deadLetters: all.map((one) => deadLetter(one, why, now)) };
}
