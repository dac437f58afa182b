/** Time as a parameter: the one real clock is made in `app.ts`, tests own theirs. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `until` is aborted. */
  sleep(ms: number, until?: AbortSignal): Promise<void>;
}
