import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { App } from '../lib/runtime/app.ts';
import { openStore } from '../lib/store/index.ts';
import { describe } from '../lib/telemetry/describe.ts';
import { type Log, summaryOf, type TickSummary } from '../lib/telemetry/log.ts';
import { counted, type Metric, metricsOf, NOTHING } from '../lib/telemetry/metrics.ts';

/** What is left of the platform's time for coming back after the tick. Milliseconds. */
const MARGIN_MS = 1000;
/** The time a run has where the platform does not say. Milliseconds. */
const DEFAULT_RUN_MS = 60_000;
/** Between two invocations, as serverless.yml schedules them. Milliseconds. */
const SCHEDULE_MS = 60_000;
/** The alarms of serverless.yml look here. */
const NAMESPACE = process.env['POWERTOOLS_METRICS_NAMESPACE'] || 'dcs-migration-watch';

const logger = new Logger();
let tally = NOTHING;
const log: Log = (entry) => {
  const { level, message, fields } = describe(entry);
  logger[level](message, fields);
  tally = counted(tally, entry);
};

interface Program {
  readonly app: Pick<App, 'tick'>;
  publish(metrics: readonly Metric[]): void;
}

let program: Promise<Program> | undefined;

async function start(): Promise<Program> {
  // Only the first invocation needs what follows, so that only it loads it.
  const { createWarmApp } = await import('../lib/runtime/service.ts');
  const { loadEnvironment } = await import('../lib/config/source.ts');
  const { Metrics } = await import('@aws-lambda-powertools/metrics');
  const { config, stateTable, readAgain } = await loadEnvironment(process.env);
  for (const message of config.warnings) log({ kind: 'problem', message });
  const store = await openStore({ kind: 'dynamodb', table: stateTable, proxies: config.proxies }, Date.now);
  const emitter = new Metrics({ namespace: NAMESPACE });
  return {
    app: createWarmApp({ config, readAgain, store, log, scheduleMs: SCHEDULE_MS }),
    publish(metrics) {
      for (const { name, unit, value } of metrics) emitter.addMetric(name, unit, value);
      emitter.publishStoredMetrics();
    },
  };
}

/**
 * One scheduled invocation is one tick.
 *
 * @throws {WatchError} when there is no configuration or no store; the next invocation tries again
 */
export async function handler(_event: unknown, context?: Partial<Context>): Promise<TickSummary> {
  if (context?.awsRequestId !== undefined) logger.appendKeys({ requestId: context.awsRequestId });
  program ??= start().catch((error: unknown) => {
    program = undefined;
    throw error;
  });
  const { app, publish } = await program;
  const remainingMs = context?.getRemainingTimeInMillis?.() ?? DEFAULT_RUN_MS;
  tally = NOTHING;
  const report = await app.tick(remainingMs - MARGIN_MS);
  publish(metricsOf(tally));
  return summaryOf(report);
}
