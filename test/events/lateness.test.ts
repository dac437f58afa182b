import { describe, expect, it } from 'vitest';
import { latenessMs } from '../../lib/events/lateness.ts';
import { eventOf } from '../migration/events.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('an attempt', () => {
  const at = Date.parse('2026-01-05T02:12:00.000Z');

  it.each<[what: string, ms: number, expected: number | undefined]>([
    ['made at once is not late', 0, undefined],
    ['made a tick later is not late', MINUTE, undefined],
    ['made just before five minutes is not late', 5 * MINUTE - 1, undefined],
    ['made after five minutes is late by that', 5 * MINUTE, 5 * MINUTE],
    ['made after a day is late by that', 24 * HOUR, 24 * HOUR],
    ['made before its event, by a clock that went back, is not late', -HOUR, undefined],
  ])('%s', (_what, ms, expected) => {
    expect(latenessMs(eventOf(1, { at }), new Date(at + ms))).toBe(expected);
  });
});
