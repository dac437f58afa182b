import type { Sighting } from './arrival.ts';
import type { Course, Ready } from './course.ts';
import { fence, type Noticed, tell, withCourse } from './draft.ts';
import type { Progress, Readiness, Stall, Standing } from './event.ts';
import { noteLag } from './lag.ts';
import { noteMotion } from './motion.ts';
import { known } from './neighbours.ts';
import { noteProgress } from './progress.ts';
import { countLook, type Judgement, judgeReadiness } from './readiness.ts';
import type { Movement } from './stall.ts';
import { type Phase, SWITCHED } from './status.ts';
import type { Thresholds } from './thresholds.ts';

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

function spanWords(seconds: number): string {
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min`;
  const hours = Math.round(seconds / 360) / 10;
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 2.4) / 10} d`;
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
  if (kind === 'lag grows') return `falls behind: the lag (offset) has grown for ${span}, to ${offset}`;
  return `stalled: no progress for ${span}${percent === undefined ? '' : ` (at ${percent} %)`}`;
}

function resumedWords({ kind, percent, offset }: Stall): string {
  if (kind === 'lag grows') return `catches up again: the lag (offset) is down to ${offset}`;
  return `moves again${percent === undefined ? '' : ` (at ${percent} %)`}`;
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
  const { neighbours, thresholds, observation } = bench;
  // Clients are at the target: there is no cut-over to be ready for any more.
  if (observation.taskStatus === SWITCHED) return withCourse(draft, withoutReadiness(course));
  const judged = judgeReadiness(neighbours.stats, thresholds);
  const judgement = course.switchOpen && judged.kind === 'in step' ? afterSwitch(judged) : judged;
  const { ready, told } = countLook(course.ready, judgement, thresholds.cutover.looks);
  if (told === 'unready') return retractReadiness(draft, course, judgement, bench);
  if (ready === course.ready) return draft;
  if (ready === undefined) return withCourse(draft, { ...course, ready });
  const next = withCourse(draft, { ...course, ready });
  return told === undefined ? next : announceReadiness(next, ready, judgement.basis, bench);
}

/** Clients may be at the target already. */
function afterSwitch({ basis }: Judgement): Judgement {
  return { kind: 'unknown', basis, reason: 'an IP switch was going on, and nobody says how it ended' };
}

/** Readiness that ends without a word: somebody is cutting over, or has done so. */
function withoutReadiness(course: Course): Course {
  return course.ready === undefined ? course : { ...course, ready: undefined };
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
    readiness: basis,
    ...fence(draft, thresholds.actionsValidForMs, now),
    ...(ready.told !== undefined && { renews: ready.told.id }),
    severity: 'action',
    summary: readyWords(basis),
  } as const;
  const announced = tell(draft, voice, 'dcs.migration.cutover_ready', facts, now);
  const { course, sequence } = announced.record;
  const id = announced.events.at(-1)?.id;
  if (course === undefined || id === undefined) return announced;
  const told = ready.told ?? { id, sequence };
  return withCourse(announced, { ...course, announced: true, ready: { ...ready, told } });
}

function readyWords({ offset, keyGapPercent, looks }: Readiness): string {
  return `ready for the cut-over: lag (offset) ${offset}, key counts ${keyGapPercent} % apart, ${looks === 1 ? 'at this look' : `${looks} looks in a row`}`;
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
  const words = judgement.kind === 'unknown' ? 'can no longer be called ready' : 'no longer ready';
  const facts = {
    standing,
    readiness: { ...judgement.basis, reason, retracts: course.ready.told.id },
    severity: 'action',
    summary: `${words} for the cut-over: ${reason}`,
  } as const;
  const next = withCourse(draft, { ...course, ready: undefined });
  return tell(next, voice, 'dcs.migration.cutover_unready', facts, now);
}

type RetractionBench = Pick<Bench, 'standing' | 'voice' | 'now'>;

/** Being stopped or switched is the cut-over itself; whoever was told to be ready is doing it. */
const CUTTING_OVER: ReadonlySet<Phase> = new Set(['switching', 'stopping', 'stopped', 'succeeded']);

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
  return retractReadiness(draft, course, { kind: 'behind', basis, reason: why }, bench);
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
  const judgement = { kind: 'unknown', basis, reason: why } as const;
  const { ready, told } = countLook(course.ready, judgement, bench.thresholds.cutover.looks);
  return told === 'unready'
    ? retractReadiness(draft, course, judgement, bench)
    : withCourse(draft, { ...course, ready });
}

/** A longer wait is the work of a clock that is wrong. */
const LONGEST_BELIEVED_MS = 366 * 24 * 3_600_000;

function forgetting(draft: Noticed, course: Course, bench: Bench): Noticed {
  const { standing, thresholds, voice, now } = bench;
  const { configuringMs, incrementalMs, everyMs } = thresholds.forgotten;
  const afterMs = standing.phase === 'configuring' ? configuringMs : incrementalMs;
  const waitedMs = now.getTime() - Date.parse(standing.since);
  const quietMs = now.getTime() - Date.parse(course.reminded?.at ?? standing.since);
  const times = course.reminded?.times ?? 0;
  // A reminder of the future was given by a clock that was wrong.
  const isSoon = times > 0 && quietMs >= 0 && quietMs < everyMs;
  if (waitedMs < afterMs || waitedMs > LONGEST_BELIEVED_MS || isSoon) return draft;
  const next = withCourse(draft, { ...course, reminded: { at: now.toISOString(), times: times + 1 } });
  const facts = {
    standing,
    reminders: times,
    severity: 'action',
    summary: forgottenWords(standing, waitedMs, bench.observation.taskStatus === SWITCHED),
  } as const;
  return tell(next, voice, 'dcs.migration.forgotten', facts, now);
}

function forgottenWords({ phase }: Standing, waitedMs: number, isSwitched: boolean): string {
  const span = spanWords(waitedMs / 1000);
  if (phase === 'configuring') return `has waited for ${span} to be configured: configure or delete it`;
  const todo = isSwitched ? 'the IP addresses are switched: stop it' : 'cut over and stop it';
  return `has replicated for ${span}: ${todo}, or it runs (and costs) for ever`;
}
