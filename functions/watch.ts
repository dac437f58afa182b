import { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { ConfigError } from '../lib/config/errors.ts';
import { secretsOnAws } from '../lib/config/references/on-aws.ts';
import type { Platform } from '../lib/runtime/platform.ts';
import { createService } from '../lib/runtime/service.ts';
import { describe } from '../lib/telemetry/describe.ts';
import type { TickSummary } from '../lib/telemetry/log.ts';

const { env } = process;
/** The time of an invocation where the platform does not say. */
const DEFAULT_RUN_MS = 60_000;
/** The alarms of serverless.yml look here. */
const NAMESPACE = env['POWERTOOLS_METRICS_NAMESPACE'] || 'dcs-migration-watch';

const logger = new Logger();
let metricsEmitter: Promise<Metrics> | undefined;

/** AWS Lambda on the schedule of serverless.yml. */
export const platform: Platform = {
  env,
  folder: env['LAMBDA_TASK_ROOT'] ?? process.cwd(),
  secrets: secretsOnAws(env),
  scheduleMs: 60_000,
  store(proxies) {
    const table = env['STATE_TABLE'] ?? '';
    if (table !== '') return { kind: 'dynamodb', table, proxies };
    throw new ConfigError(
      'no_config',
      'STATE_TABLE is not set: the function needs the name of its DynamoDB table',
    );
  },
  log(entry) {
    const { level, message, fields } = describe(entry);
    logger[level](message, fields);
  },
  async publish(metrics) {
    metricsEmitter ??= createEmitter();
    const emitter = await metricsEmitter;
    for (const { name, unit, value } of metrics) emitter.addMetric(name, unit, value);
    emitter.publishStoredMetrics();
  },
};

/** Loaded after the first tick, so that no start waits for it. */
async function createEmitter(): Promise<Metrics> {
  const { Metrics } = await import('@aws-lambda-powertools/metrics');
  return new Metrics({ namespace: NAMESPACE });
}

const service = createService(platform);

/**
 * One scheduled invocation is one tick.
 *
 * @throws {WatchError} when there is no configuration or no store; the next invocation tries again
 */
export async function handler(_event: unknown, context?: Partial<Context>): Promise<TickSummary> {
  if (context?.awsRequestId !== undefined) logger.appendKeys({ requestId: context.awsRequestId });
  return service.invoke(context?.getRemainingTimeInMillis?.() ?? DEFAULT_RUN_MS);
}
