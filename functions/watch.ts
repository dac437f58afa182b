import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { App } from '../lib/app.ts';
import { describe, type Log, type TickSummary } from '../lib/log.ts';
import { openStore } from '../lib/store/index.ts';

/** What is left of the platform's time for coming back after the tick. Milliseconds. */
const MARGIN_MS = 1000;
/** The time a run has where the platform does not say. Milliseconds. */
const DEFAULT_RUN_MS = 60_000;

const logger = new Logger();
const log: Log = (entry) => {
  const { level, message, fields } = describe(entry);
  logger[level](message, fields);
};

let app: Promise<App> | undefined;

async function start(): Promise<App> {
  // Only the first invocation needs what follows, so that only it loads it.
  const { createApp, systemClock } = await import('../lib/app.ts');
  const { loadEnvironment } = await import('../lib/config/environment.ts');
  const { config, stateTable } = await loadEnvironment(process.env);
  for (const message of config.warnings) log({ kind: 'problem', message });
  const store = await openStore({ kind: 'dynamodb', table: stateTable }, systemClock.now);
  return createApp({ config, store, log });
}

/**
 * One scheduled invocation is one tick.
 *
 * @throws {WatchError} when there is no configuration or no store; the next invocation tries again
 */
export async function handler(_event: unknown, context?: Partial<Context>): Promise<TickSummary> {
  if (context?.awsRequestId !== undefined) logger.appendKeys({ requestId: context.awsRequestId });
  app ??= start().catch((error: unknown) => {
    app = undefined;
    throw error;
  });
  const started = await app;
  const remainingMs = context?.getRemainingTimeInMillis?.() ?? DEFAULT_RUN_MS;
  return started.tick(remainingMs - MARGIN_MS);
}
