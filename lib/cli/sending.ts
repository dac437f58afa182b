import { systemClock } from '../base/system-clock.ts';
import type { Config } from '../config/schema/file.ts';
import type { RetryInput } from '../delivery/redrive/retry.ts';
import { createHttpClient } from '../http/undici.ts';
import { createChannels, newStamp, patienceMs, watchedProject } from '../runtime/app.ts';
import type { Store } from '../store/store.ts';
import { jsonLine, type Log, textLine } from '../telemetry/log.ts';
import type { Terminal } from './command.ts';

/** What every command needs that sends. */
export type SendingParts = Omit<RetryInput, 'channel'>;

/** Does something that sends, with all that it needs for it; each line of its log is a line of the result. */
export async function sending<T>(
  config: Config,
  store: Store,
  { json, write }: { readonly json: boolean; readonly write: Terminal['write'] },
  work: (parts: SendingParts) => Promise<T>,
): Promise<T> {
  const log: Log = (entry) => {
    const now = new Date(systemClock.now());
    write(json ? jsonLine(entry, now) : textLine(entry, now));
  };
  const http = createHttpClient({ proxies: config.proxies });
  const stamp = newStamp();
  try {
    return await work({
      projects: config.projects.map((project) => watchedProject(project, config, stamp)),
      channels: createChannels(config, http),
      store,
      log,
      clock: systemClock,
      random: Math.random,
      patienceMs: patienceMs(config),
    });
  } finally {
    await http.close();
  }
}
