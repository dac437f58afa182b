import type { Delivery, OutboxEntry, StoredRecord } from '../../records/record.ts';
import { isPostponed } from './backoff/retry-policy.ts';
import type { PendingDelivery } from './types.ts';

export function pendingOf({ event, deliveries }: OutboxEntry): PendingDelivery[] {
  return Object.entries(deliveries).map(([channel, delivery]) => ({ event, channel, delivery }));
}

/** All pending deliveries of a record, oldest first. */
export function pending(record: StoredRecord): PendingDelivery[] {
  return record.outbox.flatMap(pendingOf);
}

/** The oldest pending delivery to a channel: no later event is attempted before this one has ended. */
export function head(record: StoredRecord, channel: string): PendingDelivery | undefined {
  for (const { event, deliveries } of record.outbox) {
    const delivery = deliveryTo(deliveries, channel);
    if (delivery !== undefined) return { event, channel, delivery };
  }
  return undefined;
}

/** Own properties only, because a channel may be called `constructor`. */
export function deliveryTo(deliveries: OutboxEntry['deliveries'], channel: string): Delivery | undefined {
  return Object.hasOwn(deliveries, channel) ? deliveries[channel] : undefined;
}

/** Identifies a delivery: `evt_… cutover`. */
export function deliveryName(eventId: string, channel: string): string {
  return `${eventId} ${channel}`;
}

export function findPending(
  record: StoredRecord,
  eventId: string,
  channel: string,
): PendingDelivery | undefined {
  return pending(record).find((one) => one.event.id === eventId && one.channel === channel);
}

/** The delivery of an event to a channel, while it is pending. */
export function pendingDeliveryTo(
  record: StoredRecord,
  eventId: string,
  channel: string,
): Delivery | undefined {
  return findPending(record, eventId, channel)?.delivery;
}

/**
 * Channels whose oldest pending delivery is due.
 *
 * @param settingsOf the settings of a channel, where they are known
 */
export function dueChannels(
  record: StoredRecord,
  now: Date,
  settingsOf: (channel: string) => string | undefined = () => undefined,
): string[] {
  const first = new Map<string, Delivery>();
  for (const { channel, delivery } of pending(record)) if (!first.has(channel)) first.set(channel, delivery);
  return [...first].flatMap(([channel, delivery]) =>
    isDue(delivery, now, settingsOf(channel)) ? [channel] : [],
  );
}

/**
 * A delivery without an attempt is due even if the clock that dated its event was ahead of ours. A delivery that was
 * attempted with other settings is due, because the change may have mended the channel.
 */
export function isDue(delivery: Delivery, now: Date, settings = delivery.settings): boolean {
  const { attempts, nextAttemptAt, history, settings: tried = settings } = delivery;
  const isWaiting = attempts > 0 && tried === settings && isPostponed(nextAttemptAt, now);
  return !isWaiting || history.slice(-1).some(({ at }) => isAhead(at, now));
}

/** Correct clocks differ by less. */
const CLOCKS_DIFFER_MS = 60_000;

/** A clock that was set back since has dated an attempt in the future. Its wait would last until that time. */
function isAhead(at: string, now: Date): boolean {
  return Date.parse(at) - now.getTime() > CLOCKS_DIFFER_MS;
}

/** Times that a delivery was requeued. */
export function redriveCount({ redrive }: Delivery): number {
  return redrive?.number ?? 0;
}

/** The start of a delivery's deadline, where it differs from the time of its event. ISO 8601, UTC. */
export function pendingSince({ redrive, owedSince }: Delivery): string | undefined {
  return redrive?.at ?? owedSince;
}

export function withoutPending(record: StoredRecord, eventId: string, channel: string): StoredRecord {
  return mapEntry(record, eventId, ({ [channel]: _ended, ...others }) => others);
}

export function withPending(
  record: StoredRecord,
  { event, channel, delivery }: PendingDelivery,
): StoredRecord {
  return mapEntry(record, event.id, (deliveries) => ({ ...deliveries, [channel]: delivery }));
}

/**
 * Adds deliveries of an event. One event has one entry: another channel may still wait for it.
 *
 * @param index of a new entry; default: the end
 */
export function withEntry(
  outbox: readonly OutboxEntry[],
  { event, deliveries }: OutboxEntry,
  index = outbox.length,
): readonly OutboxEntry[] {
  const same = outbox.findIndex((entry) => entry.event.id === event.id);
  const known = outbox[same];
  return known === undefined
    ? outbox.toSpliced(index, 0, { event, deliveries })
    : outbox.with(same, { ...known, deliveries: { ...known.deliveries, ...deliveries } });
}

function mapEntry(
  record: StoredRecord,
  eventId: string,
  change: (deliveries: OutboxEntry['deliveries']) => OutboxEntry['deliveries'],
): StoredRecord {
  const outbox = record.outbox.flatMap((entry) => {
    if (entry.event.id !== eventId) return [entry];
    const deliveries = change(entry.deliveries);
    return Object.keys(deliveries).length === 0 ? [] : [{ ...entry, deliveries }];
  });
  return { ...record, outbox };
}

/** Applies a change to every pending delivery. */
export function mapDeliveries(
  record: StoredRecord,
  change: (delivery: Delivery, channel: string) => Delivery,
): StoredRecord {
  const outbox = record.outbox.map((entry) => ({
    ...entry,
    deliveries: Object.fromEntries(
      Object.entries(entry.deliveries).map(([channel, delivery]) => [channel, change(delivery, channel)]),
    ),
  }));
  return { ...record, outbox };
}
