import type { WatchRecord } from '../../migration/model/state.ts';
import { type HeldRecord, readRecord, saveRecord } from '../../records/records.ts';
import type { Store } from '../../store/store.ts';
import { leasedUntil } from '../outbox/lease.ts';

/** A record whose deliveries are due; `leased` while another run delivers from it, which is left alone. */
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

/** How often it is tried again on top of what other runs wrote meanwhile. */
const MOST_CONFLICTS = 5;

/**
 * Ends the waits of what a record owes to these channels. Whoever dies afterwards has done no harm: the next tick tells it.
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
function dueNow(record: WatchRecord, isMeant: (channel: string) => boolean, now: Date): WatchRecord {
  let waiting = 0;
  const at = now.toISOString();
  const outbox = record.outbox.map((entry) => ({
    ...entry,
    deliveries: Object.fromEntries(
      Object.entries(entry.deliveries).map(([channel, delivery]) => {
        const isWaiting =
          isMeant(channel) && delivery.attempts > 0 && Date.parse(delivery.nextAttemptAt) > now.getTime();
        if (!isWaiting) return [channel, delivery];
        waiting += 1;
        return [channel, { ...delivery, nextAttemptAt: at }];
      }),
    ),
  }));
  return waiting === 0 ? record : { ...record, outbox };
}
