import type { OutcomeClass } from '../../channels/channel.ts';
import { isHealthy, isWorking } from '../../telemetry/health.ts';
import type { LogEntry, TickReport } from '../../telemetry/log.ts';
import type { Metrics } from './registry.ts';

const DURATIONS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

const OUTCOMES = {
  delivered: true,
  transient: true,
  pause: true,
  permanent: true,
  broken: true,
} as const satisfies Record<OutcomeClass, true>;

/** The figures of the watcher itself: those of the function, counted while it runs. */
export interface WatcherMetrics {
  readonly count: (entry: LogEntry) => void;
  /** A tick that came to no end. */
  tickFailed(): void;
}

/** @param now milliseconds since the epoch */
export function watcherMetrics(metrics: Metrics, now: () => number): WatcherMetrics {
  const deliveries = metrics.counterBy(
    'deliveries_total',
    'Delivery attempts by outcome: delivered, transient (tried again), pause (the channel asked for one), permanent (refused for good), broken (the channel is).',
    'outcome',
  );
  for (const outcome of Object.keys(OUTCOMES)) deliveries.inc({ outcome }, 0);
  const deadLetters = metrics.counter('dead_letters_total', 'Deliveries that were given up or withdrawn.');
  const ticks = tickMetrics(metrics, now);
  return {
    count(entry) {
      if (entry.kind === 'tick') ticks.ended(entry);
      if (entry.kind === 'delivery') deliveries.inc({ outcome: entry.outcome }, entry.eventIds.length);
      if (entry.kind === 'dead_letter') deadLetters.inc();
    },
    tickFailed: ticks.failed,
  };
}

interface TickMetrics {
  readonly ended: (report: TickReport) => void;
  readonly failed: () => void;
}

function tickMetrics(metrics: Metrics, now: () => number): TickMetrics {
  const good = metrics.counter('ticks_total', 'Ticks that read their records and saved their results.');
  const bad = metrics.counter('failed_ticks_total', 'Ticks that could not read or save a record.');
  const duration = metrics.histogram('tick_duration_seconds', 'Duration of ticks.', DURATIONS_S);
  const looks = metrics.counter('looks_total', 'Looks at tasks.');
  const failedLooks = metrics.counter('failed_looks_total', 'Looks that failed.');
  const events = metrics.counter('events_total', 'Events that were stored.');
  const lastGood = metrics.gauge(
    'last_tick_timestamp_seconds',
    'Time at which the last good tick ended (Unix).',
  );
  const standing = standingMetrics(metrics);
  return {
    ended(report) {
      if (isWorking(report)) lastGood.set(now() / 1000);
      (isWorking(report) ? good : bad).inc();
      duration.observe(report.ms / 1000);
      looks.inc(report.looks);
      failedLooks.inc(report.failedLooks);
      events.inc(report.events);
      standing(report);
    },
    failed: () => bad.inc(),
  };
}

/** How things stand after a tick. */
function standingMetrics(metrics: Metrics): (report: TickReport) => void {
  const healthy = metrics.gauge(
    'healthy',
    '1 when the last tick worked, saw something of every project and could tell every channel, else 0.',
  );
  const pending = metrics.gauge('pending_deliveries', 'Deliveries that are pending after the last tick.');
  const pendingAge = metrics.gauge(
    'pending_age_seconds',
    'Age of the oldest event that is pending; 0 when none is.',
  );
  const broken = metrics.gauge(
    'broken_channels',
    'Channels that are broken, or have accepted nothing for a while.',
  );
  const blind = metrics.gauge('blind_projects', 'Projects of which the last tick saw nothing.');
  return (report) => {
    healthy.set(isHealthy(report) ? 1 : 0);
    pending.set(report.pending);
    pendingAge.set(Math.floor(report.pendingAgeMs / 1000));
    broken.set(report.brokenChannels + report.silent.length);
    blind.set(report.blind.length);
  };
}
