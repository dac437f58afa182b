import type { StoredRecord } from '../../records/record.ts';
import type { Store } from '../../store/store.ts';
import { type HeldDeadLetter, nextDeadLetter, type StoredDeadLetter } from '../dead-letters.ts';
import { deliveryName, pendingDeliveryTo } from '../outbox/outbox.ts';
import { hasArrived } from '../outbox/outcome/delivery-log.ts';
import { needsRevalidation } from '../outbox/revalidation.ts';
import type { DeliveryEnds } from './deliver-now.ts';
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
  arrived: 'it has arrived in the meantime',
  pending: 'it is still pending, and a tick delivers it',
  redriven: 'another run has put it back in the meantime',
  'no room': 'its record has too many pending deliveries; run this again when they are delivered',
  busy: 'other runs keep changing its record; run this again',
  missing: 'its record no longer exists',
  unreadable: 'its record is unreadable',
  newer: 'its record was written by a newer version; use that version',
};

export function skipped({ deadLetter }: HeldDeadLetter, why: string): RedriveResult {
  return { deadLetter, kind: 'skipped', why };
}

export function isRequeued(outcome: RequeueOutcome): outcome is 'requeued' | 'in progress' {
  return outcome === 'requeued' || outcome === 'in progress';
}

/** One record after its deliveries. */
export interface DeliveryView {
  readonly store: Store;
  readonly record: StoredRecord | undefined;
  readonly ends: DeliveryEnds;
  allows(channel: string): boolean;
}

/** The result of a delivery that was requeued. */
export async function resultOf(
  held: HeldDeadLetter,
  { store, record, ends, allows }: DeliveryView,
): Promise<RedriveResult> {
  const { deadLetter } = held;
  const { event, channel } = deadLetter;
  const delivery = record && pendingDeliveryTo(record, event.id, channel);
  if (delivery !== undefined) {
    const turn = needsRevalidation(event)
      ? 'its task is checked again before it is sent'
      : 'it waits for its turn';
    const untried = allows(channel) ? turn : 'its channel is paused after earlier failures';
    return { deadLetter, kind: 'pending', why: delivery.history.at(-1)?.reason ?? untried };
  }
  const isLogged = record !== undefined && hasArrived(record, event.id, channel);
  if (isLogged || ends.get(deliveryName(event.id, channel)) === 'delivered')
    return { deadLetter, kind: 'delivered' };
  const again = (await nextDeadLetter(store, held))?.deadLetter;
  if (again === undefined) return skipped(held, 'another run has dealt with it in the meantime');
  return { deadLetter, kind: 'dead', why: again.delivery.history.at(-1)?.reason ?? again.why };
}
