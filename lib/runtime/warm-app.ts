import { systemClock } from '../base/time/system-clock.ts';
import { type Reloaded, reloadWhenStale } from '../config/reload.ts';
import type { Config } from '../config/schema/file.ts';
import { createHttpClient } from '../http/undici.ts';
import { type App, type AppParts, createApp } from './app.ts';
import { createOwnRuns, type StartRun } from './dispatch/dispatch.ts';

export interface WarmParts extends AppParts {
  /** Reads the configuration again; absent where it cannot change. */
  readonly readAgain?: (() => Promise<Config>) | undefined;
  /** Starts a run for one project; absent where the platform cannot. */
  readonly startRun?: StartRun | undefined;
  /** Replaces {@link reloadWhenStale}, which decides when to read the configuration again. */
  readonly reload?: () => Promise<Reloaded>;
}

export interface WarmApp extends App {
  /** The configuration that the last tick used. */
  readonly config: Config;
}

/**
 * The program in a process that a platform keeps warm for hours. A changed configuration takes effect with the next
 * tick, even for pending deliveries; store and connections stay open.
 */
export async function createWarmApp({
  readAgain,
  startRun,
  reload: ownReload,
  ...parts
}: WarmParts): Promise<WarmApp> {
  const { log, clock = systemClock, http = createHttpClient({ proxies: parts.config.proxies }) } = parts;
  const reload = ownReload ?? reloadWhenStale({ config: parts.config, readAgain, clock });
  let current = parts.config;
  let app = await createApp({ ...parts, clock, http });

  const { store, scheduleMs: everyMs = parts.config.settings.intervalMs } = parts;
  const leaveToOwnRuns = createOwnRuns({ start: startRun, store, log, clock, everyMs });

  const use = async (config: Config): Promise<void> => {
    app = await createApp({ ...parts, config, clock, http });
    current = config;
    log({ kind: 'notice', message: 'the configuration has changed; the new one is now in use' });
    for (const message of config.warnings) log({ kind: 'problem', message });
  };

  return {
    get config() {
      return current;
    },
    get budgetMs() {
      return app.budgetMs;
    },
    brokenChannels: () => app.brokenChannels(),
    mutes: () => app.mutes(),
    close: () => app.close(),
    async tick(forMs, part = {}) {
      const startedAt = clock.elapsed();
      const { config, problem } = await reload();
      if (problem !== undefined) log({ kind: 'problem', message: problem });
      if (config !== current) await use(config);
      const own = part.project === undefined ? await leaveToOwnRuns(current) : part;
      return app.tick(forMs - (clock.elapsed() - startedAt), own);
    },
  };
}
