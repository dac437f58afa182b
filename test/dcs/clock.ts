import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lib/base/time/clock.ts';

/** A clock that stands still until the test moves it. */
export interface HandClock extends Clock {
  /** Moves on; whoever sleeps until then wakes up, in order. */
  pass(ms: number): Promise<void>;
  /** Somebody sets the clock on the wall, ahead or back; no time passes. */
  set(byMs: number): void;
  readonly sleepers: number;
}

export function createHandClock(start = Date.parse('2026-01-02T03:04:05Z')): HandClock {
  let now = start;
  let set = 0;
  let sleeping: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => now + set,
    elapsed: () => now - start + 5_000_000,
    sleep(ms) {
      const { promise, resolve } = Promise.withResolvers<void>();
      sleeping.push({ until: now + ms, wake: resolve });
      return promise;
    },
    async pass(ms) {
      const end = now + ms;
      await setImmediate();
      for (let next = earliest(sleeping, end); next !== undefined; next = earliest(sleeping, end)) {
        now = Math.max(now, next.until);
        sleeping = sleeping.filter((sleeper) => sleeper !== next);
        next.wake();
        await setImmediate();
      }
      now = end;
    },
    set(byMs) {
      set += byMs;
    },
    get sleepers() {
      return sleeping.length;
    },
  };
}

function earliest<T extends { readonly until: number }>(sleeping: readonly T[], end: number): T | undefined {
  return sleeping.filter(({ until }) => until <= end).toSorted((a, b) => a.until - b.until)[0];
}
