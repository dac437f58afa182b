import type { Clock } from '../../base/clock.ts';
import type { Channel } from '../../channels/channel.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Delivery, WatchRecord } from '../../migration/model/state.ts';
import type { Noticed } from '../../migration/model/update.ts';
import { isInDoubt } from './dead-letter-mark.ts';
import {
  dueChannels,
  expire,
  head,
  lettersOf,
  owe,
  owedTo,
  type PendingDelivery,
  type Settled,
  superseded,
  withdraw,
} from './outbox.ts';
import type { Kind } from './retry-policy.ts';

/**
 * What a second look at an event says: it `stands`; it is `untrue`, and `why`; it is true but was said too long ago to
 * rest an action on, so that the same word is `renewed` by another event; it is `unknown` now; or the look was
 * `overtaken` by somebody who saw something else since it began, so that it says nothing.
 */
export type Verdict =
  | { readonly kind: 'stands' }
  | { readonly kind: 'untrue'; readonly why: string }
  | { readonly kind: 'renewed'; readonly event: MigrationEvent }
  | { readonly kind: 'unknown' | 'overtaken' };

/** A verdict, with everything that the second look noticed. */
export interface Reviewed {
  readonly noticed: Noticed;
  readonly verdict: Verdict;
}

/** Judges an event against its record with what was just seen. Pure, for it is repeated when the record changes. */
export type Review = (record: WatchRecord) => Reviewed;

/**
 * Looks again at what an event claims, right before it is sent to a program that may act on it.
 *
 * @param record that owes it, as it is now
 * @param until when the answers must be there ({@link Clock.elapsed})
 */
export type LookAgain = (event: MigrationEvent, record: WatchRecord, until: number) => Promise<Review>;

/** An event that says until when an action may rest on it is looked at again before a program gets it. */
export function needsReview({ data }: MigrationEvent): boolean {
  return data.validUntil !== undefined;
}

/**
 * Whether a program is to be told now what it may act on.
 *
 * @param now milliseconds since the epoch
 */
export function owesAction(
  record: WatchRecord,
  channels: ReadonlyMap<string, Pick<Channel, 'kind' | 'settings'>>,
  now: number,
): boolean {
  const settingsOf = (name: string) => channels.get(name)?.settings;
  return dueChannels(record, new Date(now), settingsOf).some((name) => {
    const first = channels.get(name)?.kind === 'webhook' ? head(record, name) : undefined;
    return first !== undefined && needsReview(first.event);
  });
}

/** What a review made of a record. */
export interface SettledReview extends Settled {
  readonly verdict: Verdict;
}

/**
 * Writes a review into the record: what it noticed is owed to all channels as always. An event that is no longer true is
 * withdrawn from the channel; one that is true but too old makes room for its renewal, for this channel alone, with the
 * time that the old one had left. One that nobody can tell about waits, but not for ever.
 */
export function settleReview(
  record: WatchRecord,
  { event, channel }: Pick<PendingDelivery, 'event' | 'channel'>,
  { review, routes, isChat, remindEvery, kind, now }: ReviewInput,
): SettledReview {
  const delivery = owedTo(record, event.id, channel);
  if (delivery === undefined) return { record, dead: [], verdict: { kind: 'unknown' } };
  const { noticed, verdict } = review(record);
  const { events } = noticed;
  const routing = {
    to: (one: MigrationEvent) => routes(one, record),
    ...(isChat && { isChat }),
    ...(remindEvery && { remindEvery }),
  };
  const noted = owe(noticed.record, events, routing, now);
  const settled = settleVerdict(noted.record, { event, channel, delivery }, verdict, kind, now);
  return { ...settled, dead: [...noted.dead, ...settled.dead], events, verdict };
}

export interface ReviewInput {
  readonly review: Review;
  /** The channels that are to be told an event of a record. */
  routes(event: MigrationEvent, record: WatchRecord): readonly string[];
  isChat?(channel: string): boolean;
  remindEvery?(channel: string): number | undefined;
  readonly kind: Kind;
  readonly now: Date;
}

function settleVerdict(
  record: WatchRecord,
  owed: PendingDelivery,
  verdict: Verdict,
  kind: Kind,
  now: Date,
): Settled {
  const { event, channel } = owed;
  switch (verdict.kind) {
    case 'stands':
      return { record, dead: [] };
    case 'unknown':
    case 'overtaken':
      return expire(record, owed, kind, now);
    case 'untrue':
      return withdraw(record, event.id, channel, now);
    case 'renewed':
      return {
        record: withRenewal(superseded(record, event.id, channel), verdict.event, owed),
        dead: [],
        // Its letter must not be sent again beside the renewal.
        letters: lettersOf(owed, isInDoubt(record, event)),
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
