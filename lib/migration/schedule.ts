import { isFinal } from '../events/phase.ts';
import type { TaskState } from './model/state.ts';

const MINUTE = 60_000;
/** Time from an end until the task is dormant. Restarts and deletions usually come sooner. */
const DORMANT_AFTER_END_MS = 60 * MINUTE;
/** Time after a change in which the next one is often near. */
const CLOSE_AFTER_CHANGE_MS = 10 * MINUTE;

/**
 * Whether a task ended some time ago, and so is looked at seldom. It still gets looks: a stopped task can be started
 * again, a finished one configured again, and both can be deleted.
 */
export function isDormant({ standing, missing, failing }: TaskState, now: Date): boolean {
  if (standing === undefined || missing !== undefined || failing !== undefined) return false;
  return isFinal(standing.phase) && ageMs(standing.since, now) >= DORMANT_AFTER_END_MS;
}

const COUNTED_AFTER_DELETION_MS = 24 * 60 * MINUTE;

/**
 * Whether a deleted task is no longer watched. A discovered task is watched for one more day, and its groups count it
 * as failed until then.
 */
export function isForgotten({ standing }: TaskState, now: Date): boolean {
  return standing?.phase === 'gone' && ageMs(standing.since, now) >= COUNTED_AFTER_DELETION_MS;
}

/** Whether a task may soon change, and so is worth more than one look per tick. */
export function isNearChange({ standing, missing, run }: TaskState, now: Date): boolean {
  if (standing === undefined) return false;
  if (missing !== undefined) return standing.phase !== 'gone';
  if (run === undefined) return false;
  if (run.ready !== undefined || ageMs(standing.since, now) < CLOSE_AFTER_CHANGE_MS) return true;
  return standing.phase === 'switching' || standing.phase === 'stopping';
}

/** The age of a time. A time ahead of our clock counts as now. */
function ageMs(time: string, now: Date): number {
  return Math.max(0, now.getTime() - Date.parse(time));
}

/** Whether it is time for the sweep, which looks at the dormant tasks. */
export function isSweepDue(sweptAt: string | undefined, everyMs: number, now: Date): boolean {
  if (sweptAt === undefined) return true;
  const sinceMs = now.getTime() - Date.parse(sweptAt);
  // A wrong clock may have dated a sweep in the future.
  return sinceMs < 0 || sinceMs >= everyMs;
}

/**
 * The share of the time for which figures count, after which the time of looks is saved again. It is below 1, so that a
 * look just before an end never seems old.
 */
const NOTED_PARTS = 2 / 3;

/**
 * Whether to save the time of the looks at a project's replications, once for all of them. A task's record changes only
 * with its figures, so it cannot show whether looks went on until the replication ended.
 */
export function isLookedAtDue(lookedAt: string | undefined, figuresValidForMs: number, now: Date): boolean {
  if (lookedAt === undefined) return true;
  const sinceMs = now.getTime() - Date.parse(lookedAt);
  return sinceMs < 0 || sinceMs >= figuresValidForMs * NOTED_PARTS;
}
