import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/schema/file.ts';
import type { RedriveContext } from '../delivery/redrive/context.ts';
import { createHttpClient } from '../http/undici.ts';
import { createChannels, newStamp } from '../runtime/app.ts';
import { watchedProject } from '../runtime/targets.ts';
import { tickBudgetMs } from '../runtime/tick-budget.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { logLine } from './terminal/terminal.ts';

export interface Sending {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly json: boolean;
  /** Takes each line of the log: it is a line of the result. */
  write(line: string): void;
}

/** Does work that sends, with all that it needs for it. */
export async function sending<T>(
  { config, store, clock, json, write }: Sending,
  work: (parts: RedriveContext) => Promise<T>,
): Promise<T> {
  const log: Log = (entry) => write(logLine(entry, clock, json));
  const http = createHttpClient({ proxies: config.proxies });
  const stamp = newStamp();
  try {
    return await work({
      projects: config.projects.map((project) => watchedProject(project, config, stamp)),
      channels: createChannels(config, http),
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
