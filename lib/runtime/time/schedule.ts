import { ConfigError } from '../../config/errors.ts';

const MINUTE_MS = 60_000;

/**
 * The time between two invocations, from the variable `SCHEDULE_MINUTES`.
 *
 * @param minutes a whole number from 1 to 60; default: one minute
 * @returns milliseconds
 * @throws {ConfigError} for anything else
 */
export function scheduleMs(minutes = ''): number {
  if (minutes === '') return MINUTE_MS;
  if (/^(?:[1-9]|[1-5]\d|60)$/.test(minutes)) return Number(minutes) * MINUTE_MS;
  throw new ConfigError(
    'invalid_config',
    'SCHEDULE_MINUTES must be a whole number from 1 to 60, the minutes between two invocations',
  );
}
