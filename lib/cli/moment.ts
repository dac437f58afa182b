import { millisecondsIn } from '../base/time/span.ts';

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads a moment: a span back from now (`90s`, `30m`, `2h`, `3d`), or a time in ISO 8601 (`2026-01-05`,
 * `2026-01-05T02:12`), in UTC where it does not say otherwise.
 *
 * @returns nothing when it is neither
 */
export function momentOf(text: string, now: Date): Date | undefined {
  const spanMs = millisecondsIn(text);
  if (spanMs !== undefined) return new Date(now.getTime() - spanMs);
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  // A date alone is UTC by the standard, a time without a zone is local.
  const time = Date.parse(text.includes('T') && iso[1] === undefined ? `${text}Z` : text);
  return Number.isNaN(time) ? undefined : new Date(time);
}
