import { type ChannelConfig, quietOf } from '../../channels/index.ts';
import type { Config } from '../../config/schema/file.ts';

/**
 * The end of a channel's present quiet hours, in its time zone; nothing outside of quiet hours.
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
