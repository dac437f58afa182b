import { msUntilNextTick } from '../../../runtime/time/next-tick.ts';
import type { WarmApp } from '../../../runtime/warm-app.ts';
import { StoreError } from '../../../store/errors.ts';
import type { Log, TickReport } from '../../../telemetry/log.ts';
import type { Signals } from '../../terminal/signals.ts';
import type { Terminal } from '../../terminal/terminal.ts';

export interface Loop {
  readonly app: WarmApp;
  readonly log: Log;
  readonly signals: Signals;
  readonly readAgain: () => void;
  readonly clock: Terminal['clock'];
  /** Hears of ticks that came to no end. */
  readonly tickFailed: ((reason: string) => void) | undefined;
}

/** Ticks until it is stopped; the tick that is under way then is finished first. */
export async function tickForEver(loop: Loop): Promise<void> {
  const { app, log, signals, readAgain, clock } = loop;
  const { stopping } = signals;
  while (!stopping.aborted) {
    const reload = signals.reloading();
    const startedAt = clock.elapsed();
    const report = await tickOnce(loop);
    const plannedMs = startedAt + app.config.settings.intervalMs - clock.elapsed();
    const waitMs = msUntilNextTick(plannedMs, report, clock.now());
    await clock.sleep(waitMs, AbortSignal.any([stopping, reload]));
    if (!reload.aborted) continue;
    log({ kind: 'notice', message: 'SIGHUP: reading the configuration again' });
    readAgain();
  }
  const why = String(stopping.reason).startsWith('SIG') ? '' : `: ${stopping.reason}`;
  log({ kind: 'notice', message: `stopped${why}` });
}

/** A store that is locked or full may recover; anything else will not by itself. */
async function tickOnce({ app, log, tickFailed }: Loop): Promise<TickReport | undefined> {
  try {
    return await app.tick(app.budgetMs);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
    log({ kind: 'problem', message: `this tick failed: ${error.message}` });
    tickFailed?.(error.message);
    return undefined;
  }
}
