import { describe, expect, it } from 'vitest';
import { millisecondsIn, spanText } from '../../../lib/base/time/span.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a span', () => {
  it.each([
    [1000, '1s'],
    [90_000, '90s'],
    [MINUTE, '1m'],
    [90 * MINUTE, '90m'],
    [DAY, '1d'],
    [7 * DAY, '7d'],
    [36 * HOUR, '36h'],
  ])('of %i ms is written as %s, and read back', (ms, text) => {
    expect(spanText(ms)).toBe(text);
    expect(millisecondsIn(text)).toBe(ms);
  });

  it.each(['', '1', 's', '1w', '-1h', '1.5h', '1h30m', ' 1h', '1234567s'])('is not read from %j', (text) => {
    expect(millisecondsIn(text)).toBeUndefined();
  });
});
