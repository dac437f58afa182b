import { type Locale, languageOf } from '../language/index.ts';
import type { Language } from '../language/language.ts';
import { type Html, html } from './html.ts';

/** The readers of a page. */
export interface PageOptions extends Locale {
  /** The page asks for itself again after so many seconds; never where this is absent. */
  readonly refreshSeconds?: number;
}

/** The reader's language, and the moment that a page shows. */
export interface View {
  readonly language: Language;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export function viewFor(at: string, options: PageOptions): View {
  return { language: languageOf(options), at };
}

/**
 * A moment as briefly as it is clear: the zone stands once on the page, and the day and the year of the page are left
 * out.
 */
export function brief(iso: string, { language, at }: View): string {
  const { moment, day, clock, zone } = language.figures;
  if (zone(iso) !== zone(at)) return moment(iso);
  if (day(iso) === day(at)) return clock(iso);
  const isThisYear = day(iso).slice(0, YEAR.length) === day(at).slice(0, YEAR.length);
  return `${isThisYear ? day(iso).slice(YEAR.length) : day(iso)} ${clock(iso)}`;
}

/** The part of a day that names its year. */
const YEAR = '2026-';

/** A moment that programs can read as well. */
export function time(iso: string, view: View): Html {
  return html`<time datetime="${iso}">${brief(iso, view)}</time>`;
}

/** Milliseconds from a moment to that of the page; none where a moment cannot be read. */
export function elapsedMs(iso: string, { at }: View): number {
  const ms = Date.parse(at) - Date.parse(iso);
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/** `2 h 5 min` from a moment to that of the page. */
export function elapsed(iso: string, view: View): string {
  return view.language.figures.duration(elapsedMs(iso, view));
}
