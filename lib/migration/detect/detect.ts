import { defined } from '../../base/defined.ts';
import type { Answer, Because, EventFacts, LastFigures, Standing } from '../../events/event.ts';
import { isFinal, type Severity } from '../../events/phase.ts';
import type { Transition } from '../../events/transition.ts';
import { en } from '../../language/en.ts';
import type { Enrichment } from '../model/enrichment.ts';
import type { Look, Observation } from '../model/observation.ts';
import { isSameStanding, type Sighting } from '../model/sighting.ts';
import { NEW_TASK, newStream, type Stream, type TaskState } from '../model/state.ts';
import { GONE_STATUS } from '../model/status.ts';
import {
  type EventSubject,
  emit,
  type Renewal,
  type Update,
  withoutLast,
  withState,
} from '../model/update.ts';
import { taskSubject, type Watch } from '../model/watch.ts';
import { type LookTime, markFiguresUnsure } from '../rules/shared/last-figures.ts';
import { evaluateStats } from '../rules/shared/readiness-evaluation.ts';
import { announceReadiness, countUnansweredLook, endReadiness } from '../rules/shared/readiness-events.ts';
import { type Confirmation, confirmationOf } from './confirmation.ts';
import { type Failure, failingAfter, restored } from './failing.ts';
import { detectGoodLook, endingOf } from './good-look.ts';
import { withRememberedSwitch } from './ip-switch.ts';
import { phaseOf } from './phase.ts';
import { applyTransition } from './transition/transition.ts';

type MadeLook = Exclude<Look, { kind: 'skipped' }>;

/** The facts with which one look at a task is evaluated. */
export interface LookContext {
  readonly watch: Watch;
  readonly now: Date;
  /** Answers of the calls that {@link enrichmentFor} wants. */
  readonly enrichment: Enrichment;
}

/** Looks in a row that must miss a task before it counts as gone: one could be a glitch. */
const MISSING_LOOKS_UNTIL_GONE = 2;

/**
 * Compares one look with the stored state. Pure: the same record, look and time give the same events with the same ids.
 *
 * @returns what to write, or nothing when the look changed nothing.
 */
export function detect(
  stream: Stream<TaskState> | undefined,
  look: MadeLook,
  context: LookContext,
): Update | undefined {
  const known: Update = { stream: stream ?? newStream(context.now, NEW_TASK), events: [] };
  switch (look.kind) {
    case 'failed':
      return failedLook(known, look, context);
    case 'missing':
      return missingLook(known, look, context);
    case 'seen':
      return goodLook(known, look.observation, context);
  }
}

/** @returns nothing when the look changed nothing */
function changeOf(before: Update, after: Update): Update | undefined {
  return after.stream === before.stream ? undefined : after;
}

/**
 * Evaluates a look that failed or was skipped for a reason outside the task. It makes an announced readiness uncertain.
 *
 * @returns what to write, or nothing when nothing was announced
 */
export function detectNoLook(
  stream: Stream<TaskState>,
  because: Because,
  watch: Watch,
  look: LookTime,
): Update | undefined {
  const before: Update = { stream, events: [] };
  return changeOf(before, withUncertainty(before, because, watch, look));
}

function withUncertainty(update: Update, because: Because, watch: Watch, look: LookTime): Update {
  const { standing, observation } = update.stream.state;
  if (standing === undefined) return update;
  const { thresholds } = watch;
  const context = { standing, subject: taskSubject(watch, observation), thresholds, now: look.now };
  return markFiguresUnsure(countUnansweredLook(update, because, context), look);
}

/** Whether readiness is announced now, and was already announced when this event of the task was made. */
export function isReadySince({ run }: TaskState, sequence: number): boolean {
  const announcement = run?.ready?.announced;
  return announcement !== undefined && announcement.sequence <= sequence;
}

/** Announces a ready task again with new figures, for a receiver that did not get the first event in time. */
export function reissueReadiness(update: Update, { stats }: Enrichment, watch: Watch, now: Date): Renewal {
  const { standing, run, observation } = update.stream.state;
  if (standing === undefined || run?.ready === undefined) return { update, event: undefined };
  const { thresholds } = watch;
  const { basis } = evaluateStats(stats, thresholds);
  const context = { standing, thresholds, subject: taskSubject(watch, observation), now };
  return withoutLast(announceReadiness(update, run.ready, basis, context));
}

function failedLook(
  known: Update,
  look: Extract<Look, { kind: 'failed' }>,
  { enrichment, watch, now }: LookContext,
): Update | undefined {
  const subject = taskSubject(watch, known.stream.state.observation);
  const because = { code: 'looks_fail', failure: look.reason } as const;
  const uncertain = withUncertainty(known, because, watch, lookTime(enrichment, now));
  return changeOf(known, failingAfter(withoutMissing(uncertain), look, subject, now));
}

/** Resets the count of looks that missed the task: a failed look interrupts the row. */
function withoutMissing(update: Update): Update {
  const { missing, ...rest } = update.stream.state;
  return missing === undefined ? update : withState(update, rest);
}

function lookTime({ project }: Enrichment, now: Date): LookTime {
  return { now, lookedAt: project?.lookedAt };
}

function missingLook(known: Update, look: NotFound, context: LookContext): Update | undefined {
  const { standing } = known.stream.state;
  return standing === undefined ? neverSeen(known, look, context) : noLongerFound(known, standing, context);
}

/** An answer that the task does not exist. */
interface NotFound {
  readonly detail: string;
  readonly answer?: Answer;
}

/** Counts a missing task that was never seen as a failed look, because its id is most likely mistyped. */
function neverSeen(
  known: Update,
  { detail, answer }: NotFound,
  { watch, now }: LookContext,
): Update | undefined {
  const failure: Failure = defined({
    reason: 'not found',
    detail: `${detail} Check the task id and its project.`,
    answer: answer && { ...answer, neverSeen: true },
  });
  return changeOf(known, failingAfter(withoutMissing(known), failure, taskSubject(watch, undefined), now));
}

function noLongerFound(
  known: Update,
  from: Standing,
  { enrichment, watch, now }: LookContext,
): Update | undefined {
  const { state } = known.stream;
  if (from.phase === 'gone') return stillGone(known, watch, now);
  const { failing, missing = 0, unconfirmed: _open, ...rest } = state;
  if (missing + 1 < MISSING_LOOKS_UNTIL_GONE) {
    const stillAnnounced = failing?.announced ? { failing } : {};
    const missed = withState(known, { ...rest, ...stillAnnounced, missing: missing + 1 });
    return withUncertainty(missed, { code: 'not_found' }, watch, lookTime(enrichment, now));
  }

  const to: Standing = { status: GONE_STATUS, phase: 'gone', since: now.toISOString() };
  const { thresholds } = watch;
  const context = { standing: from, subject: taskSubject(watch, state.observation), now, thresholds };
  const left = endReadiness(withState(known, rest), to.phase, { code: 'gone' }, context);
  const lastFigures = endingOf(state, thresholds, enrichment, now);
  const { state: ended, report } = applyTransition(left.stream.state, from, to, { lastFigures, now });
  const facts: EventFacts = defined({ from, to, report, lastFigures, ...goneChange(from, lastFigures) });
  return emit(withState(left, ended), context, 'dcs.migration.gone', facts);
}

/** The transition of a deleted task. After a good end, a deletion is routine. */
function goneChange(
  { phase, unchecked }: Standing,
  lastFigures: LastFigures | undefined,
): { readonly severity: Severity; readonly transition: Transition } {
  if (!isFinal(phase) || unchecked !== undefined) return { transition: 'gone', severity: 'action' };
  const isGood = lastFigures === undefined || lastFigures.state === 'in step';
  return { transition: 'deleted_after_end', severity: isGood ? 'info' : 'action' };
}

/** A look at a gone task that is still gone makes no event. It is an answer, so it ends a row of failed looks. */
function stillGone(known: Update, watch: Watch, now: Date): Update | undefined {
  return changeOf(known, withoutFailing(known, taskSubject(watch, known.stream.state.observation), now));
}

function goodLook(known: Update, answered: Observation, context: LookContext): Update | undefined {
  const { enrichment, watch, now } = context;
  const { state } = known.stream;
  const { standing } = state;
  const observation = withRememberedSwitch(state, answered);
  const seen = phaseOf(observation, enrichment, state);
  const confirmation = confirmationOf(observation, seen.phase, enrichment, state);
  if (confirmation.kind === 'deleted') return missingLook(known, DELETED, context);

  const subject = taskSubject(watch, observation);
  const isNews = standing === undefined || !isSameStanding(standing, { observation, ...seen });
  if (isNews && isHeld(state, confirmation)) {
    return heldLook(known, confirmation, subject, context);
  }

  const sighting: Sighting = defined({
    ...seen,
    observation,
    enrichment,
    subject,
    now,
    unchecked: confirmation.kind === 'confirmed' ? undefined : confirmation.unchecked,
    isDiscovered: watch.discoveredBy === undefined ? undefined : true,
  });
  const update = detectGoodLook(withoutUncertainty(known, subject, now), sighting, watch);
  if (update.stream === known.stream) return undefined;
  return withState(update, { ...update.stream.state, observation });
}

/** Looks in a row that must show a success before it is announced without the list's confirmation. */
const OPEN_LOOKS_UNTIL_ANNOUNCED = 3;

/** Whether an unconfirmed success is held back for now. A task that was gone stays gone until the list has it. */
function isHeld({ standing, unconfirmed = 0 }: TaskState, { kind }: Confirmation): boolean {
  if (kind === 'confirmed') return false;
  return standing?.phase === 'gone' || (kind === 'open' && unconfirmed + 1 < OPEN_LOOKS_UNTIL_ANNOUNCED);
}

/**
 * Evaluates a look whose success is held back. It leaves open whether the task exists, so the row of looks that missed
 * it goes on.
 */
function heldLook(
  known: Update,
  { kind }: Confirmation,
  subject: EventSubject,
  { enrichment, watch, now }: LookContext,
): Update | undefined {
  const answered = withoutFailing(known, subject, now);
  const { state } = answered.stream;
  const isCounted = kind === 'open' && state.standing?.phase !== 'gone';
  const unconfirmed = (state.unconfirmed ?? 0) + 1;
  const held = isCounted ? withState(answered, { ...state, unconfirmed }) : answered;
  const because = { code: 'success_not_checked' } as const;
  return changeOf(known, withUncertainty(held, because, watch, lookTime(enrichment, now)));
}

/** Resets all counts of uncertain looks, after a look that shows the task's standing. */
function withoutUncertainty(update: Update, subject: EventSubject, now: Date): Update {
  const { missing, unconfirmed, ...rest } = update.stream.state;
  const isCertain = missing === undefined && unconfirmed === undefined;
  return withoutFailing(isCertain ? update : withState(update, rest), subject, now);
}

function withoutFailing(update: Update, subject: EventSubject, now: Date): Update {
  const { failing, ...rest } = update.stream.state;
  return failing === undefined ? update : restored(withState(update, rest), failing, subject, now);
}

/** The answer for a deleted task that still reads as a success: ShowMigrationTask answers, but the list lacks it. */
const DELETED: NotFound = { detail: en.prose.answer({ code: 'deleted' }), answer: { code: 'deleted' } };
