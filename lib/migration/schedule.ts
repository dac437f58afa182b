import { isFinal } from '../events/phase.ts';
import type { WatchRecord } from './model/state.ts';

const MINUTE = 60_000;
/** Restarts and deletions come soon after the end, if they come. */
const CLOSE_AFTER_END_MS = 60 * MINUTE;
/** After a change the next one is often near. */
const CLOSE_AFTER_CHANGE_MS = 10 * MINUTE;

/**
 * Whether a task has ended long enough ago to be looked at seldom. Never never: a stopped task can be started again, a
 * finished one configured again, and both can be deleted.
 */
export function isSettled({ standing, missing, failing }: WatchRecord, now: Date): boolean {
  if (standing === undefined || missing !== undefined || failing !== undefined) return false;
  return isFinal(standing.phase) && ageMs(standing.since, now) >= CLOSE_AFTER_END_MS;
}

/** As long as a deleted task counts for its group. Milliseconds. */
const REMEMBERED_AFTER_DELETION_MS = 24 * 60 * MINUTE;

/** Whether a discovered task was deleted so long ago that it is no longer watched. Until then it counts as failed for its groups. */
export function isForgotten({ standing }: WatchRecord, now: Date): boolean {
  return standing?.phase === 'gone' && ageMs(standing.since, now) >= REMEMBERED_AFTER_DELETION_MS;
}

/** As long as the record of a task that was discovered and deleted is kept: its dead letters can be sent again. Days. */
const KEPT_AFTER_DELETION_DAYS = 90;

/** As long as the record of an entry is kept that has another name by now: as its dead letters are. Days. */
const KEPT_AFTER_MOVING_DAYS = 31;

/**
 * Until when a record is kept, so that those of tasks that come and go do not pile up. Only that of a discovered task
 * ends, and only once nothing is owed from it any more: who names a task may want to know of it for ever. And one that
 * stands elsewhere now.
 *
 * @returns milliseconds since the epoch; nothing: for ever
 */
export function keptUntil({ standing, discoveredBy, outbox, movedAt }: WatchRecord): number | undefined {
  if (movedAt !== undefined && outbox.length === 0) {
    return Date.parse(movedAt) + KEPT_AFTER_MOVING_DAYS * 24 * 60 * MINUTE;
  }
  if (discoveredBy === undefined || standing?.phase !== 'gone' || outbox.length > 0) return undefined;
  return Date.parse(standing.since) + KEPT_AFTER_DELETION_DAYS * 24 * 60 * MINUTE;
}

/** Whether a task is so near to a change that one look per tick is few. */
export function isNearChange({ standing, missing, run }: WatchRecord, now: Date): boolean {
  if (standing === undefined) return false;
  if (missing !== undefined) return standing.phase !== 'gone';
  if (run === undefined) return false;
  if (run.ready !== undefined || ageMs(standing.since, now) < CLOSE_AFTER_CHANGE_MS) return true;
  return standing.phase === 'switching' || standing.phase === 'stopping';
}

/** A time ahead of ours (clocks differ) is one of just now. */
function ageMs(time: string, now: Date): number {
  return Math.max(0, now.getTime() - Date.parse(time));
}

/** Whether the tasks that ended long ago are to be looked at in this tick. */
export function isSweepDue(sweptAt: string | undefined, everyMs: number, now: Date): boolean {
  if (sweptAt === undefined) return true;
  const sinceMs = now.getTime() - Date.parse(sweptAt);
  // A sweep in the future was made by a clock that was wrong.
  return sinceMs < 0 || sinceMs >= everyMs;
}

/** So often in the time for which figures count: a look that was made just before an end is never taken for an old one. */
const NOTED_PARTS = 2 / 3;

/**
 * Whether it is to be written down that the tasks of a project that replicate were looked at. Their records only change when
 * their figures do, so nobody could tell afterwards whether a replication was in step until its end or the watcher was
 * away for hours; one small write now and then for all of them says so.
 */
export function isLookToBeNoted(lookedAt: string | undefined, figuresValidForMs: number, now: Date): boolean {
  if (lookedAt === undefined) return true;
  const sinceMs = now.getTime() - Date.parse(lookedAt);
  return sinceMs < 0 || sinceMs >= figuresValidForMs * NOTED_PARTS;
}
