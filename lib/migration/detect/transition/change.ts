import type { LastFigures } from '../../../events/event.ts';
import { isFinal, isReplicating, isWorking, type Phase, type Severity } from '../../../events/phase.ts';
import type { Transition } from '../../../events/transition.ts';
import { isSwitchOver, type Meaning, meaningOf, ROLL_BACK, SWITCHED } from '../../model/status.ts';

/** Where a task was before a change. */
export interface Before {
  readonly phase: Phase;
  /** The phase in which data moved last, in the present run of the migration. */
  readonly workingPhase: Phase | undefined;
  /** The distance of a replication's target when it ended, or ends with this change. */
  readonly lastFigures?: LastFigures | undefined;
}

/** The status that a look shows. */
export interface Seen {
  readonly status: string;
  readonly taskStatus?: string;
  /** Where the status leaves the phase open: what the statistics say. */
  readonly derivedPhase?: Phase;
}

/** A change, as its event says it. */
export interface Change {
  readonly transition: Transition;
  readonly severity: Severity;
  /** How an IP switch ended, where it is neither a success nor a roll-back. */
  readonly switchStatus?: string;
}

/** Transitions for which nothing matters but the phase to which a task comes. */
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

/** The name and the severity of a change, from where the task was and where it is. */
export function changeOf(before: Before, seen: Seen): Change {
  const now = concluded(seen.derivedPhase) ?? meaningOf(seen);
  const { phase, severity } = now;
  const urgent = severity === 'failure' ? 'failure' : 'action';
  if (before.phase === 'gone') return { transition: 'found_again', severity: urgent };
  if (isFinal(before.phase) && BEGINNING.has(phase)) return { transition: 'restarted', severity: urgent };
  if (phase === before.phase && isWorking(phase)) return { transition: 'same_phase', severity: 'info' };
  return changeTo(now, before, seen) ?? { transition: ARRIVED[phase], severity };
}

/** How much a phase matters that the statistics say. */
function concluded(phase: Phase | undefined): Meaning | undefined {
  return phase && { phase, severity: phase === 'incremental' ? 'action' : 'info' };
}

/** Where more is to be announced than the phase. */
function changeTo({ phase }: Meaning, before: Before, seen: Seen): Change | undefined {
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

/** Where a run of a migration can be found again after an earlier one has ended. */
const BEGINNING: ReadonlySet<Phase> = new Set([
  'creating',
  'configuring',
  'migrating',
  'full',
  'incremental',
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
 * Phases that must have begun and ended between two looks: those between where the task was and where it is. A stop or
 * a failure does not show how far the task had come.
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
  // That a switch succeeded is an event of its own, and the one to act on.
  const severity = phase === 'switching' && taskStatus === SWITCHED ? 'info' : 'action';
  if (isBackAgain) return { transition: 'incremental_resumed', severity };
  return { transition: TO_INCREMENTAL[phase] ?? 'incremental_started', severity };
}

function isInStep(last: LastFigures | undefined): boolean {
  return last?.state === 'in step';
}

/** A replication never succeeds by itself: what its target has is what it had when the replication ended. */
function successAfter(last: LastFigures | undefined): Change | undefined {
  return last === undefined || isInStep(last)
    ? undefined
    : { transition: 'finished_not_in_step', severity: 'action' };
}

/**
 * Stopping is how an incremental migration normally ends, and a good end if its target was in step; during a full
 * synchronisation data is missing. The last figures may be old when looks failed, so more than them is not claimed.
 */
function stopAfter({ workingPhase, lastFigures }: Before, { status, taskStatus }: Seen): Change {
  if (taskStatus === ROLL_BACK) {
    // A status that reads as a success does not show that anything was stopped.
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

/** The machine of a migration that copies is released by stopping it. */
function releaseAfter({ workingPhase, lastFigures }: Before): Change | undefined {
  if (workingPhase === undefined) return undefined;
  if (!isReplicating(workingPhase)) return { transition: 'released_early', severity: 'action' };
  return isInStep(lastFigures)
    ? { transition: 'released_normally', severity: 'info' }
    : { transition: 'released_not_in_step', severity: 'action' };
}
