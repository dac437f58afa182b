import { defined } from '../../base/defined.ts';
import type { Delivery, OutboxEntry, StoredRecord } from '../../records/record.ts';
import { OUTBOX_BYTES } from './enqueue.ts';
import { pendingDeliveryTo, redriveCount, withEntry } from './outbox.ts';
import { hasArrived } from './outcome/delivery-log.ts';
import type { DeadLetter } from './types.ts';

/**
 * The result at the record of a dead letter: `requeued` (into this new state) · `in progress` (it was requeued before) ·
 * `arrived` (meanwhile) · `pending` (the run that stored the dead letter has not let go of the delivery) · `no room` (the
 * outbox is too full).
 */
export type RequeueResult =
  | { readonly kind: 'requeued'; readonly record: StoredRecord }
  | { readonly kind: 'in progress' | 'arrived' | 'pending' | 'no room' };

/**
 * Requeued events fill half of an outbox at most. New events have the other half, so that old ones never push out
 * deliveries to a healthy channel.
 */
const MOST_EVENTS = 32;
const MOST_BYTES = OUTBOX_BYTES / 2;

/**
 * Puts a dead letter back into the outbox, in the order of events. It is due at once, with the attempts and the
 * deadline of a new delivery. Requeuing it twice changes nothing.
 */
export function requeue(
  record: StoredRecord,
  { event, channel, delivery }: DeadLetter,
  now: Date,
): RequeueResult {
  const known = pendingDeliveryTo(record, event.id, channel);
  if (known !== undefined) {
    return { kind: redriveCount(known) > redriveCount(delivery) ? 'in progress' : 'pending' };
  }
  if (hasArrived(record, event.id, channel)) return { kind: 'arrived' };
  const at = now.toISOString();
  const redrive = { number: redriveCount(delivery) + 1, at };
  const { merged } = delivery;
  const anew: Delivery = defined({ attempts: 0, nextAttemptAt: at, history: [], redrive, merged });
  const fresh: OutboxEntry = { event, deliveries: { [channel]: anew } };
  const later = record.outbox.findIndex((entry) => entry.event.sequence > event.sequence);
  const outbox = withEntry(record.outbox, fresh, later === -1 ? undefined : later);
  return hasRoom(record.outbox, outbox)
    ? { kind: 'requeued', record: { ...record, outbox } }
    : { kind: 'no room' };
}

/** An event that is already pending for another channel needs no further room. */
function hasRoom(before: readonly OutboxEntry[], after: readonly OutboxEntry[]): boolean {
  const bytes = after.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
  if (after.length === before.length) return bytes <= OUTBOX_BYTES;
  return after.length === 1 || (after.length <= MOST_EVENTS && bytes <= MOST_BYTES);
}
