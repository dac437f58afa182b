/** The slowest documented answers take a second or two; a longer wait would only hold up the tick. */
export const TIMEOUT_MS = 10_000;
