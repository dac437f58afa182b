import type { OutboxEntry, WatchRecord } from '../../migration/model/state.ts';
import { hasArrived } from './delivery-log.ts';
import { OUTBOX_BYTES } from './enqueue.ts';
import { pendingTo, redriveCount } from './outbox.ts';
import type { DeadLetter } from './types.ts';

/**
 * What a dead letter is, seen from its record:
 * `requeued` (into this new state of the record) · `in progress` (it was put back before) · `arrived` (meanwhile) ·
 * `pending` (still, or again, since before it was buried: whoever buries it has not let go of it yet) ·
 * `no room` (its record owes too much already).
 */
export type RequeueResult =
  | { readonly kind: 'requeued'; readonly record: WatchRecord }
  | { readonly kind: 'in progress' | 'arrived' | 'pending' | 'no room' };

/**
 * Half of what an outbox holds. What happens from now on finds the other half free, so that old news never makes a
 * healthy channel's deliveries dead letters.
 */
const MOST_EVENTS = 32;
const MOST_BYTES = OUTBOX_BYTES / 2;

/**
 * Puts a dead letter back among what its record owes, in its place in the order of events, due at once, with all
 * attempts and all the time that a new delivery has. Doing it again changes nothing.
 */
export function requeue(
  record: WatchRecord,
  { event, channel, delivery }: DeadLetter,
  now: Date,
): RequeueResult {
  const owed = pendingTo(record, event.id, channel);
  if (owed !== undefined)
    return { kind: redriveCount(owed) > redriveCount(delivery) ? 'in progress' : 'pending' };
  if (hasArrived(record, event.id, channel)) return { kind: 'arrived' };
  const at = now.toISOString();
  const redrive = { number: redriveCount(delivery) + 1, at };
  const { merged } = delivery;
  const anew = { attempts: 0, nextAttemptAt: at, history: [], redrive, ...(merged && { merged }) };
  const fresh: OutboxEntry = { event, deliveries: { [channel]: anew } };
  const outbox = inPlace(record.outbox, fresh);
  return hasRoom(record.outbox, outbox)
    ? { kind: 'requeued', record: { ...record, outbox } }
    : { kind: 'no room' };
}

function inPlace(outbox: readonly OutboxEntry[], fresh: OutboxEntry): readonly OutboxEntry[] {
  const same = outbox.findIndex(({ event }) => event.id === fresh.event.id);
  const known = outbox[same];
  if (known !== undefined) {
    return outbox.with(same, { ...known, deliveries: { ...known.deliveries, ...fresh.deliveries } });
  }
  const later = outbox.findIndex(({ event }) => event.sequence > fresh.event.sequence);
  return outbox.toSpliced(later === -1 ? outbox.length : later, 0, fresh);
}

/** An event that is owed anyway, to another channel, needs no room of its own. */
function hasRoom(before: readonly OutboxEntry[], after: readonly OutboxEntry[]): boolean {
  const bytes = after.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
  if (after.length === before.length) return bytes <= OUTBOX_BYTES;
  return after.length === 1 || (after.length <= MOST_EVENTS && bytes <= MOST_BYTES);
}
