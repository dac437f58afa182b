import type { Delivery, StoredRecord } from '../../records/record.ts';
import { type HeldRecord, readRecord, saveRecord } from '../../records/records.ts';
import type { Store } from '../../store/store.ts';
import { leasedUntil } from '../outbox/lease.ts';
import { mapDeliveries, pending } from '../outbox/outbox.ts';

/** A record whose deliveries are due; `leased` while another run delivers from it. */
export type MadeDue =
  | { readonly kind: 'due'; readonly held: HeldRecord }
  | { readonly kind: 'leased'; readonly until: string }
  | { readonly kind: 'gone' | 'busy' };

interface MakeDue {
  readonly store: Store;
  /** Names this run in leases. */
  readonly owner: string;
  readonly now: Date;
  isMeant(channel: string): boolean;
}

/** Writes are tried again so often on top of what other runs wrote meanwhile. */
const MOST_CONFLICTS = 5;

/**
 * Makes the deliveries of a record to these channels due. A crash afterwards does no harm: the next tick sends them.
 *
 * @throws {StoreError}
 */
export async function makeDue(before: HeldRecord, { store, owner, now, isMeant }: MakeDue): Promise<MadeDue> {
  let held = before;
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const until = leasedUntil(held.record, owner, now.getTime());
    if (until !== undefined) return { kind: 'leased', until };
    const record = dueNow(held.record, isMeant, now);
    if (record === held.record) return { kind: 'due', held };
    const saved = await saveRecord(store, held, record);
    if (saved !== undefined) return { kind: 'due', held: saved };
    const read = await readRecord(store, held.key);
    if (read.kind !== 'record') return { kind: 'gone' };
    held = read.held;
  }
  return { kind: 'busy' };
}

/** @returns the same record when nothing waits */
function dueNow(record: StoredRecord, isMeant: (channel: string) => boolean, now: Date): StoredRecord {
  const isWaiting = (delivery: Delivery, channel: string): boolean =>
    isMeant(channel) && delivery.attempts > 0 && Date.parse(delivery.nextAttemptAt) > now.getTime();
  if (!pending(record).some((one) => isWaiting(one.delivery, one.channel))) return record;
  const nextAttemptAt = now.toISOString();
  return mapDeliveries(record, (delivery, channel) =>
    isWaiting(delivery, channel) ? { ...delivery, nextAttemptAt } : delivery,
  );
}
