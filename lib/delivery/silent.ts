import { compareText } from '../base/compare.ts';
import type { Channel } from '../channels/channel.ts';
import type { StoredRecord } from '../records/record.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import { pending } from './outbox/outbox.ts';
import type { PendingDelivery } from './outbox/types.ts';

/** A restart of the receiver fails one or two attempts. The third failure comes after some six minutes. */
const ATTEMPTS_UNTIL_SILENT = 3;

/**
 * Channels that are not broken, but failed a delivery three times and have taken nothing since. Their receiver is down,
 * its name does not resolve, or it asks for pauses again and again.
 *
 * @param records all records that may have pending deliveries to these channels
 */
export function silentIn(
  records: readonly StoredRecord[],
  channels: ReadonlyMap<string, Channel>,
): BrokenChannel[] {
  const pendingByChannel = Map.groupBy(
    records.flatMap(pending).filter(({ delivery }) => delivery.attempts >= ATTEMPTS_UNTIL_SILENT),
    ({ channel }) => channel,
  );
  if (pendingByChannel.size === 0) return [];
  const arrived = lastArrivals(records);
  return [...channels.keys()].flatMap((channel) => {
    const tried = (pendingByChannel.get(channel) ?? []).flatMap(silenceOf);
    const [first] = tried.toSorted((a, b) => compareText(a.since, b.since));
    const isSilent = first !== undefined && compareText(arrived.get(channel) ?? '', first.since) < 0;
    return isSilent ? [first] : [];
  });
}

function silenceOf({ channel, delivery: { history, nextAttemptAt } }: PendingDelivery): BrokenChannel[] {
  const [first, last] = [history.at(0), history.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ channel, since: first.at, nextTryAt: nextAttemptAt, reason: last.reason }];
}

function lastArrivals(records: readonly StoredRecord[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { sent = [] } of records) {
    for (const { channel, at } of sent) {
      if (compareText(last.get(channel) ?? '', at) < 0) last.set(channel, at);
    }
  }
  return last;
}
