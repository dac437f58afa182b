import { isFinal } from '../events/phase.ts';
import type { TaskState } from './model/state.ts';

const MINUTE = 60_000;
/** Restarts and deletions usually come soon after the end. */
const DORMANT_AFTER_END_MS = 60 * MINUTE;
/** After a change the next one is often near. */
const CLOSE_AFTER_CHANGE_MS = 10 * MINUTE;

/**
 * A task is dormant some time after its end, and looked at seldom. It is never dropped: a stopped task can be started
 * again, a finished one configured again, and both can be deleted.
 */
export function isDormant({ standing, missing, failing }: TaskState, now: Date): boolean {
  if (standing === undefined || missing !== undefined || failing !== undefined) return false;
  return isFinal(standing.phase) && ageMs(standing.since, now) >= DORMANT_AFTER_END_MS;
}

const COUNTED_AFTER_DELETION_MS = 24 * 60 * MINUTE;

/** A deleted task that was discovered is watched for a day more, and counts as failed for its groups until then. */
export function isForgotten({ standing }: TaskState, now: Date): boolean {
  return standing?.phase === 'gone' && ageMs(standing.since, now) >= COUNTED_AFTER_DELETION_MS;
}

/** A task near a change is worth more than one look per tick. */
export function isNearChange({ standing, missing, run }: TaskState, now: Date): boolean {
  if (standing === undefined) return false;
  if (missing !== undefined) return standing.phase !== 'gone';
  if (run === undefined) return false;
  if (run.ready !== undefined || ageMs(standing.since, now) < CLOSE_AFTER_CHANGE_MS) return true;
  return standing.phase === 'switching' || standing.phase === 'stopping';
}

/** Clocks differ: a time ahead of ours counts as now. */
function ageMs(time: string, now: Date): number {
  return Math.max(0, now.getTime() - Date.parse(time));
}

/** The sweep looks at the dormant tasks. */
export function isSweepDue(sweptAt: string | undefined, everyMs: number, now: Date): boolean {
  if (sweptAt === undefined) return true;
  const sinceMs = now.getTime() - Date.parse(sweptAt);
  // A sweep dated in the future is the work of a clock that was wrong.
  return sinceMs < 0 || sinceMs >= everyMs;
}

/** A share of the time for which figures count, so that a look just before an end is never taken for an old one. */
const NOTED_PARTS = 2 / 3;

/**
 * The time of the looks at a project's replications is written down now and then, once for all of them. A task's record
 * changes only with its figures, so it cannot say whether looks went on until the end of a replication.
 */
export function isLookedAtDue(lookedAt: string | undefined, figuresValidForMs: number, now: Date): boolean {
  if (lookedAt === undefined) return true;
  const sinceMs = now.getTime() - Date.parse(lookedAt);
  return sinceMs < 0 || sinceMs >= figuresValidForMs * NOTED_PARTS;
}
