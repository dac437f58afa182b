import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../lib/base/errors.ts';
import { systemClock } from '../lib/base/time/system-clock.ts';
import { createAgency } from '../lib/huawei/functiongraph/agency.ts';
import type { FunctionGraphContext } from '../lib/huawei/functiongraph/context.ts';
import { askedIn } from '../lib/huawei/functiongraph/timer-event.ts';
import { createVariables } from '../lib/huawei/functiongraph/variables.ts';
import { startRunOnFunctionGraph } from '../lib/runtime/dispatch/on-functiongraph.ts';
import { type Platform, required } from '../lib/runtime/platform.ts';
import { redisChoice } from '../lib/runtime/redis-choice.ts';
import { createService } from '../lib/runtime/service.ts';
import { scheduleMs } from '../lib/runtime/time/schedule.ts';
import { alarmWordsOf } from '../lib/telemetry/alarm-words.ts';
import { describe } from '../lib/telemetry/describe.ts';
import type { TickSummary } from '../lib/telemetry/log.ts';

/** An initializer that takes longer is ended, and the reason with it. */
const INITIALIZER_MS = 10_000;

const { env, follow: askVariablesOf } = createVariables(process.env);
const agency = createAgency();
let newest: FunctionGraphContext = {};

/** Huawei Cloud FunctionGraph on the timer of deploy/functiongraph, whose alarms look for words in its log. */
export const platform: Platform = {
  env,
  // The configuration lies beside the code.
  folder: process.env['RUNTIME_CODE_ROOT'] || import.meta.dirname,
  secrets: {},
  keys: { source: "the keys of the function's agency", find: agency.credentials },
  // Variables are known with the first context.
  get scheduleMs() {
    return scheduleMs(env['SCHEDULE_MINUTES']);
  },
  get startRun() {
    return startRunOnFunctionGraph({ env, context: () => newest, credentials: agency.credentials });
  },
  store() {
    const url = required(
      env,
      'STATE_REDIS_URL',
      'the function needs the address of the Redis that keeps its state',
    );
    return redisChoice(url, env);
  },
  log(entry) {
    const { level, message, fields } = describe(entry);
    write(level, message, fields);
  },
  async publish(metrics) {
    const figures = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    write('info', alarmWordsOf(metrics).join(' '), { kind: 'figures', ...figures });
  },
};

const service = createService(platform);

/**
 * Starts the program before the first event of an instance. What goes wrong is said at that event.
 *
 * @param callback as the documents have it; without one the promise tells the end
 */
export function initializer(
  context: FunctionGraphContext,
  callback?: (error: null, answer: string) => void,
): Promise<void> | undefined {
  follow(context);
  const begun = Promise.race([service.begin(), sleep(INITIALIZER_MS, undefined, { ref: false })]);
  if (callback === undefined) return begun;
  void begun.then(() => callback(null, ''));
  return undefined;
}

/** One event of the timer is one tick; an event that names a project is a tick of that one alone. */
export async function handler(event: unknown, context: FunctionGraphContext = {}): Promise<TickSummary> {
  follow(context);
  const remainingMs = context.getRemainingTimeInMilliSeconds?.();
  try {
    return await service.invoke(typeof remainingMs === 'number' ? remainingMs : undefined, askedIn(event));
  } catch (error) {
    write('error', reasonOf(error), { kind: 'failure' });
    throw error;
  }
}

function follow(context: FunctionGraphContext): void {
  askVariablesOf(context);
  agency.follow(context);
  newest = context;
}

function write(level: string, message: string, fields: Readonly<Record<string, unknown>>): void {
  const timestamp = new Date(systemClock.now()).toISOString();
  const requestId = newest.getRequestID?.();
  // biome-ignore lint/suspicious/noConsole: the documented way into the log of the platform.
  console.log(JSON.stringify({ timestamp, level, message, ...fields, requestId }));
}
