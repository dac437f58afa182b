import type { Phase } from '../../events/phase.ts';
import { hasOnlinePhases, type Observation } from '../model/observation.ts';
import type { TaskState } from '../model/state.ts';
import { meaningOf } from '../model/status.ts';
import { readsAsSuccess } from './confirmation.ts';

/** Phases in which statistics are useful, including `migrating`, where the status leaves the phase open. */
const MEASURED: ReadonlySet<Phase> = new Set(['migrating', 'full', 'incremental']);

/** Enrichment calls that can change the events of a look. */
export interface WantedCalls {
  readonly stats: boolean;
  readonly listed: boolean;
  readonly logs: boolean;
}

/**
 * Enrichment calls that are worth making after a good look: the statistics where data moves, the list after a success
 * (a deleted task answers alike), and the list with the log after a new failure.
 */
export function enrichmentFor(task: TaskState | undefined, observation: Observation): WantedCalls {
  const { phase } = meaningOf(observation);
  const failedNow = phase === 'failed' && task?.standing?.phase !== 'failed';
  return {
    stats: MEASURED.has(phase) && hasOnlinePhases(observation),
    listed: readsAsSuccess(observation) || failedNow,
    logs: failedNow,
  };
}

/** The number of requests of a look at a task, judged by its stored state: one for the task, one for its statistics. */
export function requestsPerLook(task: TaskState | undefined): number {
  if (task?.standing === undefined || task.observation === undefined) return 2;
  return MEASURED.has(task.standing.phase) && hasOnlinePhases(task.observation) ? 2 : 1;
}
