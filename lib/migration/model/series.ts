import { defined } from '../../base/defined.ts';
import type { Stats } from './enrichment.ts';

/** The figures of a migration at one moment. */
export interface Point {
  /** ISO 8601, UTC, in whole seconds. */
  readonly at: string;
  /** The progress of the full copy. */
  readonly percent?: number;
  /** The distance of the target behind the source (`offset`). */
  readonly lag?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
}

/** The figures of a migration over time, as they are stored. */
export interface Series {
  /** The least time between two points, in seconds. The last point may be nearer. */
  readonly every: number;
  /** The time of the last point (seconds since the epoch), so that most looks need not decode the points. */
  readonly at: number;
  /** All points as text, see {@link encode}. */
  readonly points: string;
}

/** Points of a plot as wide as a page, for a migration of any length. */
export const MOST_POINTS = 240;
/** A record is one item of its store: each write of it writes the series again. Bytes. */
export const MOST_BYTES = 8000;
/** The time in seconds between two writes for the figures alone. */
const WRITTEN_EVERY = 300;

/** The numbers of a point: seconds since the epoch, then its figures; nothing for a figure that is not known. */
type Row = readonly [at: number, ...figures: (number | undefined)[]];

/** Places of the figures in a row. */
const FIGURES = [1, 2, 3, 4] as const;
const LAG = 2;

/** A look whose figures are kept. */
interface SeriesLook {
  readonly now: Date;
  /** The largest lag that counts as none, so that its wavering is no movement. */
  readonly smallLag: number;
}

/** @returns the points, oldest first; in a damaged series those before the damage */
export function pointsIn(series: Series | undefined): readonly Point[] {
  return series === undefined ? [] : decode(series.points).map(pointOf);
}

/**
 * The series with the figures of a look. The last point moves with the looks, so that it is never much older than the
 * last look. When there are too many points, every second one is dropped, and the distance of points doubles.
 *
 * @returns the same series when no figure moved, or the last write is only some minutes old
 */
export function withFigures(
  series: Series | undefined,
  stats: Stats,
  { now, smallLag }: SeriesLook,
): Series | undefined {
  if (series !== undefined && isSoonAfter(series.at, now)) return series;
  const row = rowOf(stats, now);
  if (FIGURES.every((figure) => row[figure] === undefined)) return series;
  const before = series === undefined ? [] : decode(series.points);
  const last = before.at(-1);
  if (last !== undefined && isSame(last, row, smallLag)) return series;
  return thinned(added(before, row, series?.every ?? WRITTEN_EVERY), series?.every ?? WRITTEN_EVERY);
}

function isSoonAfter(at: number, now: Date): boolean {
  return Math.abs(now.getTime() / 1000 - at) < WRITTEN_EVERY;
}

function isSame(before: Row, now: Row, smallLag: number): boolean {
  const isSmall = Math.max(before[LAG] ?? Infinity, now[LAG] ?? Infinity) <= smallLag;
  return FIGURES.every((index) => before[index] === now[index] || (index === LAG && isSmall));
}

/** Adds a point. Points ahead of now are dropped, since a wrong clock dated them. */
function added(before: readonly Row[], row: Row, every: number): readonly Row[] {
  const past = before.filter(([at]) => at < row[0]);
  const [fixed, last] = [past.at(-2), past.at(-1)];
  const isLastMoving = fixed !== undefined && last !== undefined && last[0] - fixed[0] < every;
  return [...(isLastMoving ? past.slice(0, -1) : past), row];
}

/** Drops points until the series is small enough; the first and the last one stay. */
function thinned(rows: readonly Row[], every: number): Series {
  const points = encode(rows);
  const last = rows.length - 1;
  if (rows.length <= MOST_POINTS && points.length <= MOST_BYTES) {
    return { every, at: rows[last]?.[0] ?? 0, points };
  }
  return thinned(
    rows.filter((_, index) => index % 2 === 0 || index === last),
    every * 2,
  );
}

/** The precision of a percentage, which is finer than a plot shows. */
const HUNDREDTHS = 100;

function rowOf({ progressPercent, offset, sourceKeys, targetKeys }: Stats, now: Date): Row {
  const percent = progressPercent === undefined ? undefined : whole(progressPercent * HUNDREDTHS);
  return [
    Math.floor(now.getTime() / 1000),
    percent,
    ...[offset, sourceKeys, targetKeys].map((figure) => (figure === undefined ? undefined : whole(figure))),
  ];
}

function whole(figure: number): number | undefined {
  return figure >= 0 && figure <= Number.MAX_SAFE_INTEGER ? Math.round(figure) : undefined;
}

function pointOf([at, percent, lag, sourceKeys, targetKeys]: Row): Point {
  return defined({
    at: new Date(at * 1000).toISOString(),
    percent: percent === undefined ? undefined : percent / HUNDREDTHS,
    lag,
    sourceKeys,
    targetKeys,
  });
}

const RADIX = 36;
const [BETWEEN_POINTS, BETWEEN_NUMBERS, NOT_KNOWN, SAME] = [';', ',', '-', ''];

/**
 * Points as text: `thszk0,7ps,,cr,cq;8c,8tk`. Numbers are in base 36, times are seconds since the point before. An
 * unchanged figure is empty text, and unchanged figures at the end of a point are left out.
 */
function encode(rows: readonly Row[]): string {
  return rows
    .map((row, index) => {
      const before = rows[index - 1] ?? FIRST;
      const cells = FIGURES.map((figure) => cellOf(row[figure], before[figure]));
      return [(row[0] - before[0]).toString(RADIX), ...cells].join(BETWEEN_NUMBERS).replace(/,+$/, '');
    })
    .join(BETWEEN_POINTS);
}

const FIRST: Row = [0];

function cellOf(figure: number | undefined, before: number | undefined): string {
  if (figure === before) return SAME;
  return figure === undefined ? NOT_KNOWN : figure.toString(RADIX);
}

function decode(text: string): readonly Row[] {
  const rows: Row[] = [];
  for (const part of text === '' ? [] : text.split(BETWEEN_POINTS).slice(0, MOST_POINTS)) {
    const row = rowIn(part, rows.at(-1) ?? FIRST);
    if (row === undefined) break;
    rows.push(row);
  }
  return rows;
}

/** @returns nothing for text that {@link encode} cannot have written */
function rowIn(part: string, before: Row): Row | undefined {
  const [seconds = '', ...cells] = part.split(BETWEEN_NUMBERS);
  const at = before[0] + numberIn(seconds);
  const isLater = at > before[0] && at <= LATEST;
  if (!isLater || cells.length > FIGURES.length) return undefined;
  const figures = FIGURES.map((index, i) => figureIn(cells[i] ?? SAME, before[index]));
  return figures.some(Number.isNaN) ? undefined : [at, ...figures];
}

/** The last second that a date can name. */
const LATEST = 8.64e12;

function figureIn(cell: string, before: number | undefined): number | undefined {
  if (cell === SAME) return before;
  return cell === NOT_KNOWN ? undefined : numberIn(cell);
}

function numberIn(cell: string): number {
  const number = /^[0-9a-z]+$/.test(cell) ? Number.parseInt(cell, RADIX) : Number.NaN;
  return Number.isSafeInteger(number) ? number : Number.NaN;
}
