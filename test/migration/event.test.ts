import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, type EventData, type EventOrigin, makeEvent } from '../../lib/migration/event.ts';
import { minute } from './support.ts';

const ORIGIN: EventOrigin = {
  projectId: 'p1',
  region: 'cn-north-4',
  subject: 't1',
  born: minute(0).toISOString(),
};
const DATA: EventData = { severity: 'info', summary: 'something', consoleUrl: 'https://console.example' };

function idOf(origin: Partial<EventOrigin>, sequence = 1): string {
  return makeEvent({ ...ORIGIN, ...origin }, sequence, minute(1), 'dcs.migration.gone', DATA).id;
}

describe('an event', () => {
  it.each(EVENT_TYPES)('of type %s names its origin, its time and its number', (type) => {
    const { id, ...rest } = makeEvent(ORIGIN, 7, minute(1), type, DATA);
    expect(id).toMatch(/^evt_[0-9a-f]{24}$/);
    expect(rest).toEqual({
      specversion: '1.0',
      type,
      source: '/huaweicloud/dcs/cn-north-4/p1',
      subject: 't1',
      time: '2026-01-05T00:11:11.000Z',
      datacontenttype: 'application/json',
      sequence: '0000000007',
      data: DATA,
    });
  });

  it('has the same id whenever the same event is made, at any time and in any words', () => {
    const one = makeEvent(ORIGIN, 3, minute(1), 'dcs.migration.gone', DATA);
    const two = makeEvent(ORIGIN, 3, minute(99), 'dcs.watch.failing', { ...DATA, summary: 'else' });
    expect(two.id).toBe(one.id);
  });

  it.each<Partial<EventOrigin>>([{ projectId: 'p2' }, { subject: 't2' }, { born: minute(1).toISOString() }])(
    'has another id when its record differs in %j',
    (difference) => {
      expect(idOf(difference)).not.toBe(idOf({}));
    },
  );

  it('has another id for every number', () => {
    const ids = Array.from({ length: 2000 }, (_, index) => idOf({}, index));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a sequence that sorts as text as its number does', () => {
    const number = fc.integer({ min: 0, max: 9_999_999_999 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [left = '', right = ''] = [a, b].map(
          (n) => makeEvent(ORIGIN, n, minute(0), 'dcs.migration.gone', DATA).sequence,
        );
        expect(left < right).toBe(a < b);
      }),
    );
  });
});
