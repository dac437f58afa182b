import type { MigrationEvent } from '../../events/event.ts';
import type { Delivery, OutboxEntry, StoredRecord } from '../../records/record.ts';
import { mergeEventsFor, mergeIntoNext } from './batching/merge.ts';
import { deadLetter } from './endings.ts';
import { pendingOf } from './outbox.ts';
import { withNewReminders } from './reminders.ts';
import type { OutboxUpdate, PendingDelivery, Routing } from './types.ts';

/** Bounds of one record's outbox. With the size of an event they stay far below the 400 KB of a DynamoDB item. */
export const OUTBOX_EVENTS = 64;
export const OUTBOX_BYTES = 200_000;

type IsForPeople = NonNullable<Routing['isForPeople']>;

/**
 * Puts events into the outbox, one delivery for each channel that accepts them. An event that no channel accepts is
 * dropped. When the outbox is nearly full, deliveries to chats are merged.
 *
 * @returns the record, and the oldest deliveries that had no room left, as dead letters
 */
export function enqueue(
  record: StoredRecord,
  events: readonly MigrationEvent[],
  // Mutant survives, `() => false` → `() => undefined`: either way no channel is for people.
  { to, isForPeople = () => false, remindEvery = () => undefined }: Routing,
  now: Date,
): OutboxUpdate {
  const added = events.flatMap((event): OutboxEntry[] => {
    const names = to(event);
    if (names.length === 0) return [];
    const fresh: Delivery = { attempts: 0, nextAttemptAt: event.time, history: [] };
    return [{ event, deliveries: Object.fromEntries(names.map((name) => [name, fresh])) }];
  });
  const enqueued = { ...record, outbox: [...record.outbox, ...added] };
  return bounded(withNewReminders(enqueued, added, remindEvery), isForPeople, now);
}

/** Whether another run may already be storing the oldest deliveries of this record as dead letters. */
export function isNearlyFull({ outbox }: StoredRecord): boolean {
  return outbox.length > OUTBOX_EVENTS / 2 || Buffer.byteLength(JSON.stringify(outbox)) > OUTBOX_BYTES / 2;
}

function bounded(record: StoredRecord, isForPeople: IsForPeople, now: Date): OutboxUpdate {
  if (!isNearlyFull(record)) return { record, deadLetters: [] };
  const names = new Set(record.outbox.flatMap(({ deliveries }) => Object.keys(deliveries)));
  const chats = [...names].filter(isForPeople);
  let outbox = chats.reduce(mergeEventsFor, record.outbox);
  const dropped: PendingDelivery[] = [];
  const sizes = new Map<OutboxEntry, number>();
  while (outbox.length > 1 && isFull(outbox, sizes)) {
    const index = indexToDrop(outbox, isForPeople);
    // A chat's next message, if there is one, counts the dropped event.
    const rest = chats.reduce((left, chat) => mergeIntoNext(left, index, chat), outbox);
    dropped.push(...rest.slice(index, index + 1).flatMap(pendingOf));
    outbox = rest.toSpliced(index, 1);
  }
  return {
    record: { ...record, outbox },
    deadLetters: dropped.map((one) => deadLetter(one, 'overflow', now)),
  };
}

function isFull(outbox: readonly OutboxEntry[], sizes: Map<OutboxEntry, number>): boolean {
  if (outbox.length > OUTBOX_EVENTS) return true;
  let bytes = 0;
  for (const entry of outbox) {
    const size = sizes.get(entry) ?? Buffer.byteLength(JSON.stringify(entry));
    // Mutant survives, `sizes.set(entry, size);` → `;`: what is not remembered is measured again.
    sizes.set(entry, size);
    bytes += size;
  }
  return bytes > OUTBOX_BYTES;
}

/**
 * The place of the entry to drop: the oldest one for programs alone, since chats have few full entries, or else the
 * oldest. Never the newest.
 */
function indexToDrop(outbox: readonly OutboxEntry[], isForPeople: IsForPeople): number {
  const isForPrograms = ({ deliveries }: OutboxEntry) => !Object.keys(deliveries).some(isForPeople);
  const oldest = outbox.slice(0, -1).findIndex(isForPrograms);
  return Math.max(0, oldest);
}
