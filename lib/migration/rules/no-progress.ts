import { defined } from '../../base/defined.ts';
import { type Stats, valueIn } from '../model/enrichment.ts';
import { hasFallenBack, type MigrationRun, type ProgressSample } from '../model/run.ts';
import { type Update, withRun } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { type Movement, stallOf } from './shared/stall.ts';
import { emitMovement } from './shared/stall-events.ts';

const COMPLETE = 100;

/** Announces that the full synchronisation has stopped moving, and later that it moves again. */
export function noProgress(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  if (run === undefined) return update;
  const { enrichment, thresholds, derived, now } = context;
  const stats = valueIn(enrichment.stats);
  // No event marks the end of a derived phase: at 100 percent the task may be replicating.
  const isOpen = derived && (stats?.progressPercent ?? 0) >= COMPLETE;
  if (isOpen && run.stalled === undefined) {
    return run.lastProgress === undefined ? update : withRun(update, { ...run, lastProgress: undefined });
  }
  return emitMovement(update, movementAfter(run, stats, thresholds.stalledAfterMs, now), context);
}

/** Writes of progress in the time of a stall, so that a stall is announced at most 1/40 late. */
const MEMORY_PARTS = 40;
/** The longest believable standstill; a longer one comes from a wrong clock. */
const LONGEST_BELIEVED_MS = 366 * 24 * 3_600_000;

/**
 * Decides whether the full synchronisation moves: its progress or the target's key count grows, or the copy starts
 * anew. Traffic alone proves nothing, since its content is unknown.
 */
export function movementAfter(
  run: MigrationRun,
  stats: Stats | undefined,
  stalledAfterMs: number,
  now: Date,
): Movement {
  const here = sampleOf(stats, now);
  if (here === undefined) return { run };
  const { lastProgress: last, stalled } = run;
  if (last === undefined || (isOff(last, now) && stalled === undefined)) {
    return { run: { ...run, lastProgress: here } };
  }
  const quietMs = now.getTime() - Date.parse(last.at);
  if (hasMoved(last, here)) {
    const moved = { ...run, lastProgress: here };
    if (stalled === undefined) return { run: quietMs < stalledAfterMs / MEMORY_PARTS ? run : moved };
    return { run: { ...moved, stalled: undefined }, resumed: stallOf('no progress', stalled.since, stats) };
  }
  if (stalled !== undefined || quietMs < stalledAfterMs) return { run: withFewerKeys(run, last, here) };
  const begun = { kind: 'no progress', since: last.at } as const;
  return { run: { ...run, stalled: begun }, stalled: stallOf(begun.kind, last.at, stats) };
}

function sampleOf({ progressPercent, targetKeys }: Stats = {}, now: Date): ProgressSample | undefined {
  if (progressPercent === undefined && targetKeys === undefined) return undefined;
  return defined({ at: now.toISOString(), percent: progressPercent, targetKeys });
}

/** Whether a wrong clock dated a sample: in the future, or in another year. */
function isOff({ at }: ProgressSample, now: Date): boolean {
  const ms = now.getTime() - Date.parse(at);
  return ms < 0 || ms > LONGEST_BELIEVED_MS;
}

function hasMoved(last: ProgressSample, here: ProgressSample): boolean {
  const hasGrown = (before: number | undefined, now: number | undefined) =>
    now !== undefined && (before === undefined || now > before);
  return (
    hasGrown(last.percent, here.percent) ||
    hasGrown(last.targetKeys, here.targetKeys) ||
    hasFallenBack(last.percent, here.percent)
  );
}

/** The share of the key count below which a loss is written. */
const FEWER = 0.9;

/**
 * Lowers the stored key count. Expiring or flushed keys are no movement, but later growth counts from the lower number.
 */
function withFewerKeys(
  run: MigrationRun,
  last: ProgressSample,
  { targetKeys }: ProgressSample,
): MigrationRun {
  if (targetKeys === undefined || targetKeys > (last.targetKeys ?? 0) * FEWER) return run;
  return targetKeys === last.targetKeys ? run : { ...run, lastProgress: { ...last, targetKeys } };
}
