import type { Recorder } from '../channels/channel-type.ts';
import type { Config } from '../config/schema/file.ts';
import type { Addressee } from '../drill/choice.ts';
import type { HttpClient } from '../http/client.ts';
import { createChannels } from '../runtime/channels.ts';

/**
 * The channels of a configuration, each with its settings.
 *
 * @param recorder takes what they send, with the HTTP client
 */
export async function addresseesOf(
  config: Config,
  http: HttpClient,
  recorder?: Recorder,
): Promise<Addressee[]> {
  const channels = await createChannels(config, http, recorder);
  return Object.entries(config.channels).flatMap(([name, settings]) => {
    const channel = channels.get(name);
    return channel === undefined ? [] : [{ channel, config: settings }];
  });
}
