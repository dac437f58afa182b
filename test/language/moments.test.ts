import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageOf } from '../../lib/language/index.ts';
import { momentsIn } from '../../lib/language/moments.ts';

const WINTER = '2026-01-05T23:12:03.000Z';
const SUMMER = '2026-07-05T23:12:03.000Z';

describe('moments', () => {
  it.each([
    ['UTC', WINTER, '2026-01-05 23:12 UTC'],
    ['Etc/GMT', WINTER, '2026-01-05 23:12 UTC'],
    ['Asia/Shanghai', WINTER, '2026-01-06 07:12 UTC+8'],
    ['Asia/Kolkata', WINTER, '2026-01-06 04:42 UTC+5:30'],
    ['America/New_York', WINTER, '2026-01-05 18:12 UTC-5'],
    ['Europe/Berlin', WINTER, '2026-01-06 00:12 UTC+1'],
    ['Europe/Berlin', SUMMER, '2026-07-06 01:12 UTC+2'],
    ['Europe/London', WINTER, '2026-01-05 23:12 UTC'],
  ])('name their zone: in %s, %s is %s', (zone, iso, words) => {
    expect(momentsIn(zone).moment(iso)).toBe(words);
  });

  it('at midnight are of the new day', () => {
    const { moment, day, clock } = momentsIn('Asia/Shanghai');
    const midnight = '2026-01-05T16:00:00.000Z';
    expect([moment(midnight), day(midnight), clock(midnight)]).toStrictEqual([
      '2026-01-06 00:00 UTC+8',
      '2026-01-06',
      '00:00',
    ]);
  });

  it('in UTC are cut out of the stored text, and are what the calendar says', () => {
    const [cut, reckoned] = [momentsIn('UTC'), momentsIn('Etc/UTC')];
    const dates = fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(cut.moment(date.toISOString())).toBe(reckoned.moment(date.toISOString()));
      }),
    );
  });

  it('never fail on what is no moment', () => {
    const { moment } = momentsIn('Asia/Shanghai');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof moment(text)).toBe('string');
      }),
    );
  });
});

const SHANGHAI = await languageOf({ language: 'en', timeZone: 'Asia/Shanghai' });

describe('English in another time zone', () => {
  const { figures, digests, sections, summarise } = SHANGHAI;

  it('says moments in that zone', () => {
    expect(figures.moment(WINTER)).toBe('2026-01-06 07:12 UTC+8');
    expect(digests.timeOfDay(WINTER)).toBe('07:12 UTC+8');
    expect(summarise('dcs.watch.failing', { severity: 'action', since: WINTER, reason: 'throttled' })).toBe(
      'still cannot be watched: looks have been failing since 2026-01-06 07:12 UTC+8 (throttled)',
    );
  });

  it('names the zone of the events that were sent on a day', async () => {
    const events = [{ type: 'dcs.migration.progress', at: WINTER }];
    expect(sections.sentOn('2026-01-06', events)).toBe('events on 2026-01-06 (UTC+8): 07:12 progress');
    const { sections: inUtc } = await languageOf({ language: 'en', timeZone: 'UTC' });
    expect(inUtc.sentOn('2026-01-05', events)).toBe('events on 2026-01-05: 23:12 progress');
  });
});
