import { type Locale, pageLanguageOf } from '../language/index.ts';
import type { PageLanguage } from '../language/language.ts';
import { type Html, html } from './html.ts';

/** The readers of a page. */
export interface PageOptions extends Locale {
  /** The page asks for itself again after so many seconds; never where this is absent. */
  readonly refreshSeconds?: number;
  /** The report of each task is at `tasks/ID` beside the page, as a watcher serves it. */
  readonly hasReports?: boolean;
}

/** The reader's language, and the moment that a page shows. */
export interface View {
  readonly language: PageLanguage;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Its day and its zone, for the reader. */
  readonly day: string;
  readonly zone: string;
  readonly hasReports: boolean;
}

export async function viewFor(at: string, options: PageOptions): Promise<View> {
  const language = await pageLanguageOf(options);
  const { day, zone } = language.figures;
  return { language, at, day: day(at), zone: zone(at), hasReports: options.hasReports ?? false };
}

/**
 * A moment as briefly as it is clear: the zone stands once on the page, and the day and the year of the page are left
 * out.
 */
export function brief(iso: string, { language, day: today, zone }: View): string {
  const { figures } = language;
  if (figures.zone(iso) !== zone) return figures.moment(iso);
  const [day, clock] = [figures.day(iso), figures.clock(iso)];
  if (day === today) return clock;
  const isThisYear = day.slice(0, YEAR.length) === today.slice(0, YEAR.length);
  return `${isThisYear ? day.slice(YEAR.length) : day} ${clock}`;
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
