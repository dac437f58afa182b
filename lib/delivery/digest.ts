import type { WatchRecord } from '../migration/record.ts';
import { head, isDue, type PendingDelivery, pending } from './outbox.ts';
import type { Kind } from './retry.ts';

/** From this many waiting messages of one task on, a chat gets them as one. */
const DIGEST_FROM = 4;
/** A task is flapping when it came to one status this often within the window. */
const FLAPS = 3;
const WINDOW_MS = 10 * 60_000;

/**
 * What a channel is to be told next from one record. Programs get every event as it comes, alone. A chat gets what one
 * look noticed as one message; when many messages wait, all of them as a digest; and hears of a flapping task at most
 * once in ten minutes, unless what it was told before is no longer so.
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
  const waiting = pending(record).filter((owed) => owed.channel === channel);
  const flapping = isFlapping(record, now);
  if (flapping && wasToldLately(record, channel, now) && !takesBack(waiting)) return [];
  const looks = new Set(waiting.map(({ event }) => event.time)).size;
  return flapping || looks >= DIGEST_FROM ? waiting : ofOneLook(waiting);
}

/** The events of one look have its time in common. */
function ofOneLook(waiting: readonly PendingDelivery[]): readonly PendingDelivery[] {
  const end = waiting.findIndex(({ event }) => event.time !== waiting[0]?.event.time);
  return end === -1 ? waiting : waiting.slice(0, end);
}

/** Whether something is among it that takes back what was told before: somebody may be acting on that. */
function takesBack(waiting: readonly PendingDelivery[]): boolean {
  const untold = new Set(waiting.map(({ event }) => event.id));
  return waiting.some(({ event: { data } }) => {
    const retracted = data.readiness?.retracts ?? data.group?.retracts?.id;
    return retracted !== undefined && !untold.has(retracted);
  });
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
