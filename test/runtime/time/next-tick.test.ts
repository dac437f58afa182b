import { describe, expect, test } from 'vitest';
import { msUntilNextTick } from '../../../lib/runtime/time/next-tick.ts';

const NOW = Date.parse('2026-01-05T00:00:00.000Z');
const leasedFor = (ms: number) => ({ leasedUntil: new Date(NOW + ms).toISOString() });

describe('the next tick', () => {
  test.each([
    ['comes when it is due', 300_000, {}, 300_000],
    ['comes when it is due although the last one failed', 300_000, undefined, 300_000],
    ['comes at once when it is overdue', -1, {}, 0],
    ['comes sooner when a lease ends before, for its run may be dead', 300_000, leasedFor(40_000), 40_250],
    ['waits for no lease that ends later', 20_000, leasedFor(40_000), 20_000],
    ['comes at once when the lease has ended meanwhile', 300_000, leasedFor(-5), 250],
  ])('%s', (_words, plannedMs, report, expected) => {
    expect(msUntilNextTick(plannedMs, report, NOW)).toBe(expected);
  });
});
