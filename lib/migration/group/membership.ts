import type { GroupMember, LastFigures } from '../../events/event.ts';
import { isFinal, isReplicating, isWorking, type Phase } from '../../events/phase.ts';
import { isBeforeWork, lastWorkingPhase } from '../detect/phase.ts';
import { standingsOf, type TaskState } from '../model/state.ts';
import { ROLL_BACK, SWITCHED } from '../model/status.ts';
import type { Watch } from '../model/watch.ts';

/** A task of a group, with its state. */
export interface MemberTask {
  readonly watch: Watch;
  readonly task: TaskState | undefined;
}

/** The standing of one member. */
export interface MemberStanding extends GroupMember {
  readonly isFailed: boolean;
  readonly isFinished: boolean;
  /** Whether its good end could not be confirmed. */
  readonly isUnchecked: boolean;
  /** Whether it finished, or its clients were switched, without figures that showed its target in step. */
  readonly isBehind: boolean;
  readonly isCuttingOver: boolean;
}

/** The members of a group: the standings of those seen so far, and the number of all. */
export interface Membership {
  readonly seen: readonly MemberStanding[];
  readonly size: number;
  /** Names of tasks that no longer count, but were deleted before a good end. */
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

/** A task of a group, with its standing if it was seen. */
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
  // The service may mention an ended switch for any time, so after a fall-back it proves no cut-over.
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

/** The figures of the target when a replication ended, or when clients were switched to it. */
interface Outcome {
  readonly isBehind: boolean;
  readonly lastFigures?: LastFigures;
}

function outcomeOf(task: TaskState | undefined, isFinished: boolean): Outcome {
  const lastFigures = isFinished ? task?.ending : task?.run?.switched;
  if (lastFigures === undefined) return { isBehind: false };
  return { isBehind: lastFigures.state !== 'in step', lastFigures };
}

/** The end of a task's present run, as far as it has come. */
interface Ending {
  /** The last known working phase. */
  readonly at: Phase | undefined;
  /** The standings since, one after another. */
  readonly standings: TaskState['timeline'];
  /** The state of an IP switch now. */
  readonly taskStatus: string | undefined;
}

function endingOf(record: TaskState): Ending {
  const all = standingsOf(record);
  // Earlier ends no longer count once a task works or is configured again.
  const at = all.findLastIndex(({ phase }) => isWorking(phase) || isBeforeWork(phase));
  return {
    at: lastWorkingPhase({ timeline: all.slice(0, at + 1) }),
    standings: all.slice(at + 1),
    taskStatus: record.observation?.taskStatus,
  };
}

/**
 * Whether a task counts as failed. Only a success or a new run ends that; a stop, a release or an unknown status does
 * not.
 */
function hasFailed({ standings }: Ending): boolean {
  const phases = standings.map(({ phase }) => phase);
  return phases.lastIndexOf('failed') > phases.lastIndexOf('succeeded');
}

/**
 * Whether a run ended with a success, or with a stop after incremental replication (or the release that followed an
 * unseen stop). A later release or deletion changes nothing, but a roll-back, which returns the clients to the source,
 * makes every end a bad one.
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
