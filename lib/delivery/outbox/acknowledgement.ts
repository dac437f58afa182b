import type { Audience } from '../../channels/channel.ts';
import type { StoredRecord } from '../../records/record.ts';
import type { ClassifiedOutcome } from './backoff/pace.ts';
import { hasArrived } from './delivery-log.ts';
import { pendingTo } from './outbox.ts';
import { applyOutcome } from './outcome.ts';
import type { OutboxUpdate, PendingDelivery } from './types.ts';

/** The outcome of one attempt, for one of its events. */
export interface Acknowledgement {
  /** The delivery as it was sent. */
  readonly sent: PendingDelivery;
  readonly audience: Audience;
  /** Fingerprint of the channel's settings. */
  readonly settings: string;
  readonly outcome: ClassifiedOutcome;
  /** Events in the message, of all records. */
  readonly events: number;
  /** When the attempt was over. */
  readonly now: Date;
  /** In [0, 1), drawn once per attempt: all events of one message are due again together. */
  readonly random: number;
}

export function applyAcknowledgement(record: StoredRecord, acknowledgement: Acknowledgement): OutboxUpdate {
  const { event, channel } = acknowledgement.sent;
  return applyOutcome(record, { ...acknowledgement, eventId: event.id, channel });
}

/** Applies acknowledgements whose writes failed; one that was written after all changes nothing. */
export function reapplyAcknowledgements(record: StoredRecord, all: readonly Acknowledgement[]): OutboxUpdate {
  let update: OutboxUpdate = { record, deadLetters: [] };
  for (const acknowledgement of all) {
    if (isApplied(update.record, acknowledgement)) continue;
    const next = applyAcknowledgement(update.record, acknowledgement);
    update = {
      record: next.record,
      deadLetters: [...update.deadLetters, ...next.deadLetters],
      toResolve: [...(update.toResolve ?? []), ...(next.toResolve ?? [])],
    };
  }
  return update;
}

function isApplied(
  record: StoredRecord,
  { sent: { event, channel }, outcome, now }: Acknowledgement,
): boolean {
  const delivery = pendingTo(record, event.id, channel);
  if (delivery === undefined) return outcome.class !== 'delivered' || hasArrived(record, event.id, channel);
  return delivery.history.at(-1)?.at === now.toISOString();
}
