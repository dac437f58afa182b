import { describe, expect, it } from 'vitest';
import { isTickOld } from '../../lib/status/age.ts';

const MINUTE = 60_000;
const AT = '2026-01-05T00:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(AT) + ms);

function isOld(ageMs: number, intervalMs?: number): boolean {
  const outline = intervalMs === undefined ? undefined : { intervalMs, projects: [], channels: [] };
  return isTickOld({ at: AT, tasks: 1, failedLooks: 0, skippedLooks: 0, ms: 1, outline }, after(ageMs));
}

describe('the last good tick', () => {
  it.each([
    ['without an interval', undefined, 5 * MINUTE],
    ['of a watcher that ticks every ten seconds', 10_000, 5 * MINUTE],
    ['of a watcher that ticks every minute', MINUTE, 5 * MINUTE],
    ['of a watcher that ticks every ten minutes', 10 * MINUTE, 50 * MINUTE],
  ])('%s is old after five intervals, and five minutes at least', (_what, intervalMs, oldAfterMs) => {
    expect(isOld(oldAfterMs - 1, intervalMs)).toBe(false);
    expect(isOld(oldAfterMs, intervalMs)).toBe(true);
  });

  it('that a clock dated ahead is not old', () => {
    expect(isOld(-MINUTE, MINUTE)).toBe(false);
  });
});
