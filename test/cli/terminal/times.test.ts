import { describe, expect, it } from 'vitest';
import { timesIn, withTimes, zoneOf } from '../../../lib/cli/terminal/times.ts';

describe('a time for people', () => {
  it.each([
    ['UTC', '2026-01-05 02:12:07 UTC'],
    ['Asia/Shanghai', '2026-01-05 10:12:07 UTC+8'],
    ['Asia/Kathmandu', '2026-01-05 07:57:07 UTC+5:45'],
  ])('in %s has its zone', (zone, shown) => {
    expect(timesIn(zone)('2026-01-05T02:12:07.123Z')).toBe(shown);
  });

  it('is in the zone of TZ where the configuration names none', () => {
    expect(zoneOf({ TZ: 'Asia/Shanghai' })).toBe('Asia/Shanghai');
    expect(zoneOf({ TZ: 'nowhere/at-all' })).toBe('UTC');
    expect(zoneOf({})).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });
});

describe('a sentence with moments in it', () => {
  it('says them in the zone of its readers', () => {
    expect(
      withTimes(
        'broken since 2026-01-05T02:12:07.123Z, next try 2026-01-05T23:00:00Z',
        timesIn('Asia/Shanghai'),
      ),
    ).toBe('broken since 2026-01-05 10:12:07 UTC+8, next try 2026-01-06 07:00:00 UTC+8');
  });
});
