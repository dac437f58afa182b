import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { type MigrationRun, newRun } from '../../../lib/migration/model/run.ts';
import type { Movement } from '../../../lib/migration/rules/shared/stall.ts';
import { minute } from '../support.ts';

export const STALLED_AFTER_MS = 30 * 60_000;

/** Figures, each with the minute of its look. */
export type FigureLooks = readonly (readonly [at: number, stats: Stats | undefined])[];

/** A stall that was announced, or its end. */
interface StallEvent {
  readonly minute: number;
  readonly word: 'stalled' | 'resumed';
  /** The minute. */
  readonly since: number;
}

/** Plays the looks: the stalls that they announce, how often the run is written, and the run in the end. */
export function played(
  looks: FigureLooks,
  note: (run: MigrationRun, stats: Stats | undefined, now: Date) => Movement,
) {
  let run: MigrationRun = newRun(minute(0));
  let writes = 0;
  const stalls = looks.flatMap(([at, stats]): StallEvent[] => {
    const { run: next, stalled, resumed } = note(run, stats, minute(at));
    if (next !== run) writes += 1;
    run = next;
    const stall = stalled ?? resumed;
    if (stall === undefined) return [];
    const since = Math.round((Date.parse(stall.since) - minute(0).getTime()) / 60_000);
    return [{ minute: at, word: stalled === undefined ? 'resumed' : 'stalled', since }];
  });
  return { stalls, writes, run };
}

/** One look a minute from a minute on. */
export const from = (first: number, count: number, stats: (n: number) => Stats) =>
  Array.from({ length: count }, (_, n) => [first + n, stats(n)] as const);
