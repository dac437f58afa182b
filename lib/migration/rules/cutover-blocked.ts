import type { Readiness } from '../../events/event.ts';
import { known } from '../model/enrichment.ts';
import type { Course, Waiting } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import { type Noticed, tell, withCourse } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { explained, judgementOf, type Unready } from './shared/judgement.ts';

/** Tells why a replication does not become ready. Where the statistics of all tasks do not work, that was said of the project. */
export function cutoverBlocked(draft: Noticed, context: RuleContext): Noticed {
  const { run } = draft.record;
  const { standing, thresholds, neighbours, observation, voice, now } = context;
  if (run === undefined || observation.taskStatus === SWITCHED) return draft;
  const judgement = judgementOf(run, context);
  if (run.ready?.announced !== undefined || judgement.kind === 'in step') return draft;
  const isSaid = known(neighbours.stats) === undefined && neighbours.project?.isStatsTroubleTold;
  const isAsked = neighbours.stats !== undefined && neighbours.stats.kind !== 'skipped';
  if (isSaid || !isAsked) return draft;
  const waited = countWaiting(run, judgement, thresholds.cutover.blockedAfter);
  const next = withCourse(draft, waited.course);
  if (!waited.isDue) return next;
  const { unmet } = judgement;
  const facts = {
    standing,
    transition: judgement.kind === 'unknown' ? 'not_known' : 'not_ready',
    readiness: { ...explained(judgement), unmet },
    severity: 'action',
  } as const;
  return tell(next, voice, 'dcs.migration.cutover_blocked', facts, now);
}

/** What came of a look at a replication that is not ready. */
export interface Waited {
  readonly course: Course;
  /** Somebody is to be told why it is not ready. */
  readonly isDue?: true;
}

/**
 * Counts the looks at a replication that is not ready, while nothing gets better: a target that catches up needs no word.
 * One word is enough until something else keeps it from being ready for as many looks in a row, or it is ready.
 *
 * @returns the same course when there is nothing to write
 */
export function countWaiting(course: Course, judgement: Unready, looks: number): Waited {
  const before = course.waiting ?? { looks: 0 };
  const kind = judgement.kind === 'unknown' ? 'unknown' : 'behind';
  if (before.announced !== undefined) return { course: waitingFor(course, afterWord(before, kind, looks)) };
  const better = bettered(before, judgement.basis);
  if (better !== undefined) return { course: waitingFor(course, { ...better, looks: 1 }) };
  const counted = before.looks + 1;
  if (counted < looks) return { course: waitingFor(course, { ...before, looks: counted }) };
  return { course: waitingFor(course, { ...before, looks: 0, announced: kind }), isDue: true };
}

function waitingFor(course: Course, waiting: Waiting): Course {
  return course.waiting === waiting ? course : { ...course, waiting };
}

function afterWord(before: Waiting, kind: Waiting['announced'], looks: number): Waiting {
  if (kind === before.announced) return before.looks === 0 ? before : { ...before, looks: 0 };
  const { announced: _other, ...anew } = before;
  return before.looks + 1 >= looks ? { ...anew, looks: 0 } : { ...before, looks: before.looks + 1 };
}

/** A hundredth less than ever is better, for it may take hours; what goes up and down soon is not. */
const BETTER = 0.99;

/** What it waits for now that it got better; nothing when it did not. */
function bettered(before: Waiting, { offset, keyGapPercent }: Readiness): Waiting | undefined {
  const isLess = (least: number | undefined, here: number | undefined): boolean =>
    here !== undefined && (least === undefined || here < least * BETTER);
  if (!isLess(before.offset, offset) && !isLess(before.keyGapPercent, keyGapPercent)) return undefined;
  const least = (one: number | undefined, other: number | undefined) =>
    one === undefined ? other : Math.min(one, other ?? one);
  const [lag, gap] = [least(before.offset, offset), least(before.keyGapPercent, keyGapPercent)];
  return {
    ...before,
    ...(lag !== undefined && { offset: lag }),
    ...(gap !== undefined && { keyGapPercent: gap }),
  };
}
