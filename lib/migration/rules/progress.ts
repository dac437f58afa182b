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
/** Looks a minute apart are some seconds more or less: a rate over less time than this is chance. */
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

export interface Passed {
  /** The same run when there is nothing to remember. */
  readonly run: MigrationRun;
  /** Present when this look found a mark passed; of several marks the highest. */
  readonly progress?: Progress;
}

/** Progress that a look shows. */
interface Point {
  readonly stats: Stats;
  readonly percent: number;
  readonly mark: number;
  readonly now: Date;
}

/** Decides whether a look shows a mark as passed. */
export function progressAfter(run: MigrationRun, { stats, marks, isFirstLook, now }: ProgressLook): Passed {
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

function firstPoint(run: MigrationRun, here: Point, isFirstLook: boolean): Passed {
  // A synchronisation that has just begun is not complete: these figures are older than it.
  if (here.percent >= COMPLETE && !isFirstLook) return { run };
  const begun = { ...run, rateFrom: sampleOf(here), mark: here.mark };
  if (isFirstLook || here.mark === 0) return { run: begun };
  return { run: begun, progress: progressOf(here, undefined) };
}

/** Marks that come soon after each other are reckoned from further back. */
function nextMark(run: MigrationRun, rateFrom: ProgressSample, here: Point): Passed {
  const marked = { ...run, mark: here.mark };
  if (slope(rateFrom, here) === undefined) {
    return { run: marked, progress: progressOf(here, run.rateFromBefore) };
  }
  const sampled = { ...marked, rateFrom: sampleOf(here), rateFromBefore: rateFrom };
  return { run: sampled, progress: progressOf(here, rateFrom) };
}

/** The progress of a look, whether it passed a mark or not; nothing while it is not known. */
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

/** @returns percent per hour; nothing while it is not known */
function slope(from: ProgressSample | undefined, { percent, now }: Point): number | undefined {
  if (from?.percent === undefined) return undefined;
  const ms = now.getTime() - Date.parse(from.at);
  const gained = percent - from.percent;
  return ms >= SHORTEST_SLOPE_MS && gained > 0 ? (gained / ms) * HOUR_MS : undefined;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
