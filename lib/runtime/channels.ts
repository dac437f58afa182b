import { defined } from '../base/defined.ts';
import type { Channel } from '../channels/channel.ts';
import type { ChannelDeps, Recorder } from '../channels/channel-type.ts';
import { DEFAULT_LOCALE } from '../channels/chat/locale.ts';
import { createChannel } from '../channels/index.ts';
import type { Config } from '../config/schema/file.ts';
import type { HttpClient } from '../http/client.ts';

/**
 * The channels of a configuration, by name.
 *
 * @param recorder receives their messages instead of the services
 */
export async function createChannels(
  config: Config,
  http: HttpClient,
  recorder?: Recorder,
): Promise<Map<string, Channel>> {
  const { channels, settings, credentials, proxies } = config;
  const { language, timeZone = DEFAULT_LOCALE.timeZone } = settings;
  const deps = defined<ChannelDeps>({
    http,
    proxies,
    locale: { language, timeZone },
    recorder,
    huawei: credentials === undefined ? undefined : async () => credentials,
  });
  const made = Object.entries(channels).map(
    async ([name, own]): Promise<[string, Channel]> => [name, await createChannel(name, own, deps)],
  );
  return new Map(await Promise.all(made));
}
