import type { EventType } from '../../../events/event.ts';
import type { StoredRecord } from '../../../records/record.ts';
import { head, isDue, pending } from '../outbox.ts';
import { retractedBy } from '../retraction.ts';
import type { PendingDelivery, Recipient } from '../types.ts';
import { type Flapping, flappingIn, isWithin } from './flapping.ts';
import { hasWaited, passing } from './quiet-time.ts';

/** From this many looks on, a chat gets what waits from one record as a digest. */
const DIGEST_FROM = 4;
/** The least time between two messages about a flapping topic. */
const QUIET_MS = 10 * 60_000;
/** Events that people may act on until they are retracted. */
const READY: ReadonlySet<EventType> = new Set(['dcs.migration.cutover_ready', 'dcs.group.ready']);

/**
 * The next message to a channel from one record. Programs get each event alone. A chat gets the events of one look as
 * one message, and a digest when many looks wait. A flapping topic makes one message in ten minutes at most, but at
 * once when it retracts what was sent, or when the task came to a new place. Quiet hours pass only excepted events, a
 * mute passes none, and one message follows with all that was held.
 *
 * @returns in order; empty when nothing is due
 */
export function nextBatch(record: StoredRecord, recipient: Recipient, now: Date): readonly PendingDelivery[] {
  return batchOf(record, recipient, now).batch;
}

/** Deliveries to a chat that flapping suppresses, and until when; nothing when none is suppressed. */
export function suppressedFor(record: StoredRecord, recipient: Recipient, now: Date): Suppressed | undefined {
  return batchOf(record, recipient, now).suppressed;
}

export interface Suppressed {
  readonly waiting: readonly PendingDelivery[];
  /** ISO 8601, UTC. */
  readonly until: string;
}

interface Batch {
  readonly batch: readonly PendingDelivery[];
  readonly suppressed?: Suppressed;
}

function batchOf(record: StoredRecord, recipient: Recipient, now: Date): Batch {
  const { name: channel, audience, settings } = recipient;
  const first = head(record, channel);
  if (first === undefined || !isDue(first.delivery, now, settings)) return { batch: [] };
  if (audience === 'programs') return { batch: [first] };
  const all = pending(record).filter((one) => one.channel === channel);
  const waiting = passing(all, recipient, now);
  if (waiting.length === 0 || hasWaited(waiting, recipient, now)) return { batch: waiting };
  const flapping = flappingIn(record, channel, waiting, now);
  const isRepetition = waiting.every(({ event }) => flapping.isRepeat(event));
  const lastSentAt = lastSentLately(record, channel, now);
  if (isRepetition && lastSentAt !== undefined && !retractsWhatWasSent(waiting)) {
    return { batch: [], suppressed: { waiting, until: new Date(lastSentAt + QUIET_MS).toISOString() } };
  }
  if (isRepetition && flapping.hasWords) return { batch: withoutFreshReadiness(waiting, now) };
  return { batch: isDigest(waiting, flapping) ? waiting : ofOneLook(waiting, first) };
}

function isDigest(waiting: readonly PendingDelivery[], { isFlapping }: Flapping): boolean {
  return isFlapping || new Set(waiting.map(({ event }) => event.time)).size >= DIGEST_FROM;
}

/**
 * Removes a readiness of this moment from the end of a digest, since its retraction would take one more message each
 * time.
 */
function withoutFreshReadiness(waiting: readonly PendingDelivery[], now: Date): readonly PendingDelivery[] {
  const fresh = waiting.findLastIndex(
    ({ event }) => READY.has(event.type) && isWithin(event.time, now, QUIET_MS),
  );
  return fresh === waiting.length - 1 && waiting.length > 1 ? waiting.slice(0, -1) : waiting;
}

/** All events of one look have the same time. */
function ofOneLook(waiting: readonly PendingDelivery[], first: PendingDelivery): readonly PendingDelivery[] {
  const end = waiting.findIndex(({ event }) => event.time !== first.event.time);
  return end === -1 ? waiting : waiting.slice(0, end);
}

/** A retraction of a sent event cannot wait, because somebody may be acting on that event. */
function retractsWhatWasSent(waiting: readonly PendingDelivery[]): boolean {
  const unsent = new Set(waiting.map(({ event }) => event.id));
  return waiting.some(({ event }) => {
    const retracted = retractedBy(event);
    return retracted !== undefined && !unsent.has(retracted);
  });
}

/** The time of the channel's last message from this record, if it is recent. Milliseconds since the epoch. */
// Mutant survives, `[]` → `["Stryker was here"]`: what was not logged was sent at no time.
function lastSentLately({ sent = [] }: StoredRecord, channel: string, now: Date): number | undefined {
  const times = sent.flatMap((one) =>
    one.channel === channel && isWithin(one.at, now, QUIET_MS) ? [Date.parse(one.at)] : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}
