import type { GroupMember, LastFigures } from '../../events/event.ts';
import { isFinal, isReplicating, isWorking, type Phase } from '../../events/phase.ts';
import { isBeforeWork, lastWorkingPhase } from '../detect/phase.ts';
import { standingsOf, type TaskState } from '../model/state.ts';
import { ROLL_BACK, SWITCHED } from '../model/status.ts';
import type { Watch } from '../model/watch.ts';

/** A task that belongs to a group, with what is known of it. */
export interface MemberTask {
  readonly watch: Watch;
  readonly task: TaskState | undefined;
}

/** How one member stands. */
export interface MemberStanding extends GroupMember {
  readonly isFailed: boolean;
  readonly isFinished: boolean;
  /** It has finished, but nobody could check that. */
  readonly isUnchecked: boolean;
  /** It has finished, or its clients were switched, while its target was not known to be in step. */
  readonly isBehind: boolean;
  readonly isCuttingOver: boolean;
}

/** The members of a group: how those stand that were ever seen, and how many there are in all. */
export interface Membership {
  readonly seen: readonly MemberStanding[];
  readonly size: number;
  /** Names of tasks that no longer count, though they were deleted before they had ended well. */
  readonly lost: readonly string[];
}

/** @param forgotten discovered tasks that were deleted more than a day ago and therefore no longer count */
export function membershipOf(
  members: readonly MemberTask[],
  forgotten: readonly MemberTask[] = [],
): Membership {
  const all = members.map(standingOf);
  const seen = all.flatMap(({ standing }) => (standing === undefined ? [] : [standing]));
  const lost = forgotten.map(standingOf).flatMap(({ isFinished, name }) => (isFinished ? [] : [name]));
  return { seen, size: all.length, lost };
}

/** A task of a group, and how it stands once it was seen. */
interface NamedStanding {
  readonly name: string;
  readonly isFinished: boolean;
  readonly standing: MemberStanding | undefined;
}

function standingOf({ watch, task }: MemberTask): NamedStanding {
  const { standing, run, observation } = task ?? {};
  const phase = standing?.phase;
  const ending = task && endingOf(task);
  const isFinished = ending !== undefined && hasEndedWell(ending);
  const name = watch.name ?? observation?.name ?? watch.taskId;
  if (phase === undefined) return { name, isFinished, standing: undefined };
  const isFailed = (ending !== undefined && hasFailed(ending)) || (phase === 'gone' && !isFinished);
  // The service may speak of a switch that has ended for as long as it likes: after a fall back it is no way out.
  const isSwitched = observation?.taskStatus === SWITCHED && isReplicating(phase);
  const isLeaving = phase === 'switching' || phase === 'stopping' || isSwitched;
  const outcome = outcomeOf(task, isFinished);
  const member: MemberStanding = {
    id: watch.taskId,
    name,
    project: watch.project,
    phase,
    ready: run?.ready?.announced !== undefined,
    isFailed,
    isFinished,
    isUnchecked: isFinished && isUnchecked(ending),
    isCuttingOver: ((isLeaving && !isFailed) || isFinished) && !outcome.isBehind,
    ...outcome,
  };
  return { name, isFinished, standing: member };
}

/** How far the target was when a replication ended, or when clients were switched to it. */
interface Outcome {
  readonly isBehind: boolean;
  readonly lastFigures?: LastFigures;
}

function outcomeOf(task: TaskState | undefined, isFinished: boolean): Outcome {
  const lastFigures = isFinished ? task?.ending : task?.run?.switched;
  if (lastFigures === undefined) return { isBehind: false };
  return { isBehind: lastFigures.state !== 'in step', lastFigures };
}

/** How the present run of a task ended, as far as it has. */
interface Ending {
  /** The last working phase, as far as it is known. */
  readonly at: Phase | undefined;
  /** The standings since, one after another. */
  readonly standings: TaskState['timeline'];
  /** The state of an IP switch now. */
  readonly taskStatus: string | undefined;
}

function endingOf(record: TaskState): Ending {
  const all = standingsOf(record);
  // Earlier endings are void once a task works, or gets ready to.
  const at = all.findLastIndex(({ phase }) => isWorking(phase) || isBeforeWork(phase));
  return {
    at: lastWorkingPhase({ timeline: all.slice(0, at + 1) }),
    standings: all.slice(at + 1),
    taskStatus: record.observation?.taskStatus,
  };
}

/** Nothing but a success, or a new run, makes good that a task failed: not that it is stopped, released or unknown. */
function hasFailed({ standings }: Ending): boolean {
  const phases = standings.map(({ phase }) => phase);
  return phases.lastIndexOf('failed') > phases.lastIndexOf('succeeded');
}

/**
 * A success, or a stop that came after incremental replication (where only the release after it was seen, too); being
 * released or deleted after that changes nothing. Nothing has ended well when the clients are at the source again.
 */
function hasEndedWell(ending: Ending): boolean {
  const { at, standings, taskStatus } = ending;
  const isBack = taskStatus === ROLL_BACK || standings.some(({ rolledBack }) => rolledBack);
  if (isBack || hasFailed(ending)) return false;
  const finals = standings.slice(standings.findLastIndex(({ phase }) => !isFinal(phase)) + 1);
  const phases = finals.map(({ phase }) => phase);
  return phases.includes('succeeded') || (isReplicating(at) && phases.some(isStop));
}

function isStop(phase: Phase): boolean {
  return phase === 'stopped' || phase === 'released';
}

function isUnchecked({ standings }: Ending): boolean {
  return standings.some(({ unchecked }) => unchecked !== undefined);
}
