import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import {
  MOST_BYTES,
  MOST_POINTS,
  type Point,
  pointsIn,
  type Series,
  withFigures,
} from '../../../lib/migration/model/series.ts';
import { MINUTE } from '../../poll/support.ts';

const START = Date.parse('2026-01-05T00:10:00.000Z');
const SMALL_LAG = 1000;

function seriesAfter(
  looks: readonly { readonly atMs: number; readonly stats: Stats }[],
  before?: Series,
): Series | undefined {
  return looks.reduce<Series | undefined>(
    (series, { atMs, stats }) =>
      withFigures(series, stats, { now: new Date(START + atMs), smallLag: SMALL_LAG }),
    before,
  );
}

/** A look every five minutes at a copy that moves all the time. */
function copying(minutes: number) {
  return Array.from({ length: Math.floor(minutes / 5) }, (_, time) => time * 5).map((minute) => ({
    atMs: minute * MINUTE,
    stats: {
      progressPercent: (minute * 100) / minutes,
      sourceKeys: 9_000_000 + minute * 7,
      targetKeys: minute * 997,
    },
  }));
}

function secondsBetween(points: readonly Point[]): number[] {
  return points.slice(1).map(({ at }, i) => (Date.parse(at) - Date.parse(points[i]?.at ?? '')) / 1000);
}

describe('the series of figures', () => {
  it('gives back what it was given, to hundredths of a percent', () => {
    const series = seriesAfter([
      { atMs: 0, stats: { progressPercent: 12.3456 } },
      { atMs: 5 * MINUTE, stats: { progressPercent: 40, offset: 2 ** 52 + 1, sourceKeys: 1, targetKeys: 0 } },
      { atMs: 10 * MINUTE, stats: { offset: 5000, sourceKeys: 1, targetKeys: 0 } },
    ]);
    expect(pointsIn(series)).toEqual([
      { at: '2026-01-05T00:10:00.000Z', percent: 12.35 },
      { at: '2026-01-05T00:15:00.000Z', percent: 40, lag: 2 ** 52 + 1, sourceKeys: 1, targetKeys: 0 },
      { at: '2026-01-05T00:20:00.000Z', lag: 5000, sourceKeys: 1, targetKeys: 0 },
    ]);
  });

  it('stays as it is for five minutes after it was written', () => {
    const first = seriesAfter([{ atMs: 0, stats: { progressPercent: 1 } }]);
    const soon = [1, 2, 3, 4].map((minute) => ({
      atMs: minute * MINUTE,
      stats: { progressPercent: minute },
    }));
    expect(seriesAfter(soon, first)).toBe(first);
    expect(pointsIn(seriesAfter([{ atMs: 5 * MINUTE, stats: { progressPercent: 5 } }], first))).toHaveLength(
      2,
    );
  });

  it('stays as it is while nothing moves, or no figure is known', () => {
    const stats = { progressPercent: 100, offset: 0, sourceKeys: 10, targetKeys: 10 };
    const first = seriesAfter([{ atMs: 0, stats }]);
    expect(seriesAfter([{ atMs: 60 * MINUTE, stats }], first)).toBe(first);
    expect(seriesAfter([{ atMs: 60 * MINUTE, stats: {} }], first)).toBe(first);
    expect(seriesAfter([{ atMs: 0, stats: { isMigrating: true } }])).toBeUndefined();
  });

  it('does not count a lag that wavers below its limit as a movement', () => {
    const first = seriesAfter([{ atMs: 0, stats: { offset: 0 } }]);
    expect(seriesAfter([{ atMs: 60 * MINUTE, stats: { offset: SMALL_LAG } }], first)).toBe(first);
    expect(seriesAfter([{ atMs: 60 * MINUTE, stats: { offset: SMALL_LAG + 1 } }], first)).not.toBe(first);
  });

  it('is as old as the last look that found a movement, give or take five minutes, after a month', () => {
    const points = pointsIn(seriesAfter(copying(30 * 24 * 60)));
    const lastMs = Date.parse(points.at(-1)?.at ?? '') - START;
    expect(30 * 24 * 60 * MINUTE - lastMs).toBeLessThanOrEqual(6 * MINUTE);
    expect(points.length).toBeGreaterThan(MOST_POINTS / 2);
  });

  it('forgets points that a clock which was wrong dated ahead', () => {
    const series = seriesAfter([
      { atMs: 0, stats: { progressPercent: 1 } },
      { atMs: 600 * MINUTE, stats: { progressPercent: 2 } },
      { atMs: 10 * MINUTE, stats: { progressPercent: 3 } },
    ]);
    expect(pointsIn(series).map(({ percent }) => percent)).toEqual([1, 3]);
  });

  it('reads a series that somebody damaged up to the damage', () => {
    const { points = '', ...times } = seriesAfter(copying(30)) ?? { every: 0, at: 0 };
    const good = pointsIn({ ...times, points });
    for (const damage of ['!', '1,!', '0,1', '-5,1', '1,1,1,1,1,1', 'zzzzzzzzzzzzzzzz,1', '']) {
      expect(pointsIn({ ...times, points: `${points};${damage}` }), damage).toEqual(good);
      expect(pointsIn({ ...times, points: `${damage};${points}` }), damage).toEqual([]);
    }
    expect(pointsIn({ ...times, points: '' })).toEqual([]);
  });
});

const figure = fc.option(
  fc.oneof(
    fc.nat(200),
    fc.maxSafeNat(),
    fc.double({ min: 0, max: 2 ** 60, noNaN: true }),
    fc.constantFrom(-1, Number.NaN, Infinity),
  ),
  { nil: undefined },
);
const look = fc.record({
  laterMs: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(30_000, MINUTE, 5 * MINUTE) },
    { weight: 2, arbitrary: fc.integer({ min: -600, max: 60_000 }).map((minutes) => minutes * MINUTE) },
  ),
  stats: fc
    .record({ progressPercent: figure, offset: figure, sourceKeys: figure, targetKeys: figure })
    .map((stats): Stats => JSON.parse(JSON.stringify(stats))),
});

describe('the series of figures, whatever looks show and clocks do', () => {
  it('has at most 240 points in at most 8 kB, in order of time, and reads as it was written', () => {
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 600, size: 'max' }), (looks) => {
        let atMs = 0;
        let series: Series | undefined;
        for (const { laterMs, stats } of looks) {
          atMs += laterMs;
          series = seriesAfter([{ atMs, stats }], series);
        }
        const points = pointsIn(series);
        expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
        expect(Buffer.byteLength(JSON.stringify(series ?? {}))).toBeLessThanOrEqual(8192);
        expect(series?.points.length ?? 0).toBeLessThanOrEqual(MOST_BYTES);
        expect(secondsBetween(points).every((seconds) => seconds > 0)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('is spread evenly: with data that moves no gap is more than twice another, but the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 20_000 }), (minutes) => {
        const gaps = secondsBetween(pointsIn(seriesAfter(copying(minutes)))).slice(0, -1);
        const [least, most] = [Math.min(...gaps), Math.max(...gaps)];
        expect(most).toBeLessThanOrEqual(2 * least);
      }),
      { numRuns: 10 },
    );
  });

  it('is written at most every five minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 5000 }),
        fc.integer({ min: 5, max: 120 }),
        (times, everySeconds) => {
          let series: Series | undefined;
          const written: number[] = [];
          for (let time = 0; time < times; time += 1) {
            const atMs = time * everySeconds * 1000;
            const next = seriesAfter(
              [{ atMs, stats: { progressPercent: time % 100, targetKeys: time } }],
              series,
            );
            if (next !== series) written.push(atMs);
            series = next;
          }
          const gaps = written.slice(1).map((atMs, i) => atMs - (written[i] ?? 0));
          expect(gaps.every((gap) => gap >= 5 * MINUTE)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
