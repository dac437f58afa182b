import type { Delivery, StoredRecord } from '../../records/record.ts';
import type { HeldRecord } from '../../records/records.ts';
import { update } from '../../records/update.ts';
import type { Store } from '../../store/store.ts';
import { leasedUntil } from '../outbox/lease.ts';
import { mapDeliveries, pending } from '../outbox/outbox.ts';

/** A record whose deliveries are due; `leased` while another run delivers from it. */
export type DueResult =
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

/**
 * Makes the deliveries of a record to these channels due. A crash afterwards does no harm: the next tick sends them.
 *
 * @throws {StoreError}
 */
export async function makeDue(
  before: HeldRecord,
  { store, owner, now, isMeant }: MakeDue,
): Promise<DueResult> {
  const updated = await update(store, before, {
    change: (record) => {
      const until = leasedUntil(record, owner, now.getTime());
      return { until, record: until === undefined ? dueNow(record, isMeant, now) : record };
    },
  });
  if (updated.kind === 'busy') return { kind: 'busy' };
  if (updated.kind !== 'done') return { kind: 'gone' };
  const { until } = updated.change;
  return until === undefined ? { kind: 'due', held: updated.held } : { kind: 'leased', until };
}

/** @returns the same record when no delivery waits */
function dueNow(record: StoredRecord, isMeant: (channel: string) => boolean, now: Date): StoredRecord {
  const isWaiting = (delivery: Delivery, channel: string): boolean =>
    isMeant(channel) && delivery.attempts > 0 && Date.parse(delivery.nextAttemptAt) > now.getTime();
  if (!pending(record).some((one) => isWaiting(one.delivery, one.channel))) return record;
  const nextAttemptAt = now.toISOString();
  return mapDeliveries(record, (delivery, channel) =>
    isWaiting(delivery, channel) ? { ...delivery, nextAttemptAt } : delivery,
  );
}
