import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { secretsOnAws } from '../lib/config/references/on-aws.ts';
import { type Platform, required } from '../lib/runtime/platform.ts';
import { createService } from '../lib/runtime/service.ts';
import { describe } from '../lib/telemetry/describe.ts';
import type { TickSummary } from '../lib/telemetry/log.ts';

const { env } = process;
const logger = new Logger();

/** AWS Lambda on the schedule of serverless.yml, whose alarms look at the namespace. */
export const platform: Platform = {
  env,
  folder: env['LAMBDA_TASK_ROOT'] ?? process.cwd(),
  secrets: secretsOnAws(env),
  scheduleMs: 60_000,
  store(proxies) {
    const table = required(env, 'STATE_TABLE', 'the function needs the name of its DynamoDB table');
    return { kind: 'dynamodb', table, proxies };
  },
  log(entry) {
    const { level, message, fields } = describe(entry);
    logger[level](message, fields);
  },
  async publish(metrics) {
    // Loaded after the first tick, so that no start waits for it.
    const { Metrics } = await import('@aws-lambda-powertools/metrics');
    const emitter = new Metrics({ namespace: env['POWERTOOLS_METRICS_NAMESPACE'] || 'dcs-migration-watch' });
    for (const { name, unit, value } of metrics) emitter.addMetric(name, unit, value);
    emitter.publishStoredMetrics();
  },
};

const service = createService(platform);

/** One scheduled invocation is one tick. */
export async function handler(_event: unknown, context?: Partial<Context>): Promise<TickSummary> {
  if (context?.awsRequestId !== undefined) logger.appendKeys({ requestId: context.awsRequestId });
  return service.invoke(context?.getRemainingTimeInMillis?.());
}
