import { compareText } from '../base/compare.ts';
import type { Channel } from '../channels/channel.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import { pending } from './outbox/outbox.ts';
import type { PendingDelivery } from './outbox/types.ts';

/** One or two attempts that fail are a restart of the receiver; after the third some six minutes have gone by. */
const ATTEMPTS_UNTIL_SILENT = 3;

/**
 * The channels that nobody calls broken and that take nothing all the same: something was tried there three times, and
 * nothing else has arrived since. A receiver that is down, a name that leads nowhere, a rest that is asked for again and
 * again.
 *
 * @param records all that may owe something to them
 */
export function silentIn(
  records: readonly WatchRecord[],
  channels: ReadonlyMap<string, Channel>,
): BrokenChannel[] {
  const owed = Map.groupBy(
    records.flatMap(pending).filter(({ delivery }) => delivery.attempts >= ATTEMPTS_UNTIL_SILENT),
    ({ channel }) => channel,
  );
  if (owed.size === 0) return [];
  const arrived = lastArrivals(records);
  return [...channels.keys()].flatMap((channel) => {
    const tried = (owed.get(channel) ?? []).flatMap(silenceOf);
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

function lastArrivals(records: readonly WatchRecord[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { sent = [] } of records) {
    for (const { channel, at } of sent) {
      if (compareText(last.get(channel) ?? '', at) < 0) last.set(channel, at);
    }
  }
  return last;
}
