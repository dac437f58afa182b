import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** The one real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (ms, until) => {
    await sleep(ms, undefined, { signal: until }).catch(() => undefined);
  },
};
