/**
 * Time as a parameter: the one real clock is made in `app.ts`, tests own theirs. The wall clock may be set at any moment,
 * by people and by NTP: it only stamps what is stored and sent. Whatever waits, or has so much time left, goes by
 * {@link Clock.elapsed}.
 */
export interface Clock {
  /** What the clock on the wall says: milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment before this program's first tick. Never set, never goes back. */
  elapsed(): number;
  /** Resolves after `ms` milliseconds, or at once when `until` is aborted. */
  sleep(ms: number, until?: AbortSignal): Promise<void>;
}
