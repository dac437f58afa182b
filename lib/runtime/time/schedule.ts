const MINUTE_MS = 60_000;

/**
 * Time between two invocations.
 *
 * @param minutes a whole number from 1 to 60, as who deploys says it; anything else is the usual minute
 * @returns milliseconds
 */
export function scheduleMs(minutes = ''): number {
  return /^(?:[1-9]|[1-5]\d|60)$/.test(minutes) ? Number(minutes) * MINUTE_MS : MINUTE_MS;
}
