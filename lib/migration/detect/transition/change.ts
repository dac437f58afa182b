import type { LastFigures } from '../../../events/event.ts';
import { isFinal, isReplicating, isWorking, type Phase, type Severity } from '../../../events/phase.ts';
import type { Transition } from '../../../events/transition.ts';
import { isSwitchOver, type Meaning, meaningOf, ROLL_BACK, SWITCHED } from '../../model/status.ts';

/** The facts of a task before a change. */
export interface Before {
  readonly phase: Phase;
  /** The phase in which data last moved, in the present run. */
  readonly workingPhase: Phase | undefined;
  /** The last figures of a replication that has ended, or ends with this change. */
  readonly lastFigures?: LastFigures | undefined;
}

/** The status that a look shows. */
export interface StatusReading {
  readonly status: string;
  readonly taskStatus?: string;
  /** The phase from the statistics, where the status leaves it open. */
  readonly derivedPhase?: Phase;
}

/** The facts of a change for its event. */
export interface Change {
  readonly transition: Transition;
  readonly severity: Severity;
  /** How an IP switch ended, where it is neither a success nor a roll-back. */
  readonly switchStatus?: string;
}

/** Transitions that depend only on the new phase. */
const ARRIVED: Readonly<Record<Phase, Transition>> = {
  creating: 'arrived',
  configuring: 'arrived',
  migrating: 'arrived',
  full: 'full_started',
  incremental: 'incremental_started',
  switching: 'switching',
  stopping: 'stopping',
  stopped: 'stopped',
  succeeded: 'finished',
  failed: 'failed',
  released: 'released',
  gone: 'gone',
  unknown: 'unknown_status',
};

/** Names a change and its severity, from the standing before and the one now. */
export function changeOf(before: Before, seen: StatusReading): Change {
  const now = concluded(seen.derivedPhase) ?? meaningOf(seen);
  const { phase, severity } = now;
  const urgent = severity === 'failure' ? 'failure' : 'action';
  if (before.phase === 'gone') return { transition: 'found_again', severity: urgent };
  if (isFinal(before.phase) && BEGINNING.has(phase)) return { transition: 'restarted', severity: urgent };
  if (phase === before.phase && isWorking(phase)) return { transition: 'same_phase', severity: 'info' };
  return changeTo(now, before, seen) ?? { transition: ARRIVED[phase], severity };
}

/** The severity of a phase that comes from the statistics. */
function concluded(phase: Phase | undefined): Meaning | undefined {
  return phase && { phase, severity: phase === 'incremental' ? 'action' : 'info' };
}

/** The change, where its event says more than the phase. */
function changeTo({ phase }: Meaning, before: Before, seen: StatusReading): Change | undefined {
  const { workingPhase, lastFigures } = before;
  switch (phase) {
    case 'succeeded':
      return successAfter(lastFigures);
    case 'migrating':
      return workingPhase && { transition: 'phase_open', severity: 'info' };
    case 'incremental':
      return incrementalAfter(before, seen.taskStatus);
    case 'full':
      return isReplicating(workingPhase) ? { transition: 'fell_back', severity: 'action' } : undefined;
    case 'stopped':
      return stopAfter(before, seen);
    case 'released':
      return isFinal(before.phase) ? undefined : releaseAfter(before);
    default:
      return undefined;
  }
}

/** Phases in which the first look at a new run may find a task that had ended before. */
const BEGINNING: ReadonlySet<Phase> = new Set([
  'creating',
  'configuring',
  'migrating',
  'full',
  'incremental',
]);

/** The order of phases in an online migration. Phases outside of it allow no conclusion. */
const ORDER: readonly Phase[] = ['creating', 'configuring', 'full', 'incremental'];

/**
 * Positions in that order that phases outside of it prove. A success follows a full synchronisation, since a
 * replicating task never succeeds by itself; an IP switch starts from incremental replication.
 */
const UNTIL: ReadonlyMap<Phase, number> = new Map([
  ['succeeded', ORDER.indexOf('incremental')],
  ['switching', ORDER.length],
]);

/**
 * Phases that must have begun and ended between two looks. A stop or a failure does not prove how far the task had
 * come.
 */
export function unseenPhases(before: Phase, now: Phase): readonly Phase[] {
  const from = ORDER.indexOf(before);
  if (from === -1) return [];
  const until = UNTIL.get(now) ?? ORDER.indexOf(now);
  return until > from ? ORDER.slice(from + 1, until) : [];
}

/** Transitions to incremental replication, by the phase before it. */
const TO_INCREMENTAL: Readonly<Partial<Record<Phase, Transition>>> = {
  full: 'full_finished',
  stopping: 'restarted',
  switching: 'switch_ended',
};

function incrementalAfter({ phase, workingPhase }: Before, taskStatus: string | undefined): Change {
  const isOpenSwitch = phase === 'switching' && taskStatus !== undefined && !isSwitchOver(taskStatus);
  if (isOpenSwitch) return { transition: 'switch_ended', severity: 'action', switchStatus: taskStatus };
  const isBackAgain = phase === 'unknown' && isReplicating(workingPhase);
  // The success of a switch has its own event, which is the one to act on.
  const severity = phase === 'switching' && taskStatus === SWITCHED ? 'info' : 'action';
  if (isBackAgain) return { transition: 'incremental_resumed', severity };
  return { transition: TO_INCREMENTAL[phase] ?? 'incremental_started', severity };
}

function isInStep(last: LastFigures | undefined): boolean {
  return last?.state === 'in step';
}

/**
 * The change to a success. A replication never succeeds by itself, so the last figures show whether its target has
 * everything.
 */
function successAfter(last: LastFigures | undefined): Change | undefined {
  return last === undefined || isInStep(last)
    ? undefined
    : { transition: 'finished_not_in_step', severity: 'action' };
}

/**
 * The change to a stop. An incremental migration normally ends with one, and ends well if its target was in step; a
 * stop during the full synchronisation leaves data missing. If looks failed, the last figures may be old, so the event
 * claims nothing beyond them.
 */
function stopAfter({ workingPhase, lastFigures }: Before, { status, taskStatus }: StatusReading): Change {
  if (taskStatus === ROLL_BACK) {
    // A status that reads as a success is no proof of a stop.
    const isStopped = meaningOf({ status }).phase === 'stopped';
    return { transition: isStopped ? 'stopped_after_roll_back' : 'switch_rolled_back', severity: 'action' };
  }
  if (isReplicating(workingPhase)) {
    return isInStep(lastFigures)
      ? { transition: 'stopped_normally', severity: 'info' }
      : { transition: 'stopped_not_in_step', severity: 'action' };
  }
  return workingPhase === undefined
    ? { transition: 'stopped', severity: 'info' }
    : { transition: 'stopped_early', severity: 'action' };
}

/** The change to a release. A release of the migration machine also stops the copy. */
function releaseAfter({ workingPhase, lastFigures }: Before): Change | undefined {
  if (workingPhase === undefined) return undefined;
  if (!isReplicating(workingPhase)) return { transition: 'released_early', severity: 'action' };
  return isInStep(lastFigures)
    ? { transition: 'released_normally', severity: 'info' }
    : { transition: 'released_not_in_step', severity: 'action' };
}
