import type { Noticed } from '../migration/draft.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { Delivery, WatchRecord } from '../migration/record.ts';
import { type DeadLetter, owe, owedTo, type Settled, withdraw } from './outbox.ts';

/** What a second look at an event says, with everything that it noticed. */
export interface Reviewed {
  readonly noticed: Noticed;
  /** Whether the event is still true. */
  readonly stands: boolean;
  /** The same word spoken anew, where it is true but was said too long ago to rest an action on. */
  readonly renewed?: MigrationEvent | undefined;
}

/** Judges an event against its record with what was just seen. Pure, for it is repeated when the record changes. */
export type Review = (record: WatchRecord) => Reviewed;

/**
 * Looks again at what an event claims, right before it is sent to a program that may act on it.
 *
 * @param until when the answers must be there, milliseconds since the epoch
 * @returns nothing when nobody can tell now: the event then waits
 */
export type LookAgain = (event: MigrationEvent, until: number) => Promise<Review | undefined>;

/** What became of an event that was looked at again. `unknown`: nobody can tell now, so it waits. */
export type Standing = 'stands' | 'withdrawn' | 'unknown';

/** An event that says until when an action may rest on it is looked at again before a program gets it. */
export function needsReview({ data }: MigrationEvent): boolean {
  return data.validUntil !== undefined;
}

/**
 * Writes a review into the record: what it noticed is owed to all channels as always. An event that is no longer true is
 * withdrawn from the channel; one that is true but too old makes room for its renewal, for this channel alone, with the
 * time that the old one had left.
 */
export function settleReview(
  record: WatchRecord,
  { event, channel }: { readonly event: MigrationEvent; readonly channel: string },
  review: Review,
  routes: (event: MigrationEvent) => readonly string[],
  now: Date,
): Settled {
  const owed = owedTo(record, event.id, channel);
  if (owed === undefined) return { record, dead: [] };
  const { noticed, stands, renewed } = review(record);
  const noted = owe(noticed.record, noticed.events, routes, now);
  if (stands) return noted;
  const withdrawn = withdraw(noted.record, event.id, channel, now);
  const dead: readonly DeadLetter[] = [...noted.dead, ...withdrawn.dead];
  if (renewed === undefined) return { record: withdrawn.record, dead };
  return { record: withRenewal(withdrawn.record, renewed, channel, event, owed), dead };
}

/** It takes over the attempts of the old one, and the moment from which its time to arrive counts. */
function withRenewal(
  record: WatchRecord,
  renewed: MigrationEvent,
  channel: string,
  before: MigrationEvent,
  { attempts, history, redrive, owedSince }: Delivery,
): WatchRecord {
  const delivery: Delivery = {
    attempts,
    nextAttemptAt: renewed.time,
    history,
    owedSince: redrive?.at ?? owedSince ?? before.time,
  };
  return { ...record, outbox: [...record.outbox, { event: renewed, deliveries: { [channel]: delivery } }] };
}
