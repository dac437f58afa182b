import type { WatchRecord } from '../../migration/model/state.ts';
import { owedTo, type PendingDelivery, type Settled, settle } from './outbox.ts';
import type { JudgedOutcome } from './pace.ts';
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
  readonly outcome: JudgedOutcome;
  /** How many events the message told, of all records. */
  readonly events: number;
  /** When the attempt was over, and in [0, 1) what is drawn for it: all that one message told is due again together. */
  readonly now: Date;
  readonly random: number;
}

/** What an attempt made of its record. */
export function acknowledged(record: WatchRecord, acknowledgement: Acknowledgement): Settled {
  const { event, channel } = acknowledgement.sent;
  return settle(record, { ...acknowledgement, eventId: event.id, channel });
}

/** What attempts made of their record whose acknowledgements failed: one that was written after all changes nothing. */
export function acknowledgedAgain(record: WatchRecord, all: readonly Acknowledgement[]): Settled {
  let settled: Settled = { record, dead: [] };
  for (const acknowledgement of all) {
    if (isSettled(settled.record, acknowledgement)) continue;
    const { record: next, dead, letters = [] } = acknowledged(settled.record, acknowledgement);
    settled = {
      record: next,
      dead: [...settled.dead, ...dead],
      letters: [...(settled.letters ?? []), ...letters],
    };
  }
  return settled;
}

function isSettled(
  record: WatchRecord,
  { sent: { event, channel }, outcome, now }: Acknowledgement,
): boolean {
  const owed = owedTo(record, event.id, channel);
  if (owed === undefined) return outcome.class !== 'delivered' || hasArrived(record, event.id, channel);
  return owed.history.at(-1)?.at === now.toISOString();
}
