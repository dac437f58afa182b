import type { StoredRecord } from '../../../records/record.ts';
import { pendingDeliveryTo } from '../outbox.ts';
import type { OutboxUpdate } from '../types.ts';
import { hasArrived } from './delivery-log.ts';
import { type AttemptedDelivery, applyOutcome } from './outcome.ts';

/** Applies acknowledgements whose writes failed. One that reached the store after all changes nothing. */
export function reapplyAcknowledgements(
  record: StoredRecord,
  all: readonly AttemptedDelivery[],
): OutboxUpdate {
  let update: OutboxUpdate = { record, deadLetters: [] };
  for (const acknowledgement of all) {
    if (isApplied(update.record, acknowledgement)) continue;
    const next = applyOutcome(update.record, acknowledgement);
    update = {
      record: next.record,
      deadLetters: [...update.deadLetters, ...next.deadLetters],
      toResolve: [...(update.toResolve ?? []), ...(next.toResolve ?? [])],
    };
  }
  return update;
}

function isApplied(record: StoredRecord, { eventId, channel, outcome, now }: AttemptedDelivery): boolean {
  const delivery = pendingDeliveryTo(record, eventId, channel);
  if (delivery === undefined) return outcome.class !== 'delivered' || hasArrived(record, eventId, channel);
  return delivery.history.at(-1)?.at === now.toISOString();
}
