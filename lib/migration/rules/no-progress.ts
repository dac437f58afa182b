import { known, type Stats } from '../model/enrichment.ts';
import { type Course, hasFallenBack, type ProgressSample } from '../model/run.ts';
import { type Noticed, withCourse } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { type Movement, stallOf } from './shared/stall.ts';
import { tellMovement } from './shared/stall-events.ts';

const ALL = 100;

/** Tells when the full synchronisation has stopped moving, and when it moves again. */
export function noProgress(draft: Noticed, context: RuleContext): Noticed {
  const { run } = draft.record;
  if (run === undefined) return draft;
  const { neighbours, thresholds, derived, now } = context;
  const stats = known(neighbours.stats);
  // Nobody says what comes after the full synchronisation: at its end it may be replicating.
  const isOpen = derived && (stats?.progressPercent ?? 0) >= ALL;
  if (isOpen && run.stalled === undefined) {
    return run.lastProgress === undefined ? draft : withCourse(draft, { ...run, lastProgress: undefined });
  }
  return tellMovement(draft, noteMotion(run, stats, thresholds.stalledAfterMs, now), context);
}

/** What moves is remembered this many times in the time of a stall: a stall is told so little late. */
const MEMORY_PARTS = 40;
/** Longer than this nothing is believed to stand still: a clock was wrong. */
const LONGEST_BELIEVED_MS = 366 * 24 * 3_600_000;

/**
 * Whether the full synchronisation moves: its progress or the target's key count must grow. Traffic alone is no sign,
 * for nobody knows what it carries. Progress that falls far back is one: the copy has begun anew.
 *
 * @param stalledAfterMs without any motion. Milliseconds
 */
export function noteMotion(
  course: Course,
  stats: Stats | undefined,
  stalledAfterMs: number,
  now: Date,
): Movement {
  const here = paceOf(stats, now);
  if (here === undefined) return { course };
  const { lastProgress: last, stalled } = course;
  if (last === undefined || (isOff(last, now) && stalled === undefined)) {
    return { course: { ...course, lastProgress: here } };
  }
  const quietMs = now.getTime() - Date.parse(last.at);
  if (hasMoved(last, here)) return afterMotion(course, here, quietMs < stalledAfterMs / MEMORY_PARTS, stats);
  if (stalled !== undefined || quietMs < stalledAfterMs) return { course: withFewerKeys(course, last, here) };
  const begun = { kind: 'no progress', since: last.at } as const;
  return { course: { ...course, stalled: begun }, stalled: stallOf(begun.kind, last.at, stats) };
}

function paceOf({ progressPercent, targetKeys }: Stats = {}, now: Date): ProgressSample | undefined {
  if (progressPercent === undefined && targetKeys === undefined) return undefined;
  return {
    at: now.toISOString(),
    ...(progressPercent !== undefined && { percent: progressPercent }),
    ...(targetKeys !== undefined && { targetKeys }),
  };
}

/** What a clock that was wrong has left behind: it moved in the future, or in another year. */
function isOff({ at }: ProgressSample, now: Date): boolean {
  const ms = now.getTime() - Date.parse(at);
  return ms < 0 || ms > LONGEST_BELIEVED_MS;
}

function afterMotion(
  course: Course,
  here: ProgressSample,
  isSoon: boolean,
  stats: Stats | undefined,
): Movement {
  const moved = { ...course, lastProgress: here };
  const { stalled } = course;
  if (stalled === undefined) return { course: isSoon ? course : moved };
  return { course: { ...moved, stalled: undefined }, resumed: stallOf('no progress', stalled.since, stats) };
}

function hasMoved(last: ProgressSample, here: ProgressSample): boolean {
  const grown = (before: number | undefined, now: number | undefined) =>
    now !== undefined && (before === undefined || now > before);
  return (
    grown(last.percent, here.percent) ||
    grown(last.targetKeys, here.targetKeys) ||
    hasFallenBack(last.percent, here.percent)
  );
}

/** A tenth fewer keys is worth a write. */
const FEWER = 0.9;

/** Keys expire, or are flushed before a copy begins anew: that is no motion, but growth counts from there. */
function withFewerKeys(course: Course, last: ProgressSample, { targetKeys }: ProgressSample): Course {
  if (targetKeys === undefined || targetKeys > (last.targetKeys ?? 0) * FEWER) return course;
  return targetKeys === last.targetKeys ? course : { ...course, lastProgress: { ...last, targetKeys } };
}
