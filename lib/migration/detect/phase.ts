import type { Standing } from '../../events/event.ts';
import { canonicalStatus, isFinal, isReplicating, isWorking, type Phase } from '../../events/phase.ts';
import { type Answer, known, type Neighbours } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import type { WatchRecord } from '../model/state.ts';
import { isSwitchOver, meaningOf, ROLL_BACK } from '../model/status.ts';
import { hasFallenBack } from '../rules/progress.ts';

/** Neighbouring calls that can change what is said about a look. */
export interface Wanted {
  readonly stats: boolean;
  readonly listed: boolean;
  readonly logs: boolean;
}

/** Phases in which statistics say something; also where the status does not say which phase it is. */
const MEASURED: ReadonlySet<Phase> = new Set(['migrating', 'full', 'incremental']);
/** Its phases are not those of an online migration, and it has no statistics (API reference, ShowMigrationTaskStats). */
const BACKUP_IMPORT = 'backupfile_import';

/** Whether a task goes through the phases of an online migration. */
export function hasOnlinePhases({ migrationType }: Observation): boolean {
  return migrationType !== BACKUP_IMPORT;
}

/**
 * Which neighbouring calls are worth making after a good look: statistics where data moves, the list where a task says
 * that it succeeded (a deleted one says so, too), list and log where one has just failed.
 */
export function neighboursFor(record: WatchRecord | undefined, observation: Observation): Wanted {
  const { phase } = meaningOf(observation);
  const failedNow = phase === 'failed' && record?.standing?.phase !== 'failed';
  return {
    stats: MEASURED.has(phase) && hasOnlinePhases(observation),
    listed: readsAsSuccess(observation) || failedNow,
    logs: failedNow,
  };
}

/** The phase that a look shows. */
export interface SeenPhase {
  readonly phase: Phase;
  readonly derived?: true;
}

const ALL = 100;

/**
 * Where the status only says that data moves, the statistics say in which phase. A look without statistics leaves what
 * was concluded before: not knowing is no change. Neither is a progress that wavers after it was complete.
 */
export function phaseOf(observation: Observation, { stats }: Neighbours, record: WatchRecord): SeenPhase {
  const { phase } = meaningOf(observation);
  if (phase !== 'migrating') return { phase };
  const before = lastWorkingPhase(record);
  const isSame = canonicalStatus(record.standing?.status ?? '') === canonicalStatus(observation.status);
  const concluded =
    concludedFrom(known(stats)?.progressPercent, observation, before) ?? (isSame ? before : undefined);
  if (concluded === undefined || concluded === 'migrating') return { phase };
  // IP addresses are switched out of incremental replication, and back into it.
  return { phase: concluded === 'switching' ? 'incremental' : concluded, derived: true };
}

function concludedFrom(
  percent: number | undefined,
  { migrationMethod }: Observation,
  before: Phase | undefined,
): Phase | undefined {
  if (percent === undefined) return undefined;
  if (isReplicating(before) && !hasFallenBack(ALL, percent)) return 'incremental';
  if (percent < ALL) return 'full';
  return migrationMethod === 'incremental_migration' ? 'incremental' : undefined;
}

/**
 * What the present run of the task worked at last, as far as anybody said it. A run ends in a final phase, and begins
 * with being configured.
 */
export function lastWorkingPhase(record: Pick<WatchRecord, 'timeline' | 'standing'>): Phase | undefined {
  const worked = runOf(record).filter(({ phase }) => isWorking(phase));
  return (worked.findLast(({ phase }) => phase !== 'migrating') ?? worked.at(-1))?.phase;
}

/** Whether the present run of the task was seen to replicate, though it may have fallen back since. */
export function hasReplicated(record: Pick<WatchRecord, 'timeline' | 'standing'>): boolean {
  return runOf(record).some(({ phase }) => isReplicating(phase));
}

function runOf({ timeline, standing }: Pick<WatchRecord, 'timeline' | 'standing'>): WatchRecord['timeline'] {
  const all = standing === undefined ? timeline : [...timeline, standing];
  return all.slice(all.findLastIndex(({ phase }) => isFinal(phase) || isBeforeWork(phase)) + 1);
}

function isBeforeWork(phase: Phase): boolean {
  return phase === 'creating' || phase === 'configuring';
}

/** Whether the status reads as a success, whatever is said of an IP switch. */
function readsAsSuccess({ status }: Observation): boolean {
  return meaningOf({ status }).phase === 'succeeded';
}

/**
 * The service may stop speaking of an IP switch that has ended. As long as the status stays the same, it is what it was:
 * clients are where they were. After a roll-back they are at the source until the next switch or the next run, whatever
 * the status reads: neither a success nor a good end comes of it.
 */
export function remembering({ standing, observation }: WatchRecord, answered: Observation): Observation {
  const { taskStatus } = observation ?? {};
  if (standing === undefined || answered.taskStatus !== undefined || !isSwitchOver(taskStatus))
    return answered;
  const isSame = canonicalStatus(standing.status) === canonicalStatus(answered.status);
  const { phase } = meaningOf(answered);
  const begins = isBeforeWork(phase) || (isFinal(standing.phase) && !isFinal(phase));
  return isSame || (taskStatus === ROLL_BACK && !begins) ? { ...answered, taskStatus } : answered;
}

/** Why a success could not be checked. */
export interface Unchecked {
  /** What cannot be ruled out. */
  readonly what: NonNullable<Standing['unchecked']>;
  readonly why: string;
}

/** What is known about a task that reads as a success. */
export type Confirmation =
  | { readonly kind: 'confirmed' }
  /** A deleted task answers like one that succeeded; only the list tells them apart. */
  | { readonly kind: 'deleted' }
  /** Nobody can tell: the key may not list. It is told, and said so. */
  | ({ readonly kind: 'unchecked' } & Unchecked)
  /** Not known this time: nothing is claimed before a few more looks. */
  | ({ readonly kind: 'open' } & Unchecked);

/** Whether a good end is one: a success, or a stop after an IP switch. Only a success needs the list. */
export function confirmationOf(
  observation: Observation,
  phase: Phase,
  { listed }: Neighbours,
  record: Pick<WatchRecord, 'standing' | 'course'>,
): Confirmation {
  const isSuccess = readsAsSuccess(observation);
  if (isSuccess && known(listed) === 'absent') return { kind: 'deleted' };
  const isUnlisted = isSuccess && phase === 'succeeded' && listed?.kind !== 'known';
  const kind = isUnlisted && !isLasting(listed) ? 'open' : 'unchecked';
  const isEnd = phase === 'succeeded' || phase === 'stopped' || phase === 'released';
  if (isEnd && !isSwitchOver(observation.taskStatus) && isSwitchOpen(record)) {
    return { kind, what: 'rolled back', why: SWITCH_UNTOLD };
  }
  const why = `a deleted task reads the same, and ${listWords(listed)} to tell them apart`;
  return isUnlisted ? { kind, what: 'deleted', why } : { kind: 'confirmed' };
}

/** A list that nobody can read is no passing fault. */
function isLasting(listed: Neighbours['listed']): boolean {
  if (listed?.kind === 'denied') return true;
  if (listed?.kind !== 'failed') return false;
  return listed.isLasting === true || listed.reason === 'unreadable answer' || listed.reason === 'refused';
}

const SWITCH_UNTOLD = 'an IP switch was going on, and the service does not say whether it was rolled back';

/** An end after an IP switch is no good one if that was rolled back. Here nobody has said, in this run, how it ended. */
function isSwitchOpen({ standing, course }: Pick<WatchRecord, 'standing' | 'course'>): boolean {
  return course?.switchOpen === true || standing?.unchecked === 'rolled back';
}

function listWords(listed: Answer<unknown> | undefined): string {
  switch (listed?.kind) {
    case 'denied':
      return 'the key may not list tasks (dcs:migrationTask:list)';
    case 'failed':
      return `the list of tasks could not be read (${listed.reason})`;
    case 'skipped':
      return `the list of tasks was not read (${listed.why})`;
    default:
      return 'the list of tasks was not read';
  }
}
