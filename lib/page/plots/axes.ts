import { type Html, html } from '../html.ts';
import type { View } from '../view.ts';
import type { Sample, Span } from './samples.ts';
import { shareAt } from './samples.ts';
import type { Scale } from './scale.ts';
import { timeTicks } from './time-axis.ts';

/** The height of the drawn lines, and of the axis of time below them (CSS pixels). */
export const PLOT_HEIGHT = 150;
const TOP = 12;
const AXIS_HEIGHT = 36;
/** The grid of lines, stretched to the width of the page. */
export const GRID_WIDTH = 1000;

/** Shares as the percentages of SVG: positions that follow the width of the page, while letters keep their size. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

/** Letters near an end of the axis stay within it. */
const NEAR_END = 0.06;

export function anchorAt(share: number): string {
  if (share < NEAR_END) return 'start';
  return share > 1 - NEAR_END ? 'end' : 'middle';
}

export interface Drawing {
  readonly label: string;
  readonly span: Span;
  readonly scale: Scale;
  readonly tickWords: (value: number) => string;
  /** Moments at which the phase changed. */
  readonly changes: readonly number[];
  /** On a grid of {@link GRID_WIDTH} by {@link PLOT_HEIGHT}. */
  readonly lines: readonly Html[];
}

/** Lines between their axes. */
export function axes({ label, span, scale, tickWords, changes, lines }: Drawing, view: View): Html {
  const height = TOP + PLOT_HEIGHT + AXIS_HEIGHT;
  return html`
    <svg class="axes" height="${height}" role="img" aria-label="${label}">
    ${scale.ticks.map((tick) => gridLine(TOP + (1 - scale.heightOf(tick)) * PLOT_HEIGHT))}
    ${changes.map((at) => changeLine(shareAt(span, at)))}
    <svg x="0" y="${TOP}" width="100%" height="${PLOT_HEIGHT}" viewBox="0 0 ${GRID_WIDTH} ${PLOT_HEIGHT}" preserveAspectRatio="none" overflow="visible">${lines}</svg>
    ${scale.ticks.map((tick) => html`<text x="2" y="${Math.round(TOP + (1 - scale.heightOf(tick)) * PLOT_HEIGHT) - 4}">${tickWords(tick)}</text>`)}
    ${timeAxis(span, TOP + PLOT_HEIGHT, view)}</svg>`;
}

function gridLine(top: number): Html {
  const y = Math.round(top) + 0.5;
  return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
}

function changeLine(share: number): Html {
  const x = percent(share);
  return html`<line class="change" x1="${x}" x2="${x}" y1="${TOP}" y2="${TOP + PLOT_HEIGHT}"/>`;
}

/** @param top of the axis */
export function timeAxis(span: Span, top: number, view: View): readonly Html[] {
  return timeTicks(span, view.language.figures).map(({ share, label, day }) => {
    const [x, anchor] = [percent(share), anchorAt(share)];
    return html`
      <line class="tick" x1="${x}" x2="${x}" y1="${top}" y2="${top + 4}"/>
      <text x="${x}" y="${top + 17}" text-anchor="${anchor}">${label}</text>
      ${day && html`<text x="${x}" y="${top + 32}" text-anchor="${anchor}">${day}</text>`}`;
  });
}

/** The end of a line, in words beside its heading. */
export function lastOf(pieces: readonly Sample[][]): Sample | undefined {
  return pieces.at(-1)?.at(-1);
}
