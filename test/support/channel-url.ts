import type { ChannelConfig } from '../../lib/channels/index.ts';

/** The address in the settings of a channel; nothing for a type that has none. */
export function urlOf(config: ChannelConfig | undefined): string | undefined {
  return config !== undefined && 'url' in config ? config.url.reveal() : undefined;
}
