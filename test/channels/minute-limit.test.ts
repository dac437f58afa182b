import { describe, expect, it } from 'vitest';
import { minuteLimit } from '../../lib/channels/minute-limit.ts';

const SECOND = 1000;

describe('the limit of a minute', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 2, 0, second));

  it('has room again when the oldest message is a minute old', () => {
    const limit = minuteLimit(2);
    expect([limit.left(at(0)), limit.waitMs(at(0))]).toEqual([2, 0]);
    limit.count(at(0));
    limit.count(at(10));
    expect([limit.left(at(20)), limit.waitMs(at(20))]).toEqual([0, 40 * SECOND]);
    expect([limit.left(at(60)), limit.waitMs(at(60))]).toEqual([1, 0]);
  });

  it('forgets a clock that was ahead', () => {
    const limit = minuteLimit(1);
    limit.count(at(3600));
    expect(limit.left(at(0))).toBe(1);
  });
});
