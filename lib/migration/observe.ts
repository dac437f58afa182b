import { arrive, firstSight, isAt, lastWorkingPhase, onward, type Sighting } from './arrival.ts';
import { apart, type Noticed, type Renewal, tell } from './draft.ts';
import type { Severity, Standing } from './event.ts';
import { announceReadiness, doubtReadiness, judge, leaveReadiness, leaveStall } from './judges.ts';
import type { Neighbours } from './neighbours.ts';
import type { Look, Observation } from './observation.ts';
import { judgeReadiness } from './readiness.ts';
import { newRecord, type WatchRecord } from './record.ts';
import { confirmationOf, phaseOf } from './sight.ts';
import { GONE_STATUS, isFinal, isReplicating } from './status.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';
import { troubleAfterFailure, troubleIsOver } from './trouble.ts';
import { taskVoice, type Watch } from './voice.ts';

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
      return failedLook(record ?? newRecord(now), look, watch, now);
    case 'missing':
      return missingLook(record ?? newRecord(now), look.detail, watch, now);
    case 'seen':
      return goodLook(record ?? newRecord(now), look.observation, neighbours, watch, now);
  }
}

/**
 * A look that could not be made for a reason that is not the task's own: what was announced is in doubt.
 *
 * @returns what to write, or nothing when nothing was announced
 */
export function doubt(record: WatchRecord, why: string, watch: Watch, now: Date): Noticed | undefined {
  const doubted = doubtful({ record, events: [] }, why, watch, now);
  return doubted.record === record ? undefined : doubted;
}

function doubtful(draft: Noticed, why: string, watch: Watch, now: Date): Noticed {
  const { standing, observation } = draft.record;
  if (standing === undefined) return draft;
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  return doubtReadiness(draft, why, { standing, voice: taskVoice(watch, observation), thresholds, now });
}

/** Whether readiness is announced, and has been since before this event of the task. */
export function isReadySince({ course }: WatchRecord, sequence: number): boolean {
  const told = course?.ready?.told;
  return told !== undefined && told.sequence <= sequence;
}

/** Says anew that a task is ready, with the figures of now, for whoever did not hear of it in time. */
export function renewReadiness(draft: Noticed, { stats }: Neighbours, watch: Watch, now: Date): Renewal {
  const { standing, course, observation } = draft.record;
  if (standing === undefined || course?.ready === undefined) return { noticed: draft, event: undefined };
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const { basis } = judgeReadiness(stats, thresholds);
  const bench = { standing, thresholds, voice: taskVoice(watch, observation), now };
  return apart(announceReadiness(draft, course.ready, basis, bench));
}

function failedLook(
  record: WatchRecord,
  look: Extract<Look, { kind: 'failed' }>,
  watch: Watch,
  now: Date,
): Noticed | undefined {
  const voice = taskVoice(watch, record.observation);
  const doubted = doubtful({ record, events: [] }, `looks fail (${look.reason})`, watch, now);
  const troubled = troubleAfterFailure(doubted.record, look, voice, now);
  if (troubled === undefined) return doubted.record === record ? undefined : doubted;
  return { record: troubled.record, events: [...doubted.events, ...troubled.events] };
}

function missingLook(record: WatchRecord, detail: string, watch: Watch, now: Date): Noticed | undefined {
  if (record.standing === undefined) return neverSeen(record, detail, watch, now);
  return noLongerFound({ ...record, standing: record.standing }, watch, now);
}

/** Nobody has ever seen this task: most likely the id is mistyped, so say that looking fails. */
function neverSeen(record: WatchRecord, detail: string, watch: Watch, now: Date): Noticed | undefined {
  const failure = { reason: 'not found', detail: `${detail} Check the task id and its project.` } as const;
  return troubleAfterFailure(record, failure, taskVoice(watch, undefined), now);
}

function noLongerFound(
  record: WatchRecord & { readonly standing: Standing },
  watch: Watch,
  now: Date,
): Noticed | undefined {
  if (record.standing.phase === 'gone') return stillGone(record, watch, now);
  const { trouble, missing = 0, ...known } = record;
  if (missing + 1 < MISSING_LOOKS_UNTIL_GONE) {
    const stillTold = trouble?.told ? { trouble } : {};
    return { record: { ...known, ...stillTold, missing: missing + 1 }, events: [] };
  }

  const from = record.standing;
  const to: Standing = { status: GONE_STATUS, phase: 'gone', since: now.toISOString() };
  const voice = taskVoice(watch, record.observation);
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const bench = { standing: from, voice, now, thresholds };
  const left = leaveReadiness({ record: known, events: [] }, to.phase, 'the task no longer exists', bench);
  const { record: ended, report } = onward(left.record, from, to, now);
  const wasOver = isFinal(from.phase);
  const facts = {
    from,
    to,
    ...(report !== undefined && { report }),
    severity: wasOver ? 'info' : 'action',
    summary: wasOver
      ? `the task was deleted after it had ended (last status ${from.status})`
      : `the task no longer exists (last status ${from.status})`,
  } as const;
  return tell({ record: ended, events: left.events }, voice, 'dcs.migration.gone', facts, now);
}

/** That a gone task is still gone is no news, but it is an answer: looks do not fail any more. */
function stillGone(record: WatchRecord, watch: Watch, now: Date): Noticed | undefined {
  if (record.trouble === undefined) return undefined;
  return troubleIsOver(record, taskVoice(watch, record.observation), now);
}

function goodLook(
  record: WatchRecord,
  observation: Observation,
  neighbours: Neighbours,
  watch: Watch,
  now: Date,
): Noticed | undefined {
  const seen = phaseOf(observation, neighbours, record.standing);
  const confirmation = confirmationOf(seen.phase, neighbours);
  if (confirmation.kind === 'deleted') return missingLook(record, DELETED, watch, now);

  const voice = taskVoice(watch, observation);
  const answered = withoutTrouble(record, voice, now);
  const isNews = record.standing === undefined || !isAt(record.standing, { observation, ...seen });
  // A success that nobody could check is no news yet; the next look tries again.
  if (isNews && confirmation.kind === 'open') return answered.record === record ? undefined : answered;

  const sighting: Sighting = {
    ...seen,
    observation,
    neighbours,
    voice,
    now,
    ...(confirmation.kind === 'unchecked' && { unchecked: confirmation.why }),
  };
  const noticed = notice(answered, sighting, watch);
  if (noticed.record === record) return undefined;
  return { record: { ...noticed.record, observation }, events: noticed.events };
}

function withoutTrouble(record: WatchRecord, voice: Sighting['voice'], now: Date): Noticed {
  if (record.trouble === undefined && record.missing === undefined) return { record, events: [] };
  const { record: recovered, events } = troubleIsOver(record, voice, now);
  const { missing: _found, ...found } = recovered;
  return { record: found, events };
}

/** What a task's status looks like when it was deleted: the detail call still answers, the list does not have it. */
const DELETED = 'The detail answers SUCCESS, but the list of tasks does not have it.';

/** Everything that a good look can say, in the order in which it is told: first what is no longer so. */
function notice(draft: Noticed, sighting: Sighting, watch: Watch): Noticed {
  const { voice, now, phase, observation } = sighting;
  const { thresholds = DEFAULT_THRESHOLDS } = watch;
  const from = draft.record.standing;
  const placed = from === undefined ? firstSight(draft, sighting) : moveOn(draft, from, sighting, thresholds);
  const switched = from === undefined ? placed : tellSwitch(placed, draft.record.observation, sighting);
  const { standing } = switched.record;
  if (standing === undefined || standing.phase !== phase) return switched;
  const isFirstSight = from === undefined;
  return judge(switched, { ...sighting, observation, standing, thresholds, isFirstSight, voice, now });
}

function moveOn(
  draft: Noticed,
  from: Standing,
  sighting: Sighting,
  thresholds: typeof DEFAULT_THRESHOLDS,
): Noticed {
  if (isAt(from, sighting)) return draft;
  const { voice, now, phase, observation } = sighting;
  const { status } = observation;
  // Of a status that nobody knows it is not known whether it still replicates.
  const why =
    phase === 'unknown' ? `its status is ${status} now` : `it is in the ${phase} phase now (${status})`;
  const wasReady = draft.record.course?.ready?.told !== undefined;
  const left = leaveReadiness(draft, phase, why, { standing: from, voice, now, thresholds });
  const hasFallenBack = phase === 'full' && isReplicating(lastWorkingPhase(draft.record));
  const arrived = arrive(leaveStall(left, phase, { standing: from, voice, now }), from, sighting);
  if (!hasFallenBack) return arrived;
  // Somebody may be cutting over at this moment.
  const isAlarm = wasReady || from.phase === 'switching';
  return tellRegression(arrived, from, isAlarm ? 'failure' : 'action', sighting);
}

function tellRegression(
  draft: Noticed,
  from: Standing,
  severity: Severity,
  { voice, now }: Sighting,
): Noticed {
  const { course, standing } = draft.record;
  const times = (course?.resynchronisations ?? 0) + 1;
  const counted =
    course === undefined
      ? draft
      : { ...draft, record: { ...draft.record, course: { ...course, resynchronisations: times } } };
  const facts = {
    from,
    ...(standing !== undefined && { standing }),
    resynchronisations: times,
    severity,
    summary: `do not cut over: it fell back to a full synchronisation${times === 1 ? '' : ` (number ${times})`}`,
  } as const;
  return tell(counted, voice, 'dcs.migration.regressed', facts, now);
}

const IP_SWITCH = {
  EXCHANGE_SUCCESS: {
    type: 'dcs.migration.ip_switched',
    severity: 'success',
    words: 'the IP addresses are switched: clients of the source address reach the target now',
  },
  ROLLBACK_SUCCESS: {
    type: 'dcs.migration.ip_rolled_back',
    severity: 'action',
    words: 'the IP switch was rolled back: clients are at the source again',
  },
} as const;

/** `task_status` alone tells an IP switch; it says so as long as it lasts, so only its change is told. */
function tellSwitch(
  draft: Noticed,
  before: Observation | undefined,
  { observation: { taskStatus }, voice, now }: Sighting,
): Noticed {
  const { standing } = draft.record;
  if (taskStatus === before?.taskStatus || standing === undefined) return draft;
  if (taskStatus !== 'EXCHANGE_SUCCESS' && taskStatus !== 'ROLLBACK_SUCCESS') return draft;
  const { type, severity, words } = IP_SWITCH[taskStatus];
  return tell(draft, voice, type, { standing, severity, summary: words }, now);
}
