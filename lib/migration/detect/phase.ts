import type { Standing } from '../../events/event.ts';
import { canonicalStatus, isFinal, isReplicating, isWorking, type Phase } from '../../events/phase.ts';
import { type Enrichment, valueIn } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import { hasFallenBack } from '../model/run.ts';
import type { SeenPhase } from '../model/sighting.ts';
import { type Standings, standingsOf, type TaskState } from '../model/state.ts';
import { meaningOf } from '../model/status.ts';

const ALL = 100;

/**
 * The phase that a look shows. Where the status only says that data moves, the statistics decide; without them, or when
 * complete progress wavers, the earlier phase stays.
 */
export function phaseOf(observation: Observation, { stats }: Enrichment, task: TaskState): SeenPhase {
  const { phase } = meaningOf(observation);
  if (phase !== 'migrating') return { phase };
  const before = lastWorkingPhase(task);
  const isSame = canonicalStatus(task.standing?.status ?? '') === canonicalStatus(observation.status);
  const concluded =
    concludedFrom(valueIn(stats)?.progressPercent, observation, before) ?? (isSame ? before : undefined);
  if (concluded === undefined || concluded === 'migrating') return { phase };
  // An IP switch starts from incremental replication, and returns to it.
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
 * The last known working phase of the task's present run. A run ends in a final phase, and begins with `configuring`.
 */
export function lastWorkingPhase(standings: Standings): Phase | undefined {
  const worked = runOf(standings).filter(({ phase }) => isWorking(phase));
  return (worked.findLast(({ phase }) => phase !== 'migrating') ?? worked.at(-1))?.phase;
}

/** Whether any look of the present run has seen the task replicate. It may have fallen back since. */
export function hasReplicated(standings: Standings): boolean {
  return runOf(standings).some(({ phase }) => isReplicating(phase));
}

function runOf(standings: Standings): readonly Standing[] {
  const all = standingsOf(standings);
  return all.slice(all.findLastIndex(({ phase }) => isFinal(phase) || isBeforeWork(phase)) + 1);
}

export function isBeforeWork(phase: Phase): boolean {
  return phase === 'creating' || phase === 'configuring';
}
