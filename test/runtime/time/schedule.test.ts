import { describe, expect, it } from 'vitest';
import { scheduleMs } from '../../../lib/runtime/time/schedule.ts';

describe('the time between two invocations', () => {
  it.each([
    ['1', 1],
    ['5', 5],
    ['60', 60],
  ])('is %s minutes where that is said', (minutes, expected) => {
    expect(scheduleMs(minutes)).toBe(expected * 60_000);
  });

  it.each([undefined, ''])('is a minute for %j', (minutes) => {
    expect(scheduleMs(minutes)).toBe(60_000);
  });

  it.each(['0', '61', '-5', '1.5', 'soon', '5 ', '0x5', '1e1', '060'])('is refused as %j', (minutes) => {
    expect(() => scheduleMs(minutes)).toThrow(
      'SCHEDULE_MINUTES must be a whole number from 1 to 60, the minutes between two invocations',
    );
  });
});
