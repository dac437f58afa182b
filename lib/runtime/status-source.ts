import type { Config } from '../config/schema/file.ts';
import type { HttpClient } from '../http/client.ts';
import type { StatusSource } from '../status/source.ts';
import type { Store } from '../store/store.ts';
import { createChannels, newStamp } from './app.ts';
import { sourceProject, tickGroups } from './targets.ts';

export interface StatusParts {
  readonly config: Config;
  readonly store: Store;
  readonly now: Date;
}

const NO_HTTP: HttpClient = {
  request: () => Promise.reject(new TypeError('reading a status calls nobody')),
  close: async () => undefined,
};

/** A configuration in the terms in which a state is read. Nothing is called, and nothing is sent. */
export async function statusSource({ config, store, now }: StatusParts): Promise<StatusSource> {
  const stamp = newStamp();
  // Whether a channel is broken or quiet depends on its settings, so it is made as for sending.
  const channels = await createChannels(config, NO_HTTP);
  return {
    store,
    projects: config.projects.map((project) => sourceProject(project, config, stamp)),
    groups: tickGroups(config, stamp),
    channels: [...channels.values()].map((channel) => ({
      channel,
      type: config.channels[channel.name]?.type ?? '',
    })),
    now,
  };
}
