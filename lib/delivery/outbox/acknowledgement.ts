import type { WatchRecord } from '../../migration/model/state.ts';
import { applyOutcome, type OutboxUpdate, type PendingDelivery, pendingTo } from './outbox.ts';
import type { ClassifiedOutcome } from './pace.ts';
import { hasArrived } from './requeue.ts';
import type { Kind } from './retry-policy.ts';

/** What became of one event in one attempt. */
export interface Acknowledgement {
  /** As it was sent. */
  readonly sent: PendingDelivery;
  readonly kind: Kind;
  /** Of the channel. */
  readonly settings: string;
  /** Of the message. */
  readonly outcome: ClassifiedOutcome;
  /** How many events the message told, of all records. */
  readonly events: number;
  /** When the attempt was over, and in [0, 1) what is drawn for it: all that one message told is due again together. */
  readonly now: Date;
  readonly random: number;
}

/** What an attempt made of its record. */
export function applyAcknowledgement(record: WatchRecord, acknowledgement: Acknowledgement): OutboxUpdate {
  const { event, channel } = acknowledgement.sent;
  return applyOutcome(record, { ...acknowledgement, eventId: event.id, channel });
}

/** What attempts made of their record whose acknowledgements failed: one that was written after all changes nothing. */
export function reapplyAcknowledgements(record: WatchRecord, all: readonly Acknowledgement[]): OutboxUpdate {
  let settled: OutboxUpdate = { record, deadLetters: [] };
  for (const acknowledgement of all) {
    if (isSettled(settled.record, acknowledgement)) continue;
    const {
      record: next,
      deadLetters: dead,
      toResolve: letters = [],
    } = applyAcknowledgement(settled.record, acknowledgement);
    settled = {
      record: next,
      deadLetters: [...settled.deadLetters, ...dead],
      toResolve: [...(settled.toResolve ?? []), ...letters],
    };
  }
  return settled;
}

function isSettled(
  record: WatchRecord,
  { sent: { event, channel }, outcome, now }: Acknowledgement,
): boolean {
  const owed = pendingTo(record, event.id, channel);
  if (owed === undefined) return outcome.class !== 'delivered' || hasArrived(record, event.id, channel);
  return owed.history.at(-1)?.at === now.toISOString();
}
