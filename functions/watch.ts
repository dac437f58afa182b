import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { secretsOnAws } from '../lib/config/references/on-aws.ts';
import { startRunOnAws } from '../lib/runtime/dispatch/on-aws.ts';
import { type Platform, required } from '../lib/runtime/platform.ts';
import { createService } from '../lib/runtime/service.ts';
import { scheduleMs } from '../lib/runtime/time/schedule.ts';
import { describe } from '../lib/telemetry/describe.ts';
import type { TickSummary } from '../lib/telemetry/log.ts';

/** INIT may take 10 s; what takes longer begins anew. Milliseconds. */
const INIT_MS = 8000;

const { env } = process;
const logger = new Logger();

/** AWS Lambda on the schedule of serverless.yml or deploy/aws, whose alarms look at the namespace. */
export const platform: Platform = {
  env,
  folder: env['LAMBDA_TASK_ROOT'] ?? process.cwd(),
  secrets: secretsOnAws(env),
  get scheduleMs() {
    return scheduleMs(env['SCHEDULE_MINUTES']);
  },
  startRun: startRunOnAws(env),
  store(proxies) {
    const table = required(env, 'STATE_TABLE', 'the function needs the name of its DynamoDB table');
    return { kind: 'dynamodb', table, proxies };
  },
  log(entry) {
    const { level, message, fields } = describe(entry);
    logger[level](message, fields);
  },
  async publish(metrics) {
    const emitter = new Metrics({ namespace: env['POWERTOOLS_METRICS_NAMESPACE'] || 'dcs-migration-watch' });
    for (const { name, unit, value } of metrics) emitter.addMetric(name, unit, value);
    emitter.publishStoredMetrics();
  },
};

const service = createService(platform);

/**
 * The program starts when it is loaded: until this is fulfilled Lambda gives INIT a whole CPU, and an invocation only
 * the share of its memory (29 % at 512 MB).
 */
export const begun: Promise<void> = Promise.race([
  service.begin(),
  sleep(INIT_MS, undefined, { ref: false }),
]);

/** One scheduled invocation is one tick; an event that names a project is a tick of that one alone. */
export async function handler(event: unknown, context?: Partial<Context>): Promise<TickSummary> {
  if (context?.awsRequestId !== undefined) logger.appendKeys({ requestId: context.awsRequestId });
  return service.invoke(context?.getRemainingTimeInMillis?.(), event);
}
