import type { Progress, Readiness, Stall, Standing } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import { bytesWords, spanWords } from '../../language/format.ts';
import type { Sighting } from '../detect/transition.ts';
import { known } from '../model/enrichment.ts';
import type { Course, Ready } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import type { Thresholds } from '../model/thresholds.ts';
import { fence, type Noticed, tell, withCourse } from '../model/update.ts';
import { causeWords, countWaiting } from './cutover-blocked.ts';
import { noteFigures } from './figures.ts';
import { forgetting } from './forgotten.ts';
import { noteLag } from './growing-lag.ts';
import { noteMotion } from './no-progress.ts';
import { noteProgress } from './progress.ts';
import {
  begunAt,
  countLook,
  countRetraction,
  enduranceOf,
  type Judgement,
  judgeReadiness,
} from './readiness.ts';
import type { Movement } from './stall.ts';

/** What all judges of one look work with. */
export interface Bench extends Sighting {
  readonly standing: Standing;
  readonly thresholds: Thresholds;
  readonly isFirstSight: boolean;
}

type Judge = (draft: Noticed, course: Course, bench: Bench) => Noticed;

/** Which judges have a say in which phase, in the order in which they speak. */
const JUDGES: Readonly<Partial<Record<Phase, readonly Judge[]>>> = {
  configuring: [forgetting],
  full: [motion, progress],
  incremental: [readiness, lag, forgetting],
};

/** Lets the judges of the phase look at what a good look saw. The same draft comes back when none has to say anything. */
export function judge(draft: Noticed, bench: Bench): Noticed {
  return (JUDGES[bench.phase] ?? []).reduce((judged, one) => {
    const { course } = judged.record;
    return course === undefined ? judged : one(judged, course, bench);
  }, draft);
}

function progress(
  draft: Noticed,
  course: Course,
  { neighbours, thresholds, isFirstSight, ...bench }: Bench,
): Noticed {
  const stats = known(neighbours.stats);
  const passed = noteProgress(course, stats, thresholds.progressMarks, isFirstSight, bench.now);
  const next = withCourse(draft, passed.course);
  if (passed.progress === undefined) return next;
  const facts = {
    standing: bench.standing,
    progress: passed.progress,
    severity: 'info',
    summary: progressWords(passed.progress),
  } as const;
  return tell(next, bench.voice, 'dcs.migration.progress', facts, bench.now);
}

function progressWords({ percent, secondsLeft }: Progress): string {
  const left = secondsLeft === undefined ? '' : `, about ${spanWords(secondsLeft)} left at this rate`;
  return `full synchronisation at ${percent} %${left}`;
}

const ALL = 100;

function motion(draft: Noticed, course: Course, bench: Bench): Noticed {
  const { neighbours, thresholds, now } = bench;
  // Nobody says what comes after the full synchronisation: at its end it may be replicating.
  const isOpen = bench.derived && (known(neighbours.stats)?.progressPercent ?? 0) >= ALL;
  if (isOpen && course.stalled === undefined) {
    return course.motion === undefined ? draft : withCourse(draft, { ...course, motion: undefined });
  }
  return tellMovement(
    draft,
    noteMotion(course, known(neighbours.stats), thresholds.stalledAfterMs, now),
    bench,
  );
}

function lag(draft: Noticed, course: Course, bench: Bench): Noticed {
  const { neighbours, thresholds, observation, now } = bench;
  // The source has no clients any more, so it matters no more how far the target is behind it.
  if (observation.taskStatus === SWITCHED) return draft;
  const limits = { maxOffset: thresholds.cutover.maxOffset, stalledAfterMs: thresholds.stalledAfterMs };
  return tellMovement(draft, noteLag(course, known(neighbours.stats), limits, now), bench);
}

function tellMovement(draft: Noticed, { course, stalled, resumed }: Movement, bench: Bench): Noticed {
  const next = withCourse(draft, course);
  const { standing, voice, now } = bench;
  if (stalled !== undefined) {
    const facts = {
      standing,
      stall: stalled,
      severity: 'action',
      summary: stallWords(stalled, now),
    } as const;
    return tell(next, voice, 'dcs.migration.stalled', facts, now);
  }
  if (resumed === undefined) return next;
  const facts = { standing, stall: resumed, severity: 'info', summary: resumedWords(resumed) } as const;
  return tell(next, voice, 'dcs.migration.resumed', facts, now);
}

function stallWords({ kind, since, percent, offset }: Stall, now: Date): string {
  const span = spanWords((now.getTime() - Date.parse(since)) / 1000);
  if (kind === 'lag grows')
    return `falls behind: the lag (offset) has grown for ${span}, to ${lagWords(offset)}`;
  return `stalled: no progress for ${span}${percent === undefined ? '' : ` (at ${percent} %)`}`;
}

function resumedWords({ kind, percent, offset }: Stall): string {
  if (kind === 'lag grows') return `catches up again: the lag (offset) is down to ${lagWords(offset)}`;
  return `moves again${percent === undefined ? '' : ` (at ${percent} %)`}`;
}

function lagWords(offset: number | undefined): string {
  return offset === undefined ? 'unknown' : bytesWords(offset);
}

/** Where a migration ends, nobody expects it to move. */
const ENDING: ReadonlySet<Phase> = new Set(['stopping', 'stopped', 'failed', 'released', 'gone']);

/** A stall ends with its phase; where the migration goes on, somebody who was told of it is told that it is over. */
export function leaveStall(draft: Noticed, to: Phase, { standing, voice, now }: RetractionBench): Noticed {
  const { course } = draft.record;
  if (course?.stalled === undefined || to === standing.phase) return draft;
  const { kind, since } = course.stalled;
  const next = withCourse(draft, { ...course, stalled: undefined });
  if (ENDING.has(to)) return next;
  const facts = {
    standing,
    stall: { kind, since },
    severity: 'info',
    summary: `has left the ${standing.phase} phase, in which ${kind === 'lag grows' ? 'its lag grew' : 'it had stalled'}`,
  } as const;
  return tell(next, voice, 'dcs.migration.resumed', facts, now);
}

function readiness(draft: Noticed, course: Course, bench: Bench): Noticed {
  const { neighbours, thresholds, observation, now } = bench;
  // Clients are at the target: there is no cut-over to be ready for any more, and the figures compare something else.
  if (observation.taskStatus === SWITCHED) return withCourse(draft, withoutReadiness(course));
  const judged = judgeReadiness(neighbours.stats, thresholds);
  const noted = noteFigures(course, judged, { lookedAt: neighbours.project?.lookedAt, now });
  const isOpen = course.switchOpen && (judged.kind === 'in step' || judged.kind === 'near');
  const judgement = isOpen ? afterSwitch(judged) : judged;
  const endurance = enduranceOf(thresholds.cutover, course, now);
  const { told, ...verdict } = countLook(course.ready, judgement, endurance);
  const ready = begunAt(verdict.ready, endurance.looks > thresholds.cutover.looks, now);
  if (told === 'unready') {
    return retractReadiness(draft, countRetraction(noted, judgement.kind, now), judgement, bench);
  }
  const counted = ready === noted.ready ? noted : { ...noted, ready };
  if (told === 'ready' && ready !== undefined) {
    return announceReadiness(withCourse(draft, counted), ready, judgement.basis, bench);
  }
  if (counted.ready?.told !== undefined || judgement.kind === 'in step') return withCourse(draft, counted);
  return waiting(draft, counted, judgement, bench);
}

/** A replication that is not ready. Where the statistics of all tasks do not work, that was said of the project. */
function waiting(
  draft: Noticed,
  course: Course,
  judgement: Exclude<Judgement, { kind: 'in step' }>,
  { standing, thresholds, neighbours, voice, now }: Bench,
): Noticed {
  const isSaid = known(neighbours.stats) === undefined && neighbours.project?.isStatsTroubleTold;
  const isAsked = neighbours.stats !== undefined && neighbours.stats.kind !== 'skipped';
  if (isSaid || !isAsked) return withCourse(draft, course);
  const waited = countWaiting(course, judgement, thresholds.cutover.blockedAfter);
  const next = withCourse(draft, waited.course);
  if (!waited.isDue) return next;
  const { basis, reason, unmet, kind } = judgement;
  const words =
    kind === 'unknown'
      ? 'whether it is ready for the cut-over cannot be judged'
      : 'not ready for the cut-over';
  const facts = {
    standing,
    readiness: { ...basis, reason, unmet },
    severity: 'action',
    summary: `${words}: ${reason}; ${causeWords(judgement)}`,
  } as const;
  return tell(next, voice, 'dcs.migration.cutover_blocked', facts, now);
}

/** Clients may be at the target already. */
function afterSwitch({ basis }: Judgement): Judgement {
  const reason = 'an IP switch was going on, and nobody says how it ended';
  return { kind: 'unknown', basis, reason, unmet: [] };
}

/** Readiness that ends without a word: somebody is cutting over, or has done so. */
function withoutReadiness(course: Course): Course {
  const { ready, waiting } = course;
  return ready === undefined && waiting === undefined
    ? course
    : { ...course, ready: undefined, waiting: undefined };
}

/**
 * Tells that a task is ready. Told anew, it names the event that said so first: that is what is taken back one day, for
 * everybody.
 */
export function announceReadiness(
  draft: Noticed,
  ready: Ready,
  basis: Readiness,
  { standing, thresholds, voice, now }: Pick<Bench, 'standing' | 'thresholds' | 'voice' | 'now'>,
): Noticed {
  const facts = {
    standing,
    readiness: { ...basis, looks: ready.streak },
    ...fence(draft, thresholds.actionsValidForMs, now),
    ...(ready.told !== undefined && { renews: ready.told.id }),
    severity: 'action',
    summary: readyWords({ ...basis, looks: ready.streak }),
  } as const;
  const announced = tell(draft, voice, 'dcs.migration.cutover_ready', facts, now);
  const { course, sequence } = announced.record;
  const id = announced.events.at(-1)?.id;
  if (course === undefined || id === undefined) return announced;
  const told = ready.told ?? { id, sequence };
  return withCourse(announced, { ...course, announced: true, ready: { ...ready, told }, waiting: undefined });
}

function readyWords({ offset, keyGapPercent, looks }: Readiness): string {
  return `ready for the cut-over: lag (offset) ${lagWords(offset)}, key counts ${keyGapPercent} % apart, ${looks === 1 ? 'at this look' : `${looks} looks in a row`}`;
}

/** Takes back an announced readiness. */
function retractReadiness(
  draft: Noticed,
  course: Course,
  judgement: Judgement,
  bench: RetractionBench,
): Noticed {
  if (course.ready?.told === undefined) return draft;
  const { standing, voice, now } = bench;
  const reason = judgement.kind === 'in step' ? 'it is in another phase' : judgement.reason;
  const unmet = judgement.kind === 'in step' ? [] : judgement.unmet;
  const isUnknown = judgement.kind === 'unknown';
  const words = isUnknown ? 'can no longer be called ready' : 'no longer ready';
  const facts = {
    standing,
    readiness: {
      ...judgement.basis,
      reason,
      ...(unmet.length > 0 && { unmet }),
      retracts: course.ready.told.id,
    },
    severity: 'action',
    summary: `${words} for the cut-over: ${reason}`,
  } as const;
  const next = withCourse(draft, {
    ...course,
    ready: undefined,
    // This says why; another reason is told when it lasts.
    waiting: { looks: 0, told: isUnknown ? 'unknown' : 'behind' },
  });
  return tell(next, voice, 'dcs.migration.cutover_unready', facts, now);
}

type RetractionBench = Pick<Bench, 'standing' | 'voice' | 'now'>;

/** Being stopped, released or switched is the cut-over itself; whoever was told to be ready is doing it. */
const CUTTING_OVER: ReadonlySet<Phase> = new Set([
  'switching',
  'stopping',
  'stopped',
  'released',
  'succeeded',
]);

/** The task leaves the incremental phase: that ends an announced readiness, with a word if nobody is cutting over. */
export function leaveReadiness(
  draft: Noticed,
  to: Phase,
  why: string,
  bench: RetractionBench & Pick<Bench, 'thresholds'>,
): Noticed {
  const { course } = draft.record;
  if (course?.ready === undefined || to === 'incremental') return draft;
  const isTold = course.ready.told !== undefined;
  if (!isTold || CUTTING_OVER.has(to)) return withCourse(draft, withoutReadiness(course));
  const { basis } = judgeReadiness(undefined, bench.thresholds);
  return retractReadiness(draft, course, { kind: 'lost', basis, reason: why, unmet: [] }, bench);
}

/** A look that gave no answer: after a few of them an announced readiness is taken back. */
export function doubtReadiness(
  draft: Noticed,
  why: string,
  bench: RetractionBench & Pick<Bench, 'thresholds'>,
): Noticed {
  const { course } = draft.record;
  if (course?.ready === undefined) return draft;
  const { basis } = judgeReadiness(undefined, bench.thresholds);
  const judgement = { kind: 'unknown', basis, reason: why, unmet: [] } as const;
  const endurance = enduranceOf(bench.thresholds.cutover, course, bench.now);
  const { ready, told } = countLook(course.ready, judgement, endurance);
  return told === 'unready'
    ? retractReadiness(draft, countRetraction(course, judgement.kind, bench.now), judgement, bench)
    : withCourse(draft, { ...course, ready });
}
