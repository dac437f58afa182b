import type { Clock } from '../base/time/clock.ts';
import type { Status } from '../status/status.ts';
import type { LogEntry } from '../telemetry/log.ts';
import { type LastTick, unreadiness } from './last-tick.ts';
import { createMetrics } from './metrics/registry.ts';
import { stateMetrics } from './metrics/state.ts';
import { watcherMetrics } from './metrics/watcher.ts';

/** Follows a watcher by its log. */
export interface Monitor {
  /** Takes note of an entry of the log. */
  readonly observe: (entry: LogEntry) => void;
  /** A tick came to no end. */
  tickFailed(reason: string): void;
  /** How many ticks have ended. */
  ticks(): number;
  /**
   * The reasons why it cannot see or deliver, one line each; none when it can.
   *
   * @param longestMs a watcher without a tick for longer hangs
   */
  unreadiness(longestMs: number): readonly string[];
  /** The metrics, as text. */
  metrics(status: Status | undefined): Promise<string>;
  /** The media type of that text. */
  readonly metricsType: string;
}

export async function createMonitor({ now, elapsed }: Clock): Promise<Monitor> {
  const metrics = await createMetrics();
  const watcher = watcherMetrics(metrics, now);
  const fillIn = stateMetrics(metrics);
  const startedAt = elapsed();
  let last: LastTick | undefined;
  let ticks = 0;
  const ended = (tick: LastTick) => {
    last = tick;
    ticks += 1;
  };
  return {
    observe(entry) {
      watcher.count(entry);
      if (entry.kind === 'tick') ended({ endedAtMs: elapsed(), report: entry });
    },
    tickFailed(failure) {
      watcher.tickFailed();
      ended({ endedAtMs: elapsed(), failure });
    },
    ticks: () => ticks,
    unreadiness(longestMs) {
      const silentForMs = elapsed() - (last?.endedAtMs ?? startedAt);
      return unreadiness(last, { silentForMs, longestMs });
    },
    // The values are taken at once, in the same turn of the event loop: scrapes at the same time do not mix.
    metrics(status) {
      fillIn(status);
      return metrics.registry.metrics();
    },
    metricsType: metrics.registry.contentType,
  };
}
