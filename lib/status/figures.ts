import { defined } from '../base/defined.ts';
import type { SeenFigures } from '../migration/model/run.ts';
import type { TaskState } from '../migration/model/state.ts';
import { progressNow } from '../migration/rules/progress.ts';
import type { KeysStatus, LagStatus, ProgressStatus } from './status.ts';

/** The full copy, as the last look that saw it move found it; nothing in other phases. */
export function progressOf({ standing, run }: TaskState, now: Date): ProgressStatus | undefined {
  if (run === undefined || (standing?.phase !== 'full' && standing?.phase !== 'migrating')) return undefined;
  const { lastProgress } = run;
  if (lastProgress?.percent === undefined) return undefined;
  const at = new Date(lastProgress.at);
  const progress = progressNow(run, { progressPercent: lastProgress.percent }, at);
  const { secondsLeft, percentPerHour } = progress ?? {};
  const remainingMs =
    secondsLeft === undefined || run.stalled !== undefined
      ? undefined
      : Math.max(0, secondsLeft * 1000 - (now.getTime() - at.getTime()));
  return defined({ percent: lastProgress.percent, remainingMs, ratePercentPerHour: percentPerHour });
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
