import type { Point } from '../../migration/model/series.ts';

/** One figure at a time (ms since the epoch). */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Figure = (point: Point) => number | undefined;

const MINUTE_MS = 60_000;
/** Points come every five minutes at most while data moves, and further apart in a long migration. */
const SHORTEST_GAP_MS = 20 * MINUTE_MS;
const GAP_IN_STEPS = 3;

/** A figure over time, in pieces: where nothing was read for long, or not this figure, no line is drawn. */
export function segmentsOf(points: readonly Point[], figure: Figure): Sample[][] {
  const gapMs = longestStep(points);
  const pieces: Sample[][] = [];
  let piece: Sample[] = [];
  for (const point of points) {
    const [at, value] = [Date.parse(point.at), figure(point)];
    const before = piece.at(-1);
    const goesOn = before === undefined || at - before.at <= gapMs;
    if (piece.length > 0 && (value === undefined || !goesOn)) {
      pieces.push(piece);
      piece = [];
    }
    if (value !== undefined && Number.isFinite(value) && !Number.isNaN(at)) piece.push({ at, value });
  }
  return piece.length > 0 ? [...pieces, piece] : pieces;
}

function longestStep(points: readonly Point[]): number {
  const times = points.map(({ at }) => Date.parse(at));
  const steps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return Math.max(SHORTEST_GAP_MS, GAP_IN_STEPS * median(steps));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** So few samples that a small plot can show them. The largest of its neighbours stays: a peak is never left out. */
export function thinned(pieces: readonly Sample[][], most: number): Sample[][] {
  const all = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const size = Math.ceil(all / most);
  return size < 2 ? [...pieces] : pieces.map((piece) => thinnedPiece(piece, size));
}

function thinnedPiece(piece: readonly Sample[], size: number): Sample[] {
  const last = piece.at(-1);
  const kept: Sample[] = [];
  for (let start = 0; start < piece.length; start += size) {
    const largest = largestOf(piece.slice(start, start + size));
    if (largest !== undefined) kept.push(largest);
  }
  return last === undefined || kept.at(-1) === last ? kept : [...kept, last];
}

/** The first of several that are equal. */
export function largestOf(samples: readonly Sample[]): Sample | undefined {
  return samples.reduce<Sample | undefined>(
    (best, one) => (best === undefined || one.value > best.value ? one : best),
    undefined,
  );
}

export function spanOf(samples: readonly Sample[]): Span | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined ? undefined : { from: first.at, to: last.at };
}

/** The share of a span that has passed at a time: 0 at its beginning, 1 at its end. */
export function shareAt({ from, to }: Span, at: number): number {
  if (Number.isNaN(at)) return 0;
  return to > from ? Math.min(1, Math.max(0, (at - from) / (to - from))) : 1;
}
