import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentsIn } from '../../lib/language/moments.ts';
import type { Point } from '../../lib/migration/model/series.ts';
import { linePath } from '../../lib/page/plots/lines.ts';
import { segmentsOf, shareAt, thinned } from '../../lib/page/plots/samples.ts';
import { lagScale, linear, PERCENT } from '../../lib/page/plots/scale.ts';
import { lagSeries } from '../../lib/page/plots/spark.ts';
import { timeTicks } from '../../lib/page/plots/time-axis.ts';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE_MS = 60_000;

function points(lags: readonly (number | undefined)[], everyMinutes = 5): Point[] {
  return lags.map((lag, place) => {
    const at = new Date(START + place * everyMinutes * MINUTE_MS).toISOString();
    return lag === undefined ? { at } : { at, lag };
  });
}

const lag = (point: Point) => point.lag;
const values = (point: Point[]) => segmentsOf(point, lag).map((piece) => piece.map(({ value }) => value));

describe('the line of a plot', () => {
  it('is broken where a figure is missing', () => {
    expect(values(points([1, 2, undefined, 3, undefined]))).toStrictEqual([[1, 2], [3]]);
  });

  it('is broken where there was no point for more than 20 minutes and three usual steps', () => {
    const series = points([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(values(series.filter((_, place) => place < 3 || place > 6))).toStrictEqual([
      [1, 2, 3],
      [8, 9],
    ]);
    expect(values(series.filter((_, place) => place < 3 || place > 4))).toHaveLength(1);
    expect(values(points([1, 2, 3], 60))).toHaveLength(1);
  });

  it('leaves out what is no number, and moments that are none', () => {
    expect(values([{ at: 'x', lag: 1 }, ...points([Number.NaN, 2])])).toStrictEqual([[2]]);
  });

  it('keeps every peak and the last figure when it is thinned', async () => {
    await fc.assert(
      fc.property(
        fc.array(fc.nat(1e9), { minLength: 2, maxLength: 240 }),
        fc.integer({ min: 2, max: 60 }),
        (all, most) => {
          const [piece = []] = thinned(segmentsOf(points(all), lag), most);
          expect(piece.length).toBeLessThanOrEqual(most + 1);
          expect(Math.max(...piece.map(({ value }) => value))).toBe(Math.max(...all));
          expect(piece.at(-1)?.value).toBe(all.at(-1));
          expect(piece.map(({ at }) => at)).toStrictEqual(
            piece.map(({ at }) => at).toSorted((a, b) => a - b),
          );
        },
      ),
    );
  });

  it('is drawn from left to right, the largest value on top, and a single figure as a dot', () => {
    const grid = {
      width: 100,
      height: 40,
      span: { from: START, to: START + 10 * MINUTE_MS },
      scale: linear(10),
    };
    expect(linePath(segmentsOf(points([0, 10, 5]), lag), grid)).toBe('M0 40l50-40 50 20');
    expect(linePath(segmentsOf(points([5]), lag), grid)).toBe('M0 20h0');
  });

  it('is none of fewer than two figures', () => {
    expect(lagSeries(points([1]), 10)).toBeUndefined();
    expect(lagSeries(points([1, 2]), 10)?.last.value).toBe(2);
  });
});

describe('the axis of a lag', () => {
  it('is linear from 0 where the values are alike', () => {
    expect(lagScale([1e6, 3e6, 2e6])).toMatchObject({ isLogarithmic: false, ticks: [0, 1.5e6, 3e6] });
  });

  it('is logarithmic where a copy came down from gigabytes, with a place for 0', () => {
    const scale = lagScale([9e9, 4e9, 1e6, 2e5, 0]);
    expect(scale.isLogarithmic).toBe(true);
    expect(scale.ticks).toStrictEqual([0, 1e6, 1e8, 1e10]);
    expect(scale.heightOf(0)).toBe(0);
    expect(scale.heightOf(1)).toBeGreaterThan(0);
  });

  it('shows a larger lag never lower, and every lag within the plot', async () => {
    const some = fc.array(fc.oneof(fc.constant(0), fc.nat(1000), fc.maxSafeNat()), {
      minLength: 1,
      maxLength: 50,
    });
    await fc.assert(
      fc.property(some, (all) => {
        const { heightOf, ticks } = lagScale(all);
        const heights = all.toSorted((a, b) => a - b).map(heightOf);
        expect(heights).toStrictEqual(heights.toSorted((a, b) => a - b));
        for (const height of [...heights, ...ticks.map(heightOf)]) {
          expect(height).toBeGreaterThanOrEqual(0);
          expect(height).toBeLessThanOrEqual(1);
        }
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('is a line along the bottom where nothing lags', () => {
    expect(lagScale([0, 0])).toMatchObject({ isLogarithmic: false, ticks: [0] });
  });

  it('ends at 100 for percentages', () => {
    expect(PERCENT.heightOf(50)).toBe(0.5);
    expect(PERCENT.heightOf(130)).toBe(1);
  });
});

describe('the axis of time', () => {
  const span = (minutes: number) => ({ from: START, to: START + minutes * MINUTE_MS });

  it("has round times of the reader's clock, and a day where it begins", () => {
    expect(
      timeTicks(span(26 * 60), momentsIn('Asia/Kolkata')).map(({ label, day }) => [label, day]),
    ).toStrictEqual([
      ['12:00', '01-05'],
      ['00:00', '01-06'],
    ]);
  });

  it('has days where the span is long', () => {
    expect(timeTicks(span(4 * 24 * 60), momentsIn('UTC')).map(({ label }) => label)).toStrictEqual([
      '01-05',
      '01-06',
      '01-07',
      '01-08',
      '01-09',
    ]);
  });

  it('has few ticks however long a span is, each within it', async () => {
    await fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 * 365 * 24 * 60 }), (minutes) => {
        const ticks = timeTicks(span(minutes), momentsIn('America/New_York'));
        expect(ticks.length).toBeLessThanOrEqual(5);
        for (const { share } of ticks) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('puts a moment outside of its span at an end', () => {
    expect([shareAt(span(10), 0), shareAt(span(10), START * 2), shareAt(span(10), Number.NaN)]).toStrictEqual(
      [0, 1, 0],
    );
  });
});
