import { defined } from '../../base/defined.ts';
import type { PlotFacts } from '../../language/page-words.ts';
import type { Point } from '../../migration/model/series.ts';
import { type Html, html } from '../html.ts';
import { axes, GRID_WIDTH, lastOf, PLOT_HEIGHT } from '../plots/axes.ts';
import { areaPath, endDot, type Grid, linePath } from '../plots/lines.ts';
import { type Figure, largestOf, type Sample, type Span, segmentsOf, spanOf } from '../plots/samples.ts';
import { lagScale, linear, PERCENT, type Scale } from '../plots/scale.ts';
import type { View } from '../view.ts';

/** All plots of a report show the same time. */
export interface PlotContext {
  readonly figures: readonly Point[];
  readonly span: Span;
  readonly changes: readonly number[];
}

/** How much has been copied; nothing where no figure is known. */
export function progressPlot(context: PlotContext, view: View): Html | undefined {
  const { page, figures } = view.language;
  return single(context, view, {
    title: page.words.progress,
    figure: ({ percent }) => percent,
    scaleOf: () => PERCENT,
    wordsOf: figures.percent,
    describe: page.progressPlot,
  });
}

export function lagPlot(context: PlotContext, view: View): Html | undefined {
  const { page, labels, figures } = view.language;
  return single(context, view, {
    title: labels.lag,
    figure: ({ lag }) => lag,
    scaleOf: lagScale,
    wordsOf: (value) => (value === 0 ? '0' : figures.bytes(value)),
    describe: page.lagPlot,
  });
}

interface Kind {
  readonly title: string;
  readonly figure: Figure;
  readonly scaleOf: (values: readonly number[]) => Scale;
  readonly wordsOf: (value: number) => string;
  readonly describe: (facts: PlotFacts) => string;
}

/** A plot of one figure. */
function single(context: PlotContext, view: View, kind: Kind): Html | undefined {
  const pieces = segmentsOf(context.figures, kind.figure);
  const facts = factsOf(pieces, kind, view);
  if (facts === undefined) return undefined;
  const scale = kind.scaleOf(pieces.flat().map(({ value }) => value));
  const grid: Grid = { width: GRID_WIDTH, height: PLOT_HEIGHT, span: context.span, scale };
  const lines = [
    html`<path class="area" d="${areaPath(pieces, grid)}"/>`,
    html`<path class="line" d="${linePath(pieces, grid)}"/>`,
    html`${endDot(pieces, grid)}`,
  ];
  const drawing = { ...context, label: kind.describe(facts), scale, tickWords: kind.wordsOf, lines };
  const mark = scale.isLogarithmic
    ? html`<span class="soft small">${view.language.page.words.log}</span>`
    : '';
  return html`
    <figure><figcaption><h3>${kind.title}</h3>${mark}<span class="last">${facts.last}</span></figcaption>
    ${axes(drawing, view)}</figure>`;
}

function factsOf(pieces: readonly Sample[][], { wordsOf }: Kind, { language }: View): PlotFacts | undefined {
  const samples = pieces.flat();
  const [span, largest, last] = [spanOf(samples), largestOf(samples), lastOf(pieces)];
  if (span === undefined || largest === undefined || last === undefined) return undefined;
  const moment = (time: number) => language.figures.moment(new Date(time).toISOString());
  return {
    from: moment(span.from),
    to: moment(span.to),
    last: wordsOf(last.value),
    largest: wordsOf(largest.value),
    largestAt: moment(largest.at),
  };
}

/** The keys of both sides; the target is dashed, so that no reader depends on colours. */
export function keysPlot({ figures, span, changes }: PlotContext, view: View): Html | undefined {
  const { page, labels, figures: words, values } = view.language;
  const source = segmentsOf(figures, ({ sourceKeys }) => sourceKeys);
  const target = segmentsOf(figures, ({ targetKeys }) => targetKeys);
  const all = [...source, ...target].flat();
  const shown = spanOf(all.toSorted((a, b) => a.at - b.at));
  if (shown === undefined) return undefined;
  const scale = linear(Math.max(...all.map(({ value }) => value)));
  const grid: Grid = { width: GRID_WIDTH, height: PLOT_HEIGHT, span, scale };
  const [sourceKeys, targetKeys] = [lastOf(source)?.value, lastOf(target)?.value];
  const moment = (time: number) => words.moment(new Date(time).toISOString());
  const counts = values.keyCounts(defined({ sourceKeys, targetKeys }));
  const label = page.keysPlot(moment(shown.from), moment(shown.to), counts);
  const lines = [
    html`<path class="line" d="${linePath(source, grid)}"/>`,
    html`<path class="line second" d="${linePath(target, grid)}"/>`,
  ];
  return html`
    <figure><figcaption><h3>${labels.keyCounts}</h3>${key(page.words.source, 'line')}${key(page.words.target, 'line second')}<span class="last">${counts}</span></figcaption>
    ${axes({ label, span, scale, changes, tickWords: words.figure, lines }, view)}</figure>`;
}

function key(name: string, kind: string): Html {
  return html`<span class="key"><svg viewBox="0 0 22 8" aria-hidden="true"><path class="${kind}" d="M1 4h20"/></svg>${name}</span>`;
}
