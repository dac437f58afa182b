import { wordFor } from '../../language/language.ts';
import type { History, HistoryEvent, PastPhase } from '../../status/history.ts';
import { type Html, html } from '../html.ts';
import { percent } from '../plots/axes.ts';
import { type Span, shareAt } from '../plots/samples.ts';
import type { View } from '../view.ts';

const BAR_HEIGHT = 30;
const HEIGHT = BAR_HEIGHT + 18;
/** Shares of the width below which the name, or the number, of a phase does not fit. */
const ROOM_FOR_NAME = 0.16;
const ROOM_FOR_NUMBER = 0.035;

/** The phases as one bar, numbered as in the table; below it a dot for each event. */
export function strip({ phases, events }: History, span: Span, view: View): Html {
  const { words } = view.language.page;
  return html`
    <figure><figcaption><h3>${words.phases}</h3></figcaption>
    <svg class="axes" height="${HEIGHT}" role="img" aria-label="${stripWords(phases, span, view)}">
    <g class="strip">${phases.map((phase, index) => segment(phase, index, { span, view }))}</g>
    ${events.map((event) => dot(event, span))}</svg></figure>`;
}

interface Context {
  readonly span: Span;
  readonly view: View;
}

function segment({ phase, from, to }: PastPhase, index: number, { span, view }: Context): Html {
  const [start, end] = [
    shareAt(span, Date.parse(from)),
    to === undefined ? 1 : shareAt(span, Date.parse(to)),
  ];
  const width = end - start;
  const name = wordFor(view.language.overviews.phases, phase);
  const label =
    width < ROOM_FOR_NAME
      ? html`<tspan>${index + 1}</tspan>`
      : html`<tspan class="narrow">${index + 1}</tspan><tspan class="wide">${name}</tspan>`;
  const text =
    width < ROOM_FOR_NUMBER
      ? undefined
      : html`<text x="${percent(start + width / 2)}" y="20" text-anchor="middle">${label}</text>`;
  return html`<rect class="p-${phase}" x="${percent(start)}" y="0" width="${percent(width)}" height="${BAR_HEIGHT}"><title>${name}</title></rect>${text}`;
}

function dot({ time, severity = 'info' }: HistoryEvent, span: Span): Html {
  return html`<circle class="event ${severity}" cx="${percent(shareAt(span, Date.parse(time)))}" cy="${BAR_HEIGHT + 9}" r="5"/>`;
}

function stripWords(phases: readonly PastPhase[], { from, to }: Span, { language, at }: View): string {
  const { figures, page, overviews } = language;
  const lines = phases.map(({ phase, from: since, to: until = at }) => {
    const span = figures.duration(Date.parse(until) - Date.parse(since));
    return `${wordFor(overviews.phases, phase)} ${span}`;
  });
  const moment = (time: number) => figures.moment(new Date(time).toISOString());
  return page.phasesPlot(moment(from), moment(to), lines);
}
