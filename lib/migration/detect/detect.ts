import type { Because, LastFigures, Standing } from '../../events/event.ts';
import type { Severity } from '../../events/phase.ts';
import { isFinal } from '../../events/phase.ts';
import type { Transition } from '../../events/transition.ts';
import type { Neighbours } from '../model/enrichment.ts';
import type { Look, Observation } from '../model/observation.ts';
import { isAt, type Sighting } from '../model/sighting.ts';
import { newRecord, type WatchRecord } from '../model/state.ts';
import { GONE_STATUS } from '../model/status.ts';
import { DEFAULT_THRESHOLDS } from '../model/thresholds.ts';
import { apart, type Noticed, type Renewal, tell, type Voice } from '../model/update.ts';
import { taskVoice, type Watch } from '../model/watch.ts';
import { judgeReadiness } from '../rules/shared/judgement.ts';
import { doubtFigures, type LookTime } from '../rules/shared/last-figures.ts';
import { announceReadiness, doubtReadiness, leaveReadiness } from '../rules/shared/readiness-events.ts';
import { type Confirmation, confirmationOf } from './confirmation.ts';
import { troubleAfterFailure, troubleIsOver } from './failing.ts';
import { endingOf, notice } from './good-look.ts';
import { remembering } from './ip-switch.ts';
import { phaseOf } from './phase.ts';
import { onward } from './transition.ts';

type LookWithAnswer = Exclude<Look, { kind: 'skipped' }>;

/** A task is believed to be gone when this many looks in a row say so: one could be a glitch. */
const MISSING_LOOKS_UNTIL_GONE = 2;

/**
 * Compares what one look saw with what is known. Pure: the same record, look and time give the same events with the
 * same ids.
 *
 * @param neighbours what was read besides, as {@link neighboursFor} wants it
 * @returns what to write, or nothing when the look changed nothing.
 */
export function observe(
  record: WatchRecord | undefined,
  look: LookWithAnswer,
  watch: Watch,
  now: Date,
  neighbours: Neighbours = {},
): Noticed | undefined {
  switch (look.kind) {
    case 'failed':
      return failedLook(record ?? newRecord(now), look, { neighbours, watch, now });
    case 'missing':
      return missingLook(record ?? newRecord(now), look.detail, { neighbours, watch, now });
    case 'seen':
      return goodLook(record ?? newRecord(now), look.observation, neighbours, watch, now);
  }
}

/**
 * A look that could not be made for a reason that is not the task's own: what was announced is in doubt.
 *
 * @returns what to write, or nothing when nothing was announced
 */
export function doubt(
  record: WatchRecord,
  because: Because,
  watch: Watch,
  look: LookTime,
): Noticed | undefined {
  const doubted = doubtful({ record, events: [] }, because, watch, look);
  return doubted.record === record ? undefined : doubted;
}

function doubtful(draft: Noticed, because: Because, watch: Watch, look: LookTime): Noticed {
  const { now } = look;
  const { standing, observation } = draft.record;
  if (standing === undefined) return draft;
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const bench = { standing, voice: taskVoice(watch, observation), thresholds, now };
  return doubtFigures(doubtReadiness(draft, because, bench), look);
}

/** Whether readiness is announced, and has been since before this event of the task. */
export function isReadySince({ run }: WatchRecord, sequence: number): boolean {
  const told = run?.ready?.announced;
  return told !== undefined && told.sequence <= sequence;
}

/** Says anew that a task is ready, with the figures of now, for whoever did not hear of it in time. */
export function renewReadiness(draft: Noticed, { stats }: Neighbours, watch: Watch, now: Date): Renewal {
  const { standing, run, observation } = draft.record;
  if (standing === undefined || run?.ready === undefined) return { noticed: draft, event: undefined };
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const { basis } = judgeReadiness(stats, thresholds);
  const bench = { standing, thresholds, voice: taskVoice(watch, observation), now };
  return apart(announceReadiness(draft, run.ready, basis, bench));
}

function failedLook(
  record: WatchRecord,
  look: Extract<Look, { kind: 'failed' }>,
  { neighbours, watch, now }: Missed,
): Noticed | undefined {
  const voice = taskVoice(watch, record.observation);
  const doubted = doubtful(
    { record, events: [] },
    { code: 'looks_fail', failure: look.reason },
    watch,
    lookTime(neighbours, now),
  );
  const troubled = troubleAfterFailure(doubted.record, look, voice, now);
  if (troubled === undefined) return doubted.record === record ? undefined : doubted;
  return { record: troubled.record, events: [...doubted.events, ...troubled.events] };
}

function lookTime({ project }: Neighbours, now: Date): LookTime {
  return { now, lookedAt: project?.lookedAt };
}

/** What is known when a look does not find a task, or fails. */
interface Missed {
  readonly neighbours: Neighbours;
  readonly watch: Watch;
  readonly now: Date;
}

function missingLook(record: WatchRecord, detail: string, missed: Missed): Noticed | undefined {
  if (record.standing === undefined) return neverSeen(record, detail, missed.watch, missed.now);
  return noLongerFound({ ...record, standing: record.standing }, missed);
}

/** Nobody has ever seen this task: most likely the id is mistyped, so say that looking fails. */
function neverSeen(record: WatchRecord, detail: string, watch: Watch, now: Date): Noticed | undefined {
  const failure = { reason: 'not found', detail: `${detail} Check the task id and its project.` } as const;
  return troubleAfterFailure(record, failure, taskVoice(watch, undefined), now);
}

function noLongerFound(
  record: WatchRecord & { readonly standing: Standing },
  { neighbours, watch, now }: Missed,
): Noticed | undefined {
  if (record.standing.phase === 'gone') return stillGone(record, watch, now);
  const { failing, missing = 0, unconfirmed: _open, ...known } = record;
  if (missing + 1 < MISSING_LOOKS_UNTIL_GONE) {
    const stillTold = failing?.announced ? { failing } : {};
    const missed = { ...known, ...stillTold, missing: missing + 1 };
    return doubtful({ record: missed, events: [] }, { code: 'not_found' }, watch, lookTime(neighbours, now));
  }

  const from = record.standing;
  const to: Standing = { status: GONE_STATUS, phase: 'gone', since: now.toISOString() };
  const voice = taskVoice(watch, record.observation);
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const bench = { standing: from, voice, now, thresholds };
  const left = leaveReadiness({ record: known, events: [] }, to.phase, { code: 'gone' }, bench);
  const lastFigures = endingOf(record, thresholds, neighbours, now);
  const { record: ended, report } = onward(left.record, from, to, { lastFigures, now });
  const facts = {
    from,
    to,
    ...(report !== undefined && { report }),
    ...(lastFigures !== undefined && { lastFigures }),
    ...goneChange(from, lastFigures),
  } as const;
  return tell({ record: ended, events: left.events }, voice, 'dcs.migration.gone', facts, now);
}

/** A deletion is a matter of course after a good end. */
function goneChange(
  { phase, unchecked }: Standing,
  lastFigures: LastFigures | undefined,
): { readonly severity: Severity; readonly transition: Transition } {
  if (!isFinal(phase) || unchecked !== undefined) return { transition: 'gone', severity: 'action' };
  const isGood = lastFigures === undefined || lastFigures.state === 'in step';
  return { transition: 'deleted_after_end', severity: isGood ? 'info' : 'action' };
}

/** That a gone task is still gone is no news, but it is an answer: looks do not fail any more. */
function stillGone(record: WatchRecord, watch: Watch, now: Date): Noticed | undefined {
  if (record.failing === undefined) return undefined;
  return troubleIsOver(record, taskVoice(watch, record.observation), now);
}

function goodLook(
  record: WatchRecord,
  answered: Observation,
  neighbours: Neighbours,
  watch: Watch,
  now: Date,
): Noticed | undefined {
  const { standing } = record;
  const observation = remembering(record, answered);
  const seen = phaseOf(observation, neighbours, record);
  const confirmation = confirmationOf(observation, seen.phase, neighbours, record);
  if (confirmation.kind === 'deleted') return missingLook(record, DELETED, { neighbours, watch, now });

  const voice = taskVoice(watch, observation);
  const isNews = standing === undefined || !isAt(standing, { observation, ...seen });
  if (isNews && isHeld(record, confirmation)) {
    return heldLook(record, confirmation, voice, { neighbours, watch, now });
  }

  const sighting: Sighting = {
    ...seen,
    observation,
    neighbours,
    voice,
    now,
    ...(confirmation.kind !== 'confirmed' && { unchecked: confirmation.unchecked }),
    ...(watch.discoveredBy !== undefined && { isDiscovered: true }),
  };
  const noticed = notice(withoutDoubts(record, voice, now), sighting, watch);
  if (noticed.record === record) return undefined;
  return { record: { ...noticed.record, observation }, events: noticed.events };
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
  voice: Voice,
  { neighbours, watch, now }: Missed,
): Noticed | undefined {
  const { record: answered, events } = withoutTrouble(record, voice, now);
  const isCounted = kind === 'open' && record.standing?.phase !== 'gone';
  const held = isCounted ? { ...answered, unconfirmed: (answered.unconfirmed ?? 0) + 1 } : answered;
  const because = { code: 'success_not_checked' } as const;
  const noticed = doubtful({ record: held, events }, because, watch, lookTime(neighbours, now));
  return noticed.record === record ? undefined : noticed;
}

/** A look that says where the task is ends everything that was in doubt. */
function withoutDoubts(record: WatchRecord, voice: Voice, now: Date): Noticed {
  if (record.missing === undefined && record.unconfirmed === undefined)
    return withoutTrouble(record, voice, now);
  const { missing: _found, unconfirmed: _told, ...found } = record;
  return withoutTrouble(found, voice, now);
}

function withoutTrouble(record: WatchRecord, voice: Voice, now: Date): Noticed {
  return record.failing === undefined ? { record, events: [] } : troubleIsOver(record, voice, now);
}

/** What a task's status looks like when it was deleted: the detail call still answers, the list does not have it. */
const DELETED = 'The detail answers SUCCESS, but the list of tasks does not have it.';
