import { type ChannelConfig, quietOf } from '../../channels/index.ts';
import type { Config } from '../../config/schema/file.ts';

/**
 * Until when a channel is left alone, as its readers see it; nothing when it is not quiet now.
 *
 * @param now milliseconds since the epoch
 */
export function quietNow(
  channel: ChannelConfig,
  { timeZone }: Config['settings'],
  now: number,
): string | undefined {
  return quietOf(channel, timeZone)?.untilWords(now);
}
