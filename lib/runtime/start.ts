import { systemClock } from '../base/time/system-clock.ts';
import { loadServiceConfig } from '../config/source.ts';
import { readProxies } from '../http/proxies.ts';
import { openStore } from '../store/index.ts';
import type { Log } from '../telemetry/log.ts';
import type { Platform } from './platform.ts';
import { stateGuard } from './state-guard.ts';
import { createWarmApp, type WarmApp } from './warm-app.ts';

/**
 * Starts the program on a platform: loads the configuration, opens the store, makes the channels.
 *
 * @throws {ConfigError | StoreError}
 */
export async function startApp(platform: Platform, log: Log): Promise<WarmApp> {
  const choice = platform.store(readProxies(platform.env).proxies);
  const { scheduleMs, startRun } = platform;
  const { config, readAgain } = await loadServiceConfig(platform);
  for (const message of config.warnings) log({ kind: 'problem', message });
  const weaknesses: string[] = [];
  const store = await openStore(choice, systemClock.now, (message) => weaknesses.push(message));
  const guard = await stateGuard(choice);
  const app = await createWarmApp({ config, readAgain, store, log, guard, scheduleMs, startRun });
  // Logged after a successful start, so once in a process: every invocation repeats a failed start.
  for (const message of weaknesses) log({ kind: 'problem', message });
  return app;
}
