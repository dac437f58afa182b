import type { WatchRecord } from '../migration/record.ts';
import { head, isDue, type PendingDelivery, pending } from './outbox.ts';
import type { Kind } from './retry.ts';

/** From this many waiting events of one task on, a chat gets them as one message. */
const DIGEST_FROM = 4;
/** A task is flapping when it came to one status this often within the window. */
const FLAPS = 3;
const WINDOW_MS = 10 * 60_000;

/**
 * What a channel is to be told next from one record: one event; or to a chat, when many wait, all of them as a digest.
 * A chat hears of a flapping task at most once in ten minutes; programs always get every event as it comes.
 *
 * @returns in order; empty when nothing is due
 */
export function nextToTell(
  record: WatchRecord,
  channel: string,
  kind: Kind,
  now: Date,
): readonly PendingDelivery[] {
  const first = head(record, channel);
  if (first === undefined || !isDue(first.delivery, now)) return [];
  if (kind === 'webhook') return [first];
  const flapping = isFlapping(record, now);
  if (flapping && wasToldLately(record, channel, now)) return [];
  const waiting = pending(record).filter((owed) => owed.channel === channel);
  return flapping || waiting.length >= DIGEST_FROM ? waiting : [first];
}

function isFlapping({ timeline, standing }: WatchRecord, now: Date): boolean {
  const recent = [...timeline, ...(standing === undefined ? [] : [standing])].filter(({ since }) =>
    isWithin(since, now),
  );
  const visits = Map.groupBy(recent, ({ status }) => status);
  return [...visits.values()].some(({ length }) => length >= FLAPS);
}

function wasToldLately({ told = [] }: WatchRecord, channel: string, now: Date): boolean {
  return told.some((one) => one.channel === channel && isWithin(one.at, now));
}

/** A time that is ahead of ours (clocks differ) is no reason to wait. */
function isWithin(time: string, now: Date): boolean {
  const age = now.getTime() - Date.parse(time);
  return age >= 0 && age < WINDOW_MS;
}
