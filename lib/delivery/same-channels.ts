import type { Channel } from '../channels/channel.ts';

/**
 * Those of the channels that a partition was told to at last that still lead to the same place.
 *
 * @param were by name, where each led
 * @returns their names
 */
export function sameChannels(
  were: Readonly<Record<string, string>> = {},
  channels: ReadonlyMap<string, Pick<Channel, 'destination'>>,
): ReadonlySet<string> {
  const same = Object.entries(were).filter(([name, place]) => channels.get(name)?.destination === place);
  return new Set(same.map(([name]) => name));
}
