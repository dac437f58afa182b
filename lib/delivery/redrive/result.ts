import type { StoredRecord } from '../../records/record.ts';
import type { Store } from '../../store/store.ts';
import { type HeldDeadLetter, nextDeadLetter, type StoredDeadLetter } from '../dead-letters.ts';
import { hasArrived } from '../outbox/delivery-log.ts';
import { deliveryName, pendingTo } from '../outbox/outbox.ts';
import { needsRevalidation } from '../outbox/revalidation.ts';
import type { Ends } from './deliver-now.ts';
import type { RequeueOutcome } from './requeue-records.ts';

/**
 * The result for one dead letter: `delivered` · `pending` (requeued, and due in a next tick) · `dead` (it died again) ·
 * `possible` (a dry run would have requeued it) · `skipped`.
 */
export interface RedriveResult {
  readonly deadLetter: StoredDeadLetter;
  readonly kind: 'delivered' | 'pending' | 'dead' | 'possible' | 'skipped';
  /** In words, where there is something to say. */
  readonly why?: string;
}

/** Why a dead letter was not requeued, in words. */
export const WHY_NOT: Readonly<Record<Exclude<RequeueOutcome, 'requeued' | 'in progress'>, string>> = {
  arrived: 'it arrived meanwhile',
  pending: 'it is still pending, a tick delivers it',
  redriven: 'another run put it back meanwhile',
  'no room': 'its record owes too much already; run this again when that is delivered',
  busy: 'other runs keep writing its record; run this again',
  missing: 'its record does not exist any more',
  unreadable: 'its record is unreadable',
  newer: 'its record was written by a newer version; use that version',
};

export function skipped({ letter }: HeldDeadLetter, why: string): RedriveResult {
  return { deadLetter: letter, kind: 'skipped', why };
}

export function isOnItsWay(outcome: RequeueOutcome): outcome is 'requeued' | 'in progress' {
  return outcome === 'requeued' || outcome === 'in progress';
}

/** One record after its deliveries. */
export interface DeliveryView {
  readonly store: Store;
  readonly record: StoredRecord | undefined;
  readonly ends: Ends;
  allows(channel: string): boolean;
}

/** The result of a delivery that was requeued. */
export async function resultOf(
  held: HeldDeadLetter,
  { store, record, ends, allows }: DeliveryView,
): Promise<RedriveResult> {
  const { letter: deadLetter } = held;
  const { event, channel } = deadLetter;
  const delivery = record && pendingTo(record, event.id, channel);
  if (delivery !== undefined) {
    const turn = needsRevalidation(event)
      ? 'it is looked at again before it is sent'
      : 'it waits for its turn';
    const untried = allows(channel) ? turn : 'its channel rests after earlier trouble';
    return { deadLetter, kind: 'pending', why: delivery.history.at(-1)?.reason ?? untried };
  }
  const isLogged = record !== undefined && hasArrived(record, event.id, channel);
  if (isLogged || ends.get(deliveryName(event.id, channel)) === 'delivered')
    return { deadLetter, kind: 'delivered' };
  const again = (await nextDeadLetter(store, held))?.letter;
  if (again === undefined) return skipped(held, 'another run has settled it meanwhile');
  return { deadLetter, kind: 'dead', why: again.delivery.history.at(-1)?.reason ?? again.why };
}
