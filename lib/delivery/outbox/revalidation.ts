import type { Audience } from '../../channels/channel.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Update } from '../../migration/model/update.ts';
import { type Delivery, type RecordState, type StoredRecord, withStream } from '../../records/record.ts';
import { mayHaveDeadLetter } from './dead-letter-mark.ts';
import { deadLetterNames, expire, withdraw } from './endings.ts';
import { enqueue } from './enqueue.ts';
import { dueChannels, head, pendingDeliveryTo, withoutPending } from './outbox.ts';
import type { OutboxUpdate, PendingDelivery, Recipient, Routing } from './types.ts';

/**
 * The result of a revalidation: the event is `valid`; or it is `invalid`, and `why`; or it is true but too old to act
 * on, and is `reissued` as another event; or no look can decide now (`unknown`).
 */
export type Revalidation =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'reissued'; readonly event: MigrationEvent }
  | { readonly kind: 'unknown' };

/** The result at one state of the record: `stale` when another look changed the record since this one began. */
export type Finding = Revalidation | { readonly kind: 'stale' };

/** A finding, with all other changes that the look found. */
export interface Revalidated {
  readonly update: Update<Partial<RecordState>>;
  readonly result: Finding;
}

/** Compares an event with its record after the new look. Pure, since it is repeated when the record changes. */
export type Findings = (record: StoredRecord) => Revalidated;

/**
 * Looks again at what an event claims, right before it is sent to a program that may act on it.
 *
 * @param record of the event, as it is now
 * @param until when the looks must be over (`Clock.elapsed`)
 */
export type Revalidate = (event: MigrationEvent, record: StoredRecord, until: number) => Promise<Findings>;

/** An event with a time limit for acting on it is revalidated before a program gets it. */
export function needsRevalidation({ data }: MigrationEvent): boolean {
  return data.validUntil !== undefined;
}

/** Whether an event can be revalidated now, or needs no revalidation. Each tick looks at the task of an event first. */
export function mayRevalidate(
  event: MigrationEvent,
  { isLookedAt = () => true }: { readonly isLookedAt?: (event: MigrationEvent) => boolean },
): boolean {
  return !needsRevalidation(event) || isLookedAt(event);
}

/**
 * Whether an event that a program may act on is due.
 *
 * @param now milliseconds since the epoch
 */
export function hasActionDue(
  record: StoredRecord,
  channels: ReadonlyMap<string, Recipient>,
  now: number,
): boolean {
  const settingsOf = (name: string) => channels.get(name)?.settings;
  return dueChannels(record, new Date(now), settingsOf).some((name) => {
    const first = channels.get(name)?.audience === 'programs' ? head(record, name) : undefined;
    return first !== undefined && needsRevalidation(first.event);
  });
}

export interface RevalidationUpdate extends OutboxUpdate {
  readonly result: Finding;
}

export interface FindingsContext {
  readonly findings: Findings;
  routing(record: StoredRecord): Routing;
  readonly audience: Audience;
  readonly now: Date;
}

/**
 * Writes findings into the record; other events that the look found are enqueued for all channels. An invalid event is
 * withdrawn from the channel. A reissued one is replaced by its renewal, for this channel alone, with the time that the old
 * one had left. An unknown one waits until its deadline.
 */
export function applyFindings(
  record: StoredRecord,
  { event, channel }: { readonly event: MigrationEvent; readonly channel: string },
  { findings, routing, audience, now }: FindingsContext,
): RevalidationUpdate {
  const delivery = pendingDeliveryTo(record, event.id, channel);
  if (delivery === undefined) return { record, deadLetters: [], result: { kind: 'unknown' } };
  const { update, result } = findings(record);
  const { events } = update;
  const enqueued = enqueue(withStream(record, update.stream), events, routing(record), now);
  const applied = applyFinding(enqueued.record, { event, channel, delivery }, result, { audience, now });
  return { ...applied, deadLetters: [...enqueued.deadLetters, ...applied.deadLetters], events, result };
}

function applyFinding(
  record: StoredRecord,
  pending: PendingDelivery,
  finding: Finding,
  { audience, now }: { readonly audience: Audience; readonly now: Date },
): OutboxUpdate {
  const { event, channel } = pending;
  switch (finding.kind) {
    case 'valid':
      return { record, deadLetters: [] };
    case 'unknown':
    case 'stale':
      return expire(record, pending, { audience }, now);
    case 'invalid':
      return withdraw(record, event.id, channel, now);
    case 'reissued':
      return {
        record: withRenewal(withoutPending(record, event.id, channel), finding.event, pending),
        deadLetters: [],
        // The old event's dead letter must not be sent beside the renewal.
        toResolve: deadLetterNames(pending, mayHaveDeadLetter(record, event)),
      };
  }
}

/** The renewal takes over the attempts of the old event, and the start of its time to arrive. */
function withRenewal(
  record: StoredRecord,
  reissued: MigrationEvent,
  { event, channel, delivery: { attempts, history, redrive, owedSince } }: PendingDelivery,
): StoredRecord {
  const delivery: Delivery = {
    attempts,
    nextAttemptAt: reissued.time,
    history,
    owedSince: redrive?.at ?? owedSince ?? event.time,
  };
  return { ...record, outbox: [...record.outbox, { event: reissued, deliveries: { [channel]: delivery } }] };
}
