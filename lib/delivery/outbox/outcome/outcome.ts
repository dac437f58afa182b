import { defined } from '../../../base/defined.ts';
import type { Audience, Outcome } from '../../../channels/channel.ts';
import type { Attempt, Delivery, StoredRecord } from '../../../records/record.ts';
import { type ClassifiedOutcome, isRateLimited } from '../backoff/pace.ts';
import { deadlineOf, retryDelayMs } from '../backoff/retry-policy.ts';
import { holdOf } from '../batching/hold.ts';
import { mayHaveDeadLetter } from '../dead-letter-mark.ts';
import { deadLetter, deadLetterNames, isPastDeadline } from '../endings.ts';
import { findPending, mapDeliveries, pending, pendingSince, withoutPending, withPending } from '../outbox.ts';
import type { OutboxUpdate, PendingDelivery, Readers } from '../types.ts';
import { inBrief, logDelivery } from './delivery-log.ts';
import { withReceipt } from './receipts.ts';

/** Attempts that are kept of one delivery. */
const HISTORY_LENGTH = 10;
/** Attempts that are kept in one record: some hundred bytes each, also when a dozen chats fail for days. */
const HISTORIES_LENGTH = 320;

/** One attempt to deliver one event. */
export interface AttemptedDelivery extends Readers {
  readonly eventId: string;
  readonly channel: string;
  readonly outcome: ClassifiedOutcome;
  /** When the attempt was over. */
  readonly now: Date;
  /** In [0, 1), drawn once per attempt: all events of one message are due again together. */
  readonly random: number;
  /** Events in the message, of all records. Default: 1. */
  readonly events?: number;
  /** The delivery as it was sent. A full outbox may have dropped it since, as a dead letter. */
  readonly sent?: PendingDelivery;
  /** Fingerprint of the channel's settings. */
  readonly settings?: string;
  /** Fingerprint of the place that its receipts belong to; absent: that of the settings. */
  readonly receiptKey?: string;
}

/**
 * Writes the outcome of one attempt into the record: a delivery that arrived leaves the outbox, one that was refused or
 * is past its deadline becomes a dead letter, any other is due again later.
 */
export function applyOutcome(before: StoredRecord, attempt: AttemptedDelivery): OutboxUpdate {
  const record = withReceiptOf(before, attempt);
  const { eventId, channel, outcome } = attempt;
  const known = findPending(record, eventId, channel);
  if (outcome.class === 'delivered') return delivered(record, known, attempt);
  return known === undefined ? { record, deadLetters: [] } : failed(record, known, attempt);
}

/** Keeps the receipt of a failed attempt too, because the chat may show a part of the message. */
function withReceiptOf(
  record: StoredRecord,
  { channel, settings, receiptKey = settings, outcome }: AttemptedDelivery,
): StoredRecord {
  const { receipt } = outcome;
  return receipt === undefined || receiptKey === undefined
    ? record
    : withReceipt(record, channel, { settings: receiptKey, receipt });
}

function delivered(
  record: StoredRecord,
  known: PendingDelivery | undefined,
  attempt: AttemptedDelivery,
): OutboxUpdate {
  const { eventId, channel, outcome, now, events = 1, sent } = attempt;
  const arrived = known ?? sent;
  if (arrived === undefined) return { record, deadLetters: [] };
  const mayBeDead =
    known === undefined || isPastDeadline(arrived, attempt, now) || mayHaveDeadLetter(record, arrived.event);
  const toResolve = deadLetterNames(arrived, mayBeDead);
  return defined({
    record: logDelivery(withoutPending(record, eventId, channel), arrived, outcome, { events, now }),
    deadLetters: [],
    toResolve: toResolve.length > 0 ? toResolve : undefined,
  });
}

function failed(
  record: StoredRecord,
  { event, channel, delivery }: PendingDelivery,
  attempt: AttemptedDelivery,
): OutboxUpdate {
  const { audience, outcome, now, random, settings } = attempt;
  const deadline = deadlineOf(event, audience, pendingSince(delivery), holdOf(attempt, event));
  const counted = { ...delivery, ...countsAfter(delivery, outcome) };
  const delayMs = delayAfter(counted, { audience, outcome, random });
  const attempted: PendingDelivery = {
    event,
    channel,
    delivery: {
      ...counted,
      // The last attempt is made at the deadline, not when the next wait would be too long.
      nextAttemptAt: new Date(Math.min(now.getTime() + delayMs, deadline)).toISOString(),
      history: [...inBrief(delivery.history), attemptOf(outcome, now)].slice(-HISTORY_LENGTH),
      ...defined<Partial<Delivery>>({ settings }),
    },
  };
  const isRefused = outcome.class === 'permanent';
  if (!isRefused && now.getTime() < deadline) {
    return { record: withShortHistories(withPending(record, attempted)), deadLetters: [] };
  }
  const why = isRefused ? 'refused' : 'deadline';
  return {
    record: withoutPending(record, event.id, channel),
    deadLetters: [deadLetter(attempted, why, now)],
  };
}

type Counts = { readonly attempts: number; readonly tooSoon?: number };

function countsAfter({ attempts, tooSoon = 0 }: Counts, outcome: Outcome): Counts {
  return isRateLimited(outcome)
    ? { attempts: attempts + 1, tooSoon: tooSoon + 1 }
    : { attempts: attempts + 1 };
}

/** With a broken channel or a rate limit the channel waits, not the event: the event is due once the circuit closes. */
function delayAfter(
  { attempts, tooSoon = 0 }: Counts,
  {
    audience,
    outcome,
    random,
  }: { readonly audience: Audience; readonly outcome: Outcome; readonly random: number },
): number {
  if (outcome.class === 'broken' || isRateLimited(outcome)) return 0;
  return retryDelayMs({ audience, attempts: attempts - tooSoon, retryAfterMs: outcome.retryAfterMs, random });
}

function attemptOf({ class: outcomeClass, reason, explanation, status, ms }: Outcome, now: Date): Attempt {
  return defined({ at: now.toISOString(), class: outcomeClass, reason, explanation, status, ms });
}

/** Leaves each delivery the same number of last attempts when the record has too many. */
function withShortHistories(record: StoredRecord): StoredRecord {
  const all = pending(record).map(({ delivery }) => delivery);
  const kept = all.reduce((sum, { history }) => sum + history.length, 0);
  if (kept <= HISTORIES_LENGTH) return record;
  const each = Math.floor(HISTORIES_LENGTH / all.length);
  return mapDeliveries(record, (delivery: Delivery) => ({
    ...delivery,
    history: delivery.history.slice(Math.max(0, delivery.history.length - each)),
  }));
}
