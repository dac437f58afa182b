import { type Html, html } from '../html.ts';
import { type Sample, type Span, shareAt } from './samples.ts';
import type { Scale } from './scale.ts';

/** Lines are drawn on a grid of their own, which is stretched to the place that they get. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly span: Span;
  readonly scale: Scale;
}

/** The path of each piece; a piece of one sample is a dot. */
export function linePath(pieces: readonly Sample[][], grid: Grid): string {
  return pieces.map((piece) => path(piece, grid)).join('');
}

/** The same pieces, each closed along the bottom. */
export function areaPath(pieces: readonly Sample[][], grid: Grid): string {
  return pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => `${path(piece, grid)}V${grid.height}H${leftOf(piece[0], grid)}Z`)
    .join('');
}

function path(piece: readonly Sample[], grid: Grid): string {
  const points = piece.map((sample) => [leftOf(sample, grid), topOf(sample, grid)] as const);
  const moves = points.map(([left, top], index) => {
    const [fromLeft, fromTop] = points[index - 1] ?? [0, 0];
    return `${left - fromLeft} ${top - fromTop}`;
  });
  const [start = '', ...others] = moves;
  return others.length === 0 ? `M${start}h0` : `M${start}l${others.join(' ').replaceAll(' -', '-')}`;
}

function leftOf(sample: Sample | undefined, { span, width }: Grid): number {
  return sample === undefined ? 0 : Math.round(shareAt(span, sample.at) * width);
}

function topOf({ value }: Sample, { scale, height }: Grid): number {
  return Math.round((1 - scale.heightOf(value)) * height);
}

/** A dot where the figure stands last. */
export function endDot(pieces: readonly Sample[][], grid: Grid): Html | undefined {
  const last = pieces.at(-1)?.at(-1);
  if (last === undefined) return undefined;
  return html`<path class="dot" d="M${leftOf(last, grid)} ${topOf(last, grid)}h0"/>`;
}
