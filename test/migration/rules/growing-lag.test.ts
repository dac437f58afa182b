import { describe, expect, it } from 'vitest';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { lagAfter } from '../../../lib/migration/rules/growing-lag.ts';
import { type FigureLooks, from, played, STALLED_AFTER_MS } from './movements.ts';

const lag = (looks: FigureLooks, maxOffset = 0) =>
  played(looks, (run, stats, now) =>
    lagAfter(run, stats, { maxOffset, stalledAfterMs: STALLED_AFTER_MS }, now),
  );

describe('a growing lag', () => {
  const offset = (value: number): Stats => ({ offset: value });

  it('is announced after half an hour with a higher lag at each look', () => {
    const looks = from(0, 60, (n) => offset(n * 10));
    expect(lag(looks).stalls).toEqual([{ minute: 31, word: 'stalled', since: 1 }]);
  });

  it.each<[string, (n: number) => number]>([
    ['goes up and down', (n) => (n % 7) * 100],
    ['comes back every quarter of an hour', (n) => (n % 15) * 100],
    ['comes back every half hour', (n) => (n % 29) * 100],
    ['is high and stays there', () => 9000],
    ['was high and falls', (n) => 90_000 - n * 100],
    ['jumps once', (n) => (n < 20 ? 0 : 5000)],
    ['jumps now and then, to where it stays', (n) => Math.floor(n / 25) * 1000],
    ['is none', () => 0],
  ])('is not announced for a lag that %s', (_what, value) => {
    expect(lag(from(0, 240, (n) => offset(value(n)))).stalls).toEqual([]);
  });

  it('is dated from the first higher look, however long the lag was constant before', () => {
    const quiet = Array.from({ length: 100 }, (_, n) => [n * 60, offset(5)] as const);
    const looks = [...quiet, ...from(6000, 40, (n) => offset(6 + n))];
    expect(lag(looks).stalls).toEqual([{ minute: 6030, word: 'stalled', since: 6000 }]);
  });

  it('is announced despite dips that stay above the lag of some minutes before', () => {
    const looks = from(0, 60, (n) => offset(n * 200 + (n % 3) * 250));
    expect(lag(looks).stalls).toEqual([{ minute: expect.any(Number), word: 'stalled', since: 1 }]);
    expect(lag(looks).stalls[0]?.minute).toBeLessThanOrEqual(33);
  });

  it('is announced despite dips that stay above the start of the growth', () => {
    const looks = from(0, 60, (n) => offset(1000 + n * 200 - (n > 5 && n % 5 === 2 ? 600 : 0)));
    expect(lag(looks).stalls).toEqual([{ minute: 31, word: 'stalled', since: 1 }]);
  });

  it('is not announced when the lag returns to the start of the growth', () => {
    const looks = from(0, 60, (n) => offset(n % 5 === 3 ? 0 : n * 100));
    expect(lag(looks).stalls).toEqual([]);
  });

  it('is dated from the lowest lag, not from a higher one before', () => {
    const looks = [...from(0, 3, () => offset(5000)), ...from(3, 40, (n) => offset(100 + n * 10))];
    expect(lag(looks).stalls).toEqual([{ minute: 34, word: 'stalled', since: 4 }]);
  });

  it('is not announced in eight weeks of noise', () => {
    let seed = 7;
    const noise = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * 1000);
    };
    expect(lag(from(0, 8 * 7 * 24 * 60, () => offset(noise()))).stalls).toEqual([]);
  });

  it('is not announced when one look finds the lag as low as some minutes before', () => {
    const looks = from(0, 50, (n) => offset(n === 20 ? 10 : n * 100));
    expect(lag(looks).stalls).toEqual([]);
  });

  it('is announced while the lag grows, and not when it has just stopped growing', () => {
    const looks = [...from(0, 30, (n) => offset(n * 100)), ...from(30, 60, () => offset(2900))];
    expect(lag(looks).stalls).toEqual([]);
  });

  it('ignores a lag up to the one allowed', () => {
    const looks = from(0, 60, (n) => offset(n * 10));
    expect(lag(looks, 600).stalls).toEqual([]);
    expect(lag(looks, 100).stalls).toEqual([{ minute: 41, word: 'stalled', since: 11 }]);
  });

  it('is over when the lag has halved from its peak, wherever that was', () => {
    const looks = [...from(0, 101, (n) => offset(n * 10)), ...from(101, 80, (n) => offset(990 - n * 10))];
    expect(lag(looks).stalls).toEqual([
      { minute: 31, word: 'stalled', since: 1 },
      { minute: 150, word: 'resumed', since: 1 },
    ]);
  });

  it('is over when the lag is within the one allowed', () => {
    const looks = [...from(0, 40, (n) => offset(n * 10)), [40, offset(300)] as const];
    expect(lag(looks, 1).stalls).toHaveLength(1);
    expect(lag([...looks, [41, offset(1)]], 1).stalls).toHaveLength(2);
    const high = from(0, 40, (n) => offset(n * 10));
    expect(lag([...high, [40, offset(250)]], 250).stalls).toHaveLength(0);
    const over = [...from(0, 70, (n) => offset(n * 10)), [70, offset(200)] as const];
    expect(lag([...over, ...from(71, 60, (n) => offset(n))], 250).stalls.map(({ word }) => word)).toEqual([
      'stalled',
      'resumed',
    ]);
  });

  it('is announced by looks an hour apart, too', () => {
    const looks = Array.from({ length: 5 }, (_, n) => [n * 60, offset(n * 10)] as const);
    expect(lag(looks).stalls).toEqual([{ minute: 180, word: 'stalled', since: 60 }]);
  });

  it('is not concluded from a single look after a gap', () => {
    const looks = [
      ...from(0, 3, (n) => offset(n * 10)),
      [200, offset(50)] as const,
      [201, offset(40)] as const,
    ];
    expect(lag(looks).stalls).toEqual([]);
  });

  it('is announced even if an earlier look was dated in the future', () => {
    const looks = [...from(500, 3, (n) => offset(n + 1)), ...from(0, 60, (n) => offset(10 + n))];
    expect(lag(looks).stalls).toEqual([{ minute: 31, word: 'stalled', since: 1 }]);
  });

  it('ignores looks without a lag', () => {
    const looks = from(0, 60, (n) => (n % 2 === 0 ? offset(n * 10) : {}));
    expect(lag(looks).stalls).toEqual([{ minute: 32, word: 'stalled', since: 2 }]);
  });

  it('costs no write while the lag stays the same', () => {
    expect(lag(from(0, 60, () => offset(70))).writes).toBe(1);
    expect(lag(from(0, 60, () => offset(0))).writes).toBe(1);
    expect(lag([...from(0, 3, (n) => offset(n * 10)), ...from(3, 3, () => offset(20))]).writes).toBe(3);
    // After the announcement, one write for each peak.
    const { writes } = lag(from(0, 60, (n) => offset(n * 10)));
    expect(lag(from(0, 90, (n) => offset(Math.min(n, 59) * 10))).writes).toBe(writes);
    expect(
      lag(
        from(0, 60, (n) => offset(n % 5)),
        10,
      ).writes,
    ).toBeLessThanOrEqual(5);
  });

  it('keeps the peak within ten percent', () => {
    const { run } = lag(from(0, 100, (n) => offset(n * 3)));
    expect(run.peakOffset).toBeGreaterThan((99 * 3) / 1.1);
    expect(run.peakOffset).toBeLessThanOrEqual(99 * 3);
  });
});
