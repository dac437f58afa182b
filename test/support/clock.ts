import type { Clock } from '../../lib/base/time/clock.ts';

/** A clock that a test owns: it stands still until the test moves it, and sleeping moves it. */
export interface TestClock extends Clock {
  /** Time passes. */
  advance(ms: number): void;
  /** Somebody sets the clock on the wall, ahead or back; no time passes. */
  set(byMs: number): void;
}

/** Whoever takes the one time for the other is found out: they are years apart. */
const ELAPSED_AT_START = 5_000_000;

export function createTestClock(start = Date.parse('2026-01-05T00:10:00.000Z')): TestClock {
  let elapsed = 0;
  let set = 0;
  return {
    now: () => start + elapsed + set,
    elapsed: () => ELAPSED_AT_START + elapsed,
    async sleep(ms) {
      elapsed += ms;
    },
    advance(ms) {
      elapsed += ms;
    },
    set(byMs) {
      set += byMs;
    },
  };
}
