import { defined } from '../../base/defined.ts';
import type { Progress } from '../../events/event.ts';
import { type Stats, valueIn } from '../model/enrichment.ts';
import { hasFallenBack, type MigrationRun, type ProgressSample } from '../model/run.ts';
import { emit, type Update, withRun } from '../model/update.ts';
import type { RuleContext } from './context.ts';

/** Announces each mark that the full synchronisation passes. */
export function progress(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  if (run === undefined) return update;
  const { enrichment, thresholds, isFirstLook, standing, now } = context;
  const look = { stats: valueIn(enrichment.stats), marks: thresholds.progressMarks, isFirstLook, now };
  const passed = progressAfter(run, look);
  const next = withRun(update, passed.run);
  if (passed.progress === undefined) return next;
  const facts = { standing, progress: passed.progress, severity: 'info' } as const;
  return emit(next, context, 'dcs.migration.progress', facts);
}

const HOUR_MS = 3_600_000;
/** The shortest time for a rate. The intervals of looks vary by seconds, so a rate over less time is chance. */
const SHORTEST_SLOPE_MS = 45_000;

const COMPLETE = 100;

/** A look at the full synchronisation. */
export interface ProgressLook {
  readonly stats: Stats | undefined;
  /** In percent, ascending. */
  readonly marks: readonly number[];
  /** Marks that were passed before the first look are not announced. */
  readonly isFirstLook: boolean;
  readonly now: Date;
}

export interface ProgressUpdate {
  /** The same run when there is nothing to remember. */
  readonly run: MigrationRun;
  /** The progress at the highest mark that this look found passed; absent if none was. */
  readonly progress?: Progress;
}

/** The progress in one look. */
interface Point {
  readonly stats: Stats;
  readonly percent: number;
  readonly mark: number;
  readonly now: Date;
}

/** Decides whether a look found a mark passed. */
export function progressAfter(
  run: MigrationRun,
  { stats, marks, isFirstLook, now }: ProgressLook,
): ProgressUpdate {
  const percent = stats?.progressPercent;
  if (stats === undefined || percent === undefined) return { run };
  const here: Point = { stats, percent, mark: marks.findLast((one) => one <= percent) ?? 0, now };
  if (run.rateFrom === undefined) return firstPoint(run, here, isFirstLook);
  if (here.mark > (run.mark ?? 0)) return nextMark(run, run.rateFrom, here);
  if (!hasFallenBack(run.mark, percent)) return { run };
  return { run: { ...run, mark: here.mark, rateFrom: sampleOf(here), rateFromBefore: undefined } };
}

function sampleOf({ percent, now }: Point): ProgressSample {
  return { at: now.toISOString(), percent };
}

function firstPoint(run: MigrationRun, here: Point, isFirstLook: boolean): ProgressUpdate {
  // A synchronisation that has just begun cannot be complete, so these figures are from before it.
  if (here.percent >= COMPLETE && !isFirstLook) return { run };
  const begun = { ...run, rateFrom: sampleOf(here), mark: here.mark };
  if (isFirstLook || here.mark === 0) return { run: begun };
  return { run: begun, progress: progressOf(here, undefined) };
}

/** Announces a mark. The rate of a mark soon after another one is measured from the earlier sample. */
function nextMark(run: MigrationRun, rateFrom: ProgressSample, here: Point): ProgressUpdate {
  const marked = { ...run, mark: here.mark };
  if (slope(rateFrom, here) === undefined) {
    return { run: marked, progress: progressOf(here, run.rateFromBefore) };
  }
  const sampled = { ...marked, rateFrom: sampleOf(here), rateFromBefore: rateFrom };
  return { run: sampled, progress: progressOf(here, rateFrom) };
}

/** The progress in a look, with or without a new mark; nothing while it is unknown. */
export function progressNow(run: MigrationRun, stats: Stats | undefined, now: Date): Progress | undefined {
  const percent = stats?.progressPercent;
  if (stats === undefined || percent === undefined) return undefined;
  const here: Point = { stats, percent, mark: run.mark ?? 0, now };
  const isTooNear = slope(run.rateFrom, here) === undefined;
  return progressOf(here, isTooNear ? run.rateFromBefore : run.rateFrom);
}

function progressOf(here: Point, from: ProgressSample | undefined): Progress {
  const { percent, mark } = here;
  const { sourceKeys, targetKeys, inputKbps, opsPerSecond } = here.stats;
  const perHour = slope(from, here);
  return defined({
    percent,
    mark,
    percentPerHour: perHour && rounded(perHour),
    secondsLeft: perHour && Math.max(0, Math.round(((COMPLETE - percent) / perHour) * 3600)),
    sourceKeys,
    targetKeys,
    inputKbps,
    opsPerSecond,
  });
}

/** @returns percent per hour; nothing while it is unknown */
function slope(from: ProgressSample | undefined, { percent, now }: Point): number | undefined {
  if (from?.percent === undefined) return undefined;
  const ms = now.getTime() - Date.parse(from.at);
  const gained = percent - from.percent;
  return ms >= SHORTEST_SLOPE_MS && gained > 0 ? (gained / ms) * HOUR_MS : undefined;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
