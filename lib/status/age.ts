import type { Mark } from '../records/mark.ts';

/** The default, for a watcher whose mark does not say. */
const USUAL_INTERVAL_MS = 60_000;
/** So many ticks in a row without a good one are no accident. */
const INTERVALS = 5;
/** A mark is left every two minutes at most, so a younger one says nothing. */
const SHORTEST_MS = 5 * 60_000;

/** Whether a last good tick is so old that people should see whether the watcher still runs. */
export function isTickOld({ at, outline }: Mark, now: Date): boolean {
  const { intervalMs = USUAL_INTERVAL_MS } = outline ?? {};
  return now.getTime() - Date.parse(at) >= Math.max(INTERVALS * intervalMs, SHORTEST_MS);
}
