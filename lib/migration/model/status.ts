import type { LastFigures } from '../../events/event.ts';
import {
  canonicalStatus,
  isFinal,
  isReplicating,
  isWorking,
  type Phase,
  type Severity,
} from '../../events/phase.ts';
import { endWords } from './ending.ts';

/** The service's word for a task that is no more; also what we call one that it no longer finds. */
export const GONE_STATUS = 'DELETED';

export interface Meaning {
  readonly phase: Phase;
  readonly severity: Severity;
  /** What has happened when a task arrives here. Continues a sentence that begins with the task's name. */
  readonly words: string;
}

/**
 * Every status that any source names. The set is open: the service asks its clients to accept values they do not
 * know. `RUNNING` does not mean running: the task exists and waits for somebody to configure it. An incremental task
 * never ends by itself, so somebody has to end it; when it may be cut over its figures say, not its status. Keys are exact,
 * upper case.
 */
const CATALOGUE: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['CREATING', { phase: 'creating', severity: 'info', words: 'the task is being created' }],
  ['RUNNING', { phase: 'configuring', severity: 'action', words: 'created, waiting to be configured' }],
  ['MIGRATING', { phase: 'migrating', severity: 'info', words: 'migration started' }],
  ['FULLMIGRATING', { phase: 'full', severity: 'info', words: 'full synchronisation started' }],
  ['INCRMIGEATING', { phase: 'incremental', severity: 'action', words: 'incremental replication started' }],
  ['TERMINATING', { phase: 'stopping', severity: 'info', words: 'being stopped' }],
  ['TERMINATED', { phase: 'stopped', severity: 'info', words: 'stopped' }],
  ['SUCCESS', { phase: 'succeeded', severity: 'success', words: 'migration finished' }],
  [
    'MIGRATION_SUCCESS',
    { phase: 'succeeded', severity: 'success', words: 'all data migrated, resources still to be released' },
  ],
  ['FAILED', { phase: 'failed', severity: 'failure', words: 'migration failed' }],
  ['MIGRATION_FAILED', { phase: 'failed', severity: 'failure', words: 'migration failed' }],
  ['ERROR', { phase: 'failed', severity: 'failure', words: 'the task is faulty' }],
  ['RELEASED', { phase: 'released', severity: 'info', words: 'migration machine released' }],
  [GONE_STATUS, { phase: 'gone', severity: 'action', words: 'the task no longer exists' }],
]);

/** The statuses that some source names; others may come. */
export const KNOWN_STATUSES: readonly string[] = [...CATALOGUE.keys()];

/** Whether some source names a status, in either spelling. */
export function isStatusKnown(status: string): boolean {
  return CATALOGUE.has(canonicalStatus(status));
}

const SWITCHING: Meaning = { phase: 'switching', severity: 'info', words: 'IP addresses are being switched' };

/** The service's words for an IP switch that has ended. */
export const SWITCHED = 'EXCHANGE_SUCCESS';
export const ROLL_BACK = 'ROLLBACK_SUCCESS';

export function isSwitchOver(
  taskStatus: string | undefined,
): taskStatus is typeof SWITCHED | typeof ROLL_BACK {
  return taskStatus === SWITCHED || taskStatus === ROLL_BACK;
}

/** No success: the clients are back at the source. A phase of its own, so that a roll-back is seen as a change. */
const ROLLED_BACK: Meaning = {
  phase: 'stopped',
  severity: 'action',
  words: 'the IP switch was rolled back (the status reads as success)',
};

/**
 * What a status means. `taskStatus` is the service's word about an IP switch: while it reads `EXCHANGING` the task
 * switches, whatever its status says; with `ROLLBACK_SUCCESS` a success is none.
 */
export function meaningOf(seen: { readonly status: string; readonly taskStatus?: string }): Meaning {
  const known = CATALOGUE.get(canonicalStatus(seen.status));
  if (seen.taskStatus === 'EXCHANGING' && known?.phase !== 'failed') return SWITCHING;
  if (seen.taskStatus === ROLL_BACK && known?.phase === 'succeeded') return ROLLED_BACK;
  return known ?? { phase: 'unknown', severity: 'info', words: `status is now ${seen.status}` };
}

/** How a task that only says that data moves is called once its statistics say in which phase. */
const DERIVED: ReadonlyMap<Phase, Meaning> = new Map<Phase, Meaning>([
  [
    'full',
    { phase: 'full', severity: 'info', words: 'full synchronisation (concluded from the statistics)' },
  ],
  [
    'incremental',
    {
      phase: 'incremental',
      severity: 'action',
      words: 'incremental replication (concluded from the statistics)',
    },
  ],
]);

/** Where a task was before a change. */
export interface Before {
  readonly phase: Phase;
  /** What the present run of the task worked at last. */
  readonly workingPhase: Phase | undefined;
  /** Of a replication: how far its target was when it ended, or ends with this change. */
  readonly lastFigures?: LastFigures | undefined;
}

/** What a look shows. */
export interface Seen {
  readonly status: string;
  readonly taskStatus?: string;
  /** Where the status leaves the phase open: what the statistics say. */
  readonly derivedPhase?: Phase;
}

/** What a change is called and how much it matters, judged from where the task was and where it is. */
export function describeChange(
  before: Before,
  seen: Seen,
): { readonly severity: Severity; readonly words: string } {
  const now = (seen.derivedPhase && DERIVED.get(seen.derivedPhase)) ?? meaningOf(seen);
  if (before.phase === 'gone') {
    const severity = now.severity === 'failure' ? 'failure' : 'action';
    return { severity, words: `found again: ${now.words}` };
  }
  if (isFinal(before.phase) && BEGINNING.has(now.phase)) return restart(before.phase, now);
  if (now.phase === before.phase && isWorking(now.phase)) {
    return { severity: 'info', words: `the status reads ${seen.status} now, the phase is the same` };
  }
  return wordsFrom(before, now, seen) ?? { severity: now.severity, words: now.words };
}

/** What is to be said of coming to a phase from there, where that is more than the phase itself. */
function wordsFrom(
  before: Before,
  now: Meaning,
  { status, taskStatus }: Seen,
): { readonly severity: Severity; readonly words: string } | undefined {
  const { phase, workingPhase, lastFigures } = before;
  switch (now.phase) {
    case 'succeeded':
      return successAfter(lastFigures);
    case 'migrating':
      if (workingPhase === undefined) return undefined;
      return { severity: 'info', words: `the status reads ${status} now, which leaves the phase open` };
    case 'incremental':
      return incrementalAfter(before, now, taskStatus);
    case 'full':
      if (!isReplicating(workingPhase)) return undefined;
      return {
        severity: 'action',
        words: 'fell back from incremental replication to a full synchronisation',
      };
    case 'stopped':
      return now === ROLLED_BACK ? undefined : stopAfter(workingPhase, taskStatus, lastFigures);
    case 'released':
      return isFinal(phase) ? undefined : releaseAfter(workingPhase, now, lastFigures);
    default:
      return undefined;
  }
}

/** Final is not for ever: a stopped task can be started again, a finished one configured again. */
function restart(before: Phase, now: Meaning): { severity: Severity; words: string } {
  const words =
    before === 'stopped' && now.phase === 'incremental'
      ? 'restarted: incremental replication runs'
      : `restarted after it had ${ENDED.get(before) ?? 'ended'}: ${now.words}`;
  return { severity: now.severity === 'failure' ? 'failure' : 'action', words };
}

/** Where a run of a migration can be found again after an earlier one has ended. */
const BEGINNING: ReadonlySet<Phase> = new Set([
  'creating',
  'configuring',
  'migrating',
  'full',
  'incremental',
]);

const ENDED: ReadonlyMap<Phase, string> = new Map<Phase, string>([
  ['stopped', 'been stopped'],
  ['succeeded', 'finished'],
  ['failed', 'failed'],
  ['released', 'released its migration machine'],
]);

/** The order of an online migration. Nothing follows from phases that are not in it. */
const ORDER: readonly Phase[] = ['creating', 'configuring', 'full', 'incremental'];

/**
 * How far a task had come in that order when it is somewhere else. A full synchronisation ends in success; with
 * incremental replication a task never succeeds by itself. IP addresses are switched out of incremental replication.
 */
const UNTIL: ReadonlyMap<Phase, number> = new Map([
  ['succeeded', ORDER.indexOf('incremental')],
  ['switching', ORDER.length],
]);

/**
 * Phases that must have begun and ended between two looks: those between where the task was and where it is. Of a stop
 * or a failure nobody knows how far the task had come.
 */
export function passedUnseen(before: Phase, now: Phase): readonly Phase[] {
  const from = ORDER.indexOf(before);
  if (from === -1) return [];
  const until = UNTIL.get(now) ?? ORDER.indexOf(now);
  return until > from ? ORDER.slice(from + 1, until) : [];
}

function incrementalAfter(
  { phase: before, workingPhase }: Before,
  now: Meaning,
  taskStatus: string | undefined,
): { severity: Severity; words: string } {
  const isUntold = before === 'switching' && taskStatus !== undefined && !isSwitchOver(taskStatus);
  if (isUntold) return { severity: 'action', words: `IP switch ended (${taskStatus}), ${STILL_REPLICATING}` };
  const isBackAgain = before === 'unknown' && isReplicating(workingPhase);
  const words = isBackAgain ? STILL_REPLICATING : ARRIVALS.get(before);
  const isConcluded = now === DERIVED.get('incremental');
  // That a switch succeeded is an event of its own, and the one to act on.
  const severity = before === 'switching' && taskStatus === SWITCHED ? 'info' : 'action';
  if (words === undefined) return { severity, words: now.words };
  return { severity, words: isConcluded ? `${words} (concluded from the statistics)` : words };
}

const STILL_REPLICATING = 'incremental replication continues';

/** What has happened when a task comes to incremental replication from there. */
const ARRIVALS: ReadonlyMap<Phase, string> = new Map([
  ['full', 'full synchronisation finished, incremental replication started'],
  ['stopping', 'restarted: incremental replication runs'],
  ['switching', `IP switch ended, ${STILL_REPLICATING}`],
]);

/** A replication never succeeds by itself: what its target has is what it had when the replication ended. */
function successAfter(last: LastFigures | undefined): { severity: Severity; words: string } | undefined {
  if (last === undefined || last.state === 'in step') return undefined;
  return {
    severity: 'action',
    words: `reads as a success, but incremental replication ended${endWords(last)}`,
  };
}

/**
 * Stopping is how an incremental migration normally ends, and a good end if its target was in step; during a full
 * synchronisation data is missing. What was last seen may be long ago when looks failed, so more than that is not claimed.
 */
function stopAfter(
  workingPhase: Phase | undefined,
  taskStatus: string | undefined,
  last: LastFigures | undefined,
): { severity: Severity; words: string } {
  if (taskStatus === ROLL_BACK) {
    return { severity: 'action', words: 'stopped after the IP switch was rolled back' };
  }
  if (isReplicating(workingPhase)) {
    const stopped = 'incremental replication stopped';
    return last?.state === 'in step'
      ? { severity: 'info', words: `${stopped} in step, the normal end of an online migration` }
      : { severity: 'action', words: `${stopped}${last === undefined ? '' : endWords(last)}` };
  }
  if (workingPhase === 'full' || workingPhase === 'migrating') {
    return { severity: 'action', words: 'stopped before the full synchronisation was seen to finish' };
  }
  return { severity: 'info', words: 'stopped' };
}

/** Whoever releases the machine of a migration that copies has stopped it. */
function releaseAfter(
  workingPhase: Phase | undefined,
  { words }: Meaning,
  last: LastFigures | undefined,
): { severity: Severity; words: string } | undefined {
  if (isReplicating(workingPhase)) {
    const severity = last?.state === 'in step' ? 'info' : 'action';
    const how = last === undefined ? '' : last.state === 'in step' ? ' in step' : endWords(last);
    return { severity, words: `${words}: incremental replication has ended${how}` };
  }
  if (workingPhase === undefined) return undefined;
  return { severity: 'action', words: `${words} before the full synchronisation was seen to finish` };
}
