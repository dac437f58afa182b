/**
 * The time-out of a request. The slowest documented answers take a second or two, and a longer wait would only delay
 * the tick.
 */
export const TIMEOUT_MS = 10_000;
