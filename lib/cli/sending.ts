import type { Clock } from '../base/time/clock.ts';
import type { Config } from '../config/schema/file.ts';
import type { RedriveContext } from '../delivery/redrive/context.ts';
import { createHttpClient } from '../http/undici.ts';
import { createChannels } from '../runtime/channels.ts';
import { newStamp, tickGroups, watchedProject } from '../runtime/tick/targets.ts';
import { tickBudgetMs } from '../runtime/time/tick-budget.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';

export interface Sending {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Does work that sends, with all that it needs for it. */
export async function sending<T>(
  { config, store, clock, log }: Sending,
  work: (parts: RedriveContext) => Promise<T>,
): Promise<T> {
  const http = createHttpClient({ proxies: config.proxies });
  const stamp = newStamp();
  try {
    return await work({
      projects: config.projects.map((project) => watchedProject(project, config, stamp)),
      groups: tickGroups(config, stamp),
      channels: await createChannels(config, http),
      store,
      log,
      clock,
      random: Math.random,
      budgetMs: tickBudgetMs(config),
    });
  } finally {
    await http.close();
  }
}
