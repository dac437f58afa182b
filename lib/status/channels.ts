import { defined } from '../base/defined.ts';
import { brokenIn, knownStateOf } from '../delivery/health/health-record.ts';
import { allows } from '../delivery/outbox/backoff/circuit-breaker.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import { type CircuitState, newRecord } from '../records/record.ts';
import { isOf, mutedUntil } from './mutes.ts';
import type { StatusSource } from './source.ts';
import type { BrokenStatus, ChannelStatus, MuteStatus } from './status.ts';
import { NO_DELIVERIES, type StoredState } from './stored.ts';

function brokenStatus(
  broken: BrokenStatus | undefined,
  circuit: CircuitState | undefined,
): BrokenStatus | undefined {
  return broken && defined({ ...broken, explanation: circuit?.explanation });
}

export function channelStatuses(
  { channels, now }: StatusSource,
  mutes: readonly MuteStatus[],
  stored: StoredState,
): readonly ChannelStatus[] {
  const watcher = stored.find(WATCHER_KEY) ?? newRecord(now);
  const broken = new Map<string, BrokenStatus>(
    brokenIn(watcher, channels).map(({ channel, since, reason, nextTryAt }) => [
      channel,
      { since, reason, nextTryAt },
    ]),
  );
  return channels.map((channel) => {
    const { name, type, audience, quiet } = channel;
    const circuit = knownStateOf(watcher, channel);
    const settings = channel.settings ?? circuit?.settings ?? '';
    const isPaused = !broken.has(name) && !allows(circuit, { settings }, now);
    const quietUntil = quiet?.until(now.getTime());
    return defined<ChannelStatus>({
      name,
      type,
      audience,
      ...(stored.byChannel.get(name) ?? NO_DELIVERIES),
      broken: brokenStatus(broken.get(name), circuit),
      restsUntil: isPaused ? circuit?.openUntil : undefined,
      quietUntil: quietUntil === undefined ? undefined : new Date(quietUntil).toISOString(),
      mutedUntil: mutedUntil(mutes, isOf('channel', name)),
    });
  });
}
