import type { Point } from '../../migration/model/series.ts';
import { type Html, html } from '../html.ts';
import type { View } from '../view.ts';
import { areaPath, endDot, type Grid, linePath } from './lines.ts';
import { largestOf, type Sample, type Span, segmentsOf, spanOf, thinned } from './samples.ts';
import { lagScale, type Scale } from './scale.ts';

const WIDTH = 240;
const HEIGHT = 40;

/** A lag over time that is drawn small, and the figures that a reader looks for. */
export interface LagSeries {
  readonly pieces: readonly Sample[][];
  readonly span: Span;
  readonly scale: Scale;
  readonly largest: Sample;
  readonly last: Sample;
}

/** @param most samples that are drawn */
export function lagSeries(points: readonly Point[], most: number): LagSeries | undefined {
  const pieces = segmentsOf(points, ({ lag }) => lag);
  const samples = pieces.flat();
  const [span, largest, last] = [spanOf(samples), largestOf(samples), samples.at(-1)];
  if (span === undefined || largest === undefined || last === undefined || samples.length < 2)
    return undefined;
  const scale = lagScale(samples.map(({ value }) => value));
  return { pieces: thinned(pieces, most), span, scale, largest, last };
}

/** The lag in words, in place of its plot. */
export function lagWords({ span, largest, last }: LagSeries, view: View): string {
  const { figures, page } = view.language;
  const moment = (at: number) => figures.moment(new Date(at).toISOString());
  return page.lagPlot({
    from: moment(span.from),
    to: moment(span.to),
    last: figures.bytes(last.value),
    largest: figures.bytes(largest.value),
    largestAt: moment(largest.at),
  });
}

/** A line without axes; those who cannot see it hear its figures. */
export function spark(series: LagSeries, view: View): Html {
  const grid: Grid = { width: WIDTH, height: HEIGHT, span: series.span, scale: series.scale };
  return html`
    <svg class="spark" viewBox="0 -3 ${WIDTH} ${HEIGHT + 6}" preserveAspectRatio="none" role="img" aria-label="${lagWords(series, view)}">
    <path class="area" d="${areaPath(series.pieces, grid)}"/>
    <path class="line" d="${linePath(series.pieces, grid)}"/>
    ${endDot(series.pieces, grid)}
    </svg>`;
}
