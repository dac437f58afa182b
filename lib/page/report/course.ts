import { isFinal } from '../../events/phase.ts';
import type { History } from '../../status/history.ts';
import { type Html, html } from '../html.ts';
import type { Span } from '../plots/samples.ts';
import type { View } from '../view.ts';
import { keysPlot, lagPlot, progressPlot } from './plots.ts';
import { strip } from './strip.ts';

/** An end needs some room to be seen. */
const ROOM_AT_THE_END = 0.04;
const SHORTEST_MS = 60_000;

/** The time that all plots of a report show: from the first that is known to the end, or to now. */
export function spanOf({ at, phases, figures, events }: History): Span {
  const times = [...phases.map(({ from }) => from), ...figures.map((point) => point.at)];
  const last = phases.at(-1);
  const hasEnded = last !== undefined && isFinal(last.phase);
  const known = [...times, ...(hasEnded || times.length === 0 ? events.map(({ time }) => time) : [at])]
    .map((iso) => Date.parse(iso))
    .filter((time) => !Number.isNaN(time));
  const [from, to] = [Math.min(...known), Math.max(...known)];
  if (!Number.isFinite(from)) return { from: Date.parse(at) - SHORTEST_MS, to: Date.parse(at) };
  const length = Math.max(SHORTEST_MS, to - from);
  return { from, to: from + Math.round(hasEnded ? length * (1 + ROOM_AT_THE_END) : length) };
}

/** Phases, progress, lag and key counts above each other, on one axis of time. */
export function course(history: History, view: View): Html {
  const { words } = view.language.page;
  const span = spanOf(history);
  const changes = history.phases.slice(1).map(({ from }) => Date.parse(from));
  const context = { figures: history.figures, span, changes };
  const plots = [progressPlot, lagPlot, keysPlot].flatMap((plot) => plot(context, view) ?? []);
  return html`
    <section aria-labelledby="course"><h2 id="course">${words.course}</h2>
    <div class="box course">${strip(history, span, view)}
    ${plots.length > 0 ? plots : html`<p class="soft">${words.noFigures}</p>`}</div></section>`;
}
