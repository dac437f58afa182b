import { type Log, type LogEntry, summaryOf, type TickSummary } from '../telemetry/log.ts';
import { counted, metricsOf, NOTHING } from '../telemetry/metrics.ts';
import type { Platform } from './platform.ts';
import { projectIn } from './tick/scope.ts';
import type { WarmApp } from './warm-app.ts';

/** Time left to the platform after the tick. */
const MARGIN_MS = 1000;
/** The assumed time of an invocation where the platform does not tell it. */
const DEFAULT_RUN_MS = 60_000;

/** The program on a platform. */
export interface Service {
  /**
   * Starts the program before the first invocation. Never rejects: after a failed start, the first invocation starts
   * the program again and reports the error.
   */
  begin(): Promise<void>;
  /**
   * Makes one tick; the first one starts the program.
   *
   * @param remainingMs the time that the platform gives this invocation
   * @param event limits the tick to a project, if it names one
   * @throws {WatchError} when there is no configuration, no store or no such project; the next invocation tries again
   */
  invoke(remainingMs?: number, event?: unknown): Promise<TickSummary>;
}

export function createService(platform: Platform): Service {
  let tally = NOTHING;
  let app: Promise<WarmApp> | undefined;

  /** Entries from before the first invocation, which have no request yet to be logged for. */
  let early: LogEntry[] | undefined = [];

  const log: Log = (entry) => {
    if (early === undefined) platform.log(entry);
    else early.push(entry);
    tally = counted(tally, entry);
  };
  const started = (): Promise<WarmApp> => {
    app ??= start(platform, log).catch((error: unknown) => {
      app = undefined;
      throw error;
    });
    return app;
  };

  return {
    async begin() {
      await started().catch(() => {
        if (early !== undefined) early = [];
      });
    },
    async invoke(remainingMs = DEFAULT_RUN_MS, event = undefined) {
      for (const entry of early ?? []) platform.log(entry);
      early = undefined;
      const project = projectIn(event);
      const { tick } = await started();
      tally = NOTHING;
      const report = await tick(remainingMs - MARGIN_MS, { project });
      await platform.publish(metricsOf(tally));
      return summaryOf(report);
    },
  };
}

/** Loads the rest of the code, such as the parser of the configuration, only with the start. */
async function start(platform: Platform, log: Log): Promise<WarmApp> {
  const { startApp } = await import('./start.ts');
  return startApp(platform, log);
}
