import { defined } from '../../base/defined.ts';
import type { Because, EventFacts, LastFigures, Standing } from '../../events/event.ts';
import { isFinal, type Severity } from '../../events/phase.ts';
import type { Transition } from '../../events/transition.ts';
import type { Enrichment } from '../model/enrichment.ts';
import type { Look, Observation } from '../model/observation.ts';
import { isSameStanding, type Sighting } from '../model/sighting.ts';
import { newRecord, type WatchRecord } from '../model/state.ts';
import { GONE_STATUS } from '../model/status.ts';
import { type EventSubject, emit, type Renewal, type Update, withoutLast } from '../model/update.ts';
import { taskSubject, type Watch } from '../model/watch.ts';
import { judgeReadiness } from '../rules/shared/judgement.ts';
import { doubtFigures, type LookTime } from '../rules/shared/last-figures.ts';
import { announceReadiness, doubtReadiness, leaveReadiness } from '../rules/shared/readiness-events.ts';
import { type Confirmation, confirmationOf } from './confirmation.ts';
import { failingAfter, restored } from './failing.ts';
import { detectGoodLook, endingOf } from './good-look.ts';
import { withRememberedSwitch } from './ip-switch.ts';
import { phaseOf } from './phase.ts';
import { applyTransition } from './transition.ts';

type MadeLook = Exclude<Look, { kind: 'skipped' }>;

/** A look at one task is made for its watch, at one time. */
export interface LookContext {
  readonly watch: Watch;
  readonly now: Date;
  /** Answers of other calls, as {@link enrichmentFor} wants them. */
  readonly enrichment: Enrichment;
}

/** A task is believed to be gone when this many looks in a row say so: one could be a glitch. */
const MISSING_LOOKS_UNTIL_GONE = 2;

/**
 * Compares what one look saw with what is known. Pure: the same record, look and time give the same events with the
 * same ids.
 *
 * @returns what to write, or nothing when the look changed nothing.
 */
export function detect(
  record: WatchRecord | undefined,
  look: MadeLook,
  context: LookContext,
): Update | undefined {
  const known = record ?? newRecord(context.now);
  switch (look.kind) {
    case 'failed':
      return failedLook(known, look, context);
    case 'missing':
      return missingLook(known, look.detail, context);
    case 'seen':
      return goodLook(known, look.observation, context);
  }
}

/**
 * A look that could not be made for a reason that is not the task's own: what was announced is in doubt.
 *
 * @returns what to write, or nothing when nothing was announced
 */
export function detectNoLook(
  record: WatchRecord,
  because: Because,
  watch: Watch,
  look: LookTime,
): Update | undefined {
  const doubted = doubtful({ record, events: [] }, because, watch, look);
  return doubted.record === record ? undefined : doubted;
}

function doubtful(update: Update, because: Because, watch: Watch, look: LookTime): Update {
  const { standing, observation } = update.record;
  if (standing === undefined) return update;
  const { thresholds } = watch;
  const context = { standing, subject: taskSubject(watch, observation), thresholds, now: look.now };
  return doubtFigures(doubtReadiness(update, because, context), look);
}

/** Whether readiness is announced, and has been since before this event of the task. */
export function isReadySince({ run }: WatchRecord, sequence: number): boolean {
  const announcement = run?.ready?.announced;
  return announcement !== undefined && announcement.sequence <= sequence;
}

/** Says anew that a task is ready, with the figures of now, for whoever did not hear of it in time. */
export function reissueReadiness(update: Update, { stats }: Enrichment, watch: Watch, now: Date): Renewal {
  const { standing, run, observation } = update.record;
  if (standing === undefined || run?.ready === undefined) return { update, event: undefined };
  const { thresholds } = watch;
  const { basis } = judgeReadiness(stats, thresholds);
  const context = { standing, thresholds, subject: taskSubject(watch, observation), now };
  return withoutLast(announceReadiness(update, run.ready, basis, context));
}

function failedLook(
  record: WatchRecord,
  look: Extract<Look, { kind: 'failed' }>,
  { enrichment, watch, now }: LookContext,
): Update | undefined {
  const because = { code: 'looks_fail', failure: look.reason } as const;
  const doubted = doubtful({ record, events: [] }, because, watch, lookTime(enrichment, now));
  const failing = failingAfter(doubted.record, look, taskSubject(watch, record.observation), now);
  if (failing === undefined) return doubted.record === record ? undefined : doubted;
  return { record: failing.record, events: [...doubted.events, ...failing.events] };
}

function lookTime({ project }: Enrichment, now: Date): LookTime {
  return { now, lookedAt: project?.lookedAt };
}

function missingLook(record: WatchRecord, detail: string, context: LookContext): Update | undefined {
  if (record.standing === undefined) return neverSeen(record, detail, context.watch, context.now);
  return noLongerFound({ ...record, standing: record.standing }, context);
}

/** Nobody has ever seen this task: most likely the id is mistyped, so say that looking fails. */
function neverSeen(record: WatchRecord, detail: string, watch: Watch, now: Date): Update | undefined {
  const failure = { reason: 'not found', detail: `${detail} Check the task id and its project.` } as const;
  return failingAfter(record, failure, taskSubject(watch, undefined), now);
}

function noLongerFound(
  record: WatchRecord & { readonly standing: Standing },
  { enrichment, watch, now }: LookContext,
): Update | undefined {
  if (record.standing.phase === 'gone') return stillGone(record, watch, now);
  const { failing, missing = 0, unconfirmed: _open, ...known } = record;
  if (missing + 1 < MISSING_LOOKS_UNTIL_GONE) {
    const stillAnnounced = failing?.announced ? { failing } : {};
    const missed = { ...known, ...stillAnnounced, missing: missing + 1 };
    return doubtful({ record: missed, events: [] }, { code: 'not_found' }, watch, lookTime(enrichment, now));
  }

  const from = record.standing;
  const to: Standing = { status: GONE_STATUS, phase: 'gone', since: now.toISOString() };
  const { thresholds } = watch;
  const context = { standing: from, subject: taskSubject(watch, record.observation), now, thresholds };
  const left = leaveReadiness({ record: known, events: [] }, to.phase, { code: 'gone' }, context);
  const lastFigures = endingOf(record, thresholds, enrichment, now);
  const { record: ended, report } = applyTransition(left.record, from, to, { lastFigures, now });
  const facts: EventFacts = defined({ from, to, report, lastFigures, ...goneChange(from, lastFigures) });
  return emit({ record: ended, events: left.events }, context, 'dcs.migration.gone', facts);
}

/** A deletion is a matter of run after a good end. */
function goneChange(
  { phase, unchecked }: Standing,
  lastFigures: LastFigures | undefined,
): { readonly severity: Severity; readonly transition: Transition } {
  if (!isFinal(phase) || unchecked !== undefined) return { transition: 'gone', severity: 'action' };
  const isGood = lastFigures === undefined || lastFigures.state === 'in step';
  return { transition: 'deleted_after_end', severity: isGood ? 'info' : 'action' };
}

/** That a gone task is still gone is no news, but it is an answer: looks do not fail any more. */
function stillGone(record: WatchRecord, watch: Watch, now: Date): Update | undefined {
  if (record.failing === undefined) return undefined;
  return restored(record, taskSubject(watch, record.observation), now);
}

function goodLook(record: WatchRecord, answered: Observation, context: LookContext): Update | undefined {
  const { enrichment, watch, now } = context;
  const { standing } = record;
  const observation = withRememberedSwitch(record, answered);
  const seen = phaseOf(observation, enrichment, record);
  const confirmation = confirmationOf(observation, seen.phase, enrichment, record);
  if (confirmation.kind === 'deleted') return missingLook(record, DELETED, context);

  const subject = taskSubject(watch, observation);
  const isNews = standing === undefined || !isSameStanding(standing, { observation, ...seen });
  if (isNews && isHeld(record, confirmation)) {
    return heldLook(record, confirmation, subject, context);
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
  const update = detectGoodLook(withoutDoubts(record, subject, now), sighting, watch);
  if (update.record === record) return undefined;
  return { record: { ...update.record, observation }, events: update.events };
}

/** A success that the list could not confirm is told, as unchecked, when this many looks in a row show it. */
const OPEN_LOOKS_UNTIL_TOLD = 3;

/** A success that nobody could check is no news yet; of a task that was gone it is none before the list has it. */
function isHeld({ standing, unconfirmed = 0 }: WatchRecord, { kind }: Confirmation): boolean {
  if (kind === 'confirmed') return false;
  return standing?.phase === 'gone' || (kind === 'open' && unconfirmed + 1 < OPEN_LOOKS_UNTIL_TOLD);
}

/** It is not known whether the task is there, so looks that miss it remain in a row. */
function heldLook(
  record: WatchRecord,
  { kind }: Confirmation,
  subject: EventSubject,
  { enrichment, watch, now }: LookContext,
): Update | undefined {
  const { record: answered, events } = withoutFailing(record, subject, now);
  const isCounted = kind === 'open' && record.standing?.phase !== 'gone';
  const held = isCounted ? { ...answered, unconfirmed: (answered.unconfirmed ?? 0) + 1 } : answered;
  const because = { code: 'success_not_checked' } as const;
  const update = doubtful({ record: held, events }, because, watch, lookTime(enrichment, now));
  return update.record === record ? undefined : update;
}

/** A look that says where the task is ends everything that was in doubt. */
function withoutDoubts(record: WatchRecord, subject: EventSubject, now: Date): Update {
  if (record.missing === undefined && record.unconfirmed === undefined)
    return withoutFailing(record, subject, now);
  const { missing: _found, unconfirmed: _counted, ...found } = record;
  return withoutFailing(found, subject, now);
}

function withoutFailing(record: WatchRecord, subject: EventSubject, now: Date): Update {
  return record.failing === undefined ? { record, events: [] } : restored(record, subject, now);
}

/** A deleted task may still read as a success: the detail call answers, the list does not have it. */
const DELETED = 'The detail answers SUCCESS, but the list of tasks does not have it.';
