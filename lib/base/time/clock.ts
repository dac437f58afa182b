/**
 * Time as a parameter: `system-clock.ts` holds the one real clock, tests own theirs. People and NTP may set the wall
 * clock at any moment, so it only stamps stored and sent data; waits and deadlines go by {@link Clock.elapsed}.
 */
export interface Clock extends WallClock {
  /** Milliseconds since some moment before this program's first tick. Never set, never goes back. */
  elapsed(): number;
  /** Resolves after `ms` milliseconds, or at once when `until` is aborted. */
  sleep(ms: number, until?: AbortSignal): Promise<void>;
}

export interface WallClock {
  /** Milliseconds since the epoch. */
  now(): number;
}
