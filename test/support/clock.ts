import type { Clock } from '../../lib/clock.ts';

/** A clock that a test owns: it stands still until it is told to move, and sleeping moves it. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function createTestClock(start = Date.parse('2026-01-05T00:10:00.000Z')): TestClock {
  let time = start;
  return {
    now: () => time,
    async sleep(ms) {
      time += ms;
    },
    advance(ms) {
      time += ms;
    },
  };
}
