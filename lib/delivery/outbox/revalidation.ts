import type { Clock } from '../../base/clock.ts';
import type { Audience, Channel } from '../../channels/channel.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Delivery, WatchRecord } from '../../migration/model/state.ts';
import type { Noticed } from '../../migration/model/update.ts';
import { mayHaveDeadLetter } from './dead-letter-mark.ts';
import { deadLetterNames, expire, withdraw } from './endings.ts';
import { enqueue } from './enqueue.ts';
import { dueChannels, head, pendingTo, withoutPending } from './outbox.ts';
import type { OutboxUpdate, PendingDelivery } from './types.ts';

/**
 * What a second look at an event says: it `stands`; it is `untrue`, and `why`; it is true but was said too long ago to
 * rest an action on, so that the same word is `renewed` by another event; it is `unknown` now; or the look was
 * `overtaken` by somebody who saw something else since it began, so that it says nothing.
 */
export type Revalidation =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'reissued'; readonly event: MigrationEvent }
  | { readonly kind: 'unknown' | 'stale' };

/** A verdict, with everything that the second look noticed. */
export interface Revalidated {
  readonly noticed: Noticed;
  readonly result: Revalidation;
}

/** Judges an event against its record with what was just seen. Pure, for it is repeated when the record changes. */
export type Findings = (record: WatchRecord) => Revalidated;

/**
 * Looks again at what an event claims, right before it is sent to a program that may act on it.
 *
 * @param record that owes it, as it is now
 * @param until when the answers must be there ({@link Clock.elapsed})
 */
export type Revalidate = (event: MigrationEvent, record: WatchRecord, until: number) => Promise<Findings>;

/** An event that says until when an action may rest on it is looked at again before a program gets it. */
export function needsRevalidation({ data }: MigrationEvent): boolean {
  return data.validUntil !== undefined;
}

/**
 * Whether a program is to be told now what it may act on.
 *
 * @param now milliseconds since the epoch
 */
export function hasActionDue(
  record: WatchRecord,
  channels: ReadonlyMap<string, Pick<Channel, 'audience' | 'settings'>>,
  now: number,
): boolean {
  const settingsOf = (name: string) => channels.get(name)?.settings;
  return dueChannels(record, new Date(now), settingsOf).some((name) => {
    const first = channels.get(name)?.audience === 'programs' ? head(record, name) : undefined;
    return first !== undefined && needsRevalidation(first.event);
  });
}

/** What a review made of a record. */
export interface RevalidationUpdate extends OutboxUpdate {
  readonly result: Revalidation;
}

/**
 * Writes a review into the record: what it noticed is owed to all channels as always. An event that is no longer true is
 * withdrawn from the channel; one that is true but too old makes room for its renewal, for this channel alone, with the
 * time that the old one had left. One that nobody can tell about waits, but not for ever.
 */
export function applyFindings(
  record: WatchRecord,
  { event, channel }: Pick<PendingDelivery, 'event' | 'channel'>,
  { findings, routes, isForPeople, remindEvery, audience, now }: FindingsContext,
): RevalidationUpdate {
  const delivery = pendingTo(record, event.id, channel);
  if (delivery === undefined) return { record, deadLetters: [], result: { kind: 'unknown' } };
  const { noticed, result } = findings(record);
  const { events } = noticed;
  const routing = {
    to: (one: MigrationEvent) => routes(one, record),
    ...(isForPeople && { isForPeople }),
    ...(remindEvery && { remindEvery }),
  };
  const noted = enqueue(noticed.record, events, routing, now);
  const settled = settleVerdict(noted.record, { event, channel, delivery }, result, audience, now);
  return { ...settled, deadLetters: [...noted.deadLetters, ...settled.deadLetters], events, result };
}

export interface FindingsContext {
  readonly findings: Findings;
  /** The channels that are to be told an event of a record. */
  routes(event: MigrationEvent, record: WatchRecord): readonly string[];
  isForPeople?(channel: string): boolean;
  remindEvery?(channel: string): number | undefined;
  readonly audience: Audience;
  readonly now: Date;
}

function settleVerdict(
  record: WatchRecord,
  owed: PendingDelivery,
  verdict: Revalidation,
  audience: Audience,
  now: Date,
): OutboxUpdate {
  const { event, channel } = owed;
  switch (verdict.kind) {
    case 'valid':
      return { record, deadLetters: [] };
    case 'unknown':
    case 'stale':
      return expire(record, owed, audience, now);
    case 'invalid':
      return withdraw(record, event.id, channel, now);
    case 'reissued':
      return {
        record: withRenewal(withoutPending(record, event.id, channel), verdict.event, owed),
        deadLetters: [],
        // Its letter must not be sent again beside the renewal.
        toResolve: deadLetterNames(owed, mayHaveDeadLetter(record, event)),
      };
  }
}

/** It takes over the attempts of the old one, and the moment from which its time to arrive counts. */
function withRenewal(
  record: WatchRecord,
  renewed: MigrationEvent,
  { event, channel, delivery: { attempts, history, redrive, owedSince } }: PendingDelivery,
): WatchRecord {
  const delivery: Delivery = {
    attempts,
    nextAttemptAt: renewed.time,
    history,
    owedSince: redrive?.at ?? owedSince ?? event.time,
  };
  return { ...record, outbox: [...record.outbox, { event: renewed, deliveries: { [channel]: delivery } }] };
}
