import { defined } from '../../base/defined.ts';
import type { ProgressSample, SeenFigures } from '../../migration/model/run.ts';
import { type Point, pointsIn } from '../../migration/model/series.ts';
import type { TaskState } from '../../migration/model/state.ts';
import { progressNow } from '../../migration/rules/progress.ts';
import type { KeysStatus, LagStatus, ProgressStatus } from '../status.ts';

/** The full copy, as the last look that saw it move found it; nothing in other phases. */
export function progressOf({ standing, run }: TaskState, now: Date): ProgressStatus | undefined {
  if (run === undefined || (standing?.phase !== 'full' && standing?.phase !== 'migrating')) return undefined;
  const { lastProgress } = run;
  if (lastProgress?.percent === undefined) return undefined;
  const at = new Date(lastProgress.at);
  const progress = progressNow(run, { progressPercent: lastProgress.percent }, at);
  const { secondsLeft, percentPerHour } = progress ?? {};
  const isEstimated = secondsLeft !== undefined && run.stalled === undefined;
  const leftMs = isEstimated ? secondsLeft * 1000 - (now.getTime() - at.getTime()) : 0;
  // An estimate that time has overtaken says nothing.
  const remainingMs = leftMs > 0 ? leftMs : undefined;
  return defined({ percent: lastProgress.percent, remainingMs, ratePercentPerHour: percentPerHour });
}

/**
 * The series with what is known since its last point: that is written every few minutes, and the page shows newer figures
 * beside its plots.
 */
export function figuresOf({ standing, run, series }: TaskState): readonly Point[] {
  const points = pointsIn(series);
  const last = points.at(-1);
  const { lastProgress, figures } = run ?? {};
  const isCopying = standing?.phase === 'full' || standing?.phase === 'migrating';
  const newest = isCopying
    ? lastProgress && copyPoint(lastProgress, last)
    : figures && replicationPoint(figures);
  const isNewer = newest !== undefined && last !== undefined && secondOf(newest.at) > secondOf(last.at);
  return isNewer ? [...points, newest] : points;
}

function secondOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000);
}

/** The source is not counted anew by each look of a copy. */
function copyPoint({ at, percent, targetKeys }: ProgressSample, { sourceKeys }: Partial<Point> = {}): Point {
  return defined<Point>({ at, percent, sourceKeys, targetKeys });
}

function replicationPoint({ at, offset, sourceKeys, targetKeys }: SeenFigures): Point {
  return defined<Point>({ at, lag: offset, sourceKeys, targetKeys });
}

/** How far the target of a replication is. */
export interface Distance {
  readonly lag?: LagStatus;
  readonly keys?: KeysStatus;
}

/** @param lastLookAt when looks last showed what is known, where they do */
export function distanceOf({ run }: TaskState, lastLookAt: string | undefined): Distance {
  const figures = run?.figures;
  if (figures === undefined) return {};
  const at = figures.seenUntil ?? lastLookAt ?? figures.at;
  return defined({ lag: lagOf(figures, at), keys: keysOf(figures, at) });
}

function lagOf({ offset }: SeenFigures, at: string): LagStatus | undefined {
  return offset === undefined ? undefined : { bytes: offset, at };
}

function keysOf({ sourceKeys, targetKeys, keyGapPercent }: SeenFigures, at: string): KeysStatus | undefined {
  if (sourceKeys === undefined && targetKeys === undefined) return undefined;
  return defined({ source: sourceKeys, target: targetKeys, gapPercent: keyGapPercent, at });
}
