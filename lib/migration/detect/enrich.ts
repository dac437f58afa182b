import type { Phase } from '../../events/phase.ts';
import { hasOnlinePhases, type Observation } from '../model/observation.ts';
import type { TaskState } from '../model/state.ts';
import { meaningOf } from '../model/status.ts';
import { readsAsSuccess } from './confirmation.ts';

/** Phases in which statistics say something; also where the status does not say which phase it is. */
const MEASURED: ReadonlySet<Phase> = new Set(['migrating', 'full', 'incremental']);

/** Additional calls that can change what is announced about a look. */
export interface WantedCalls {
  readonly stats: boolean;
  readonly listed: boolean;
  readonly logs: boolean;
}

/**
 * The calls of the enrichment that are worth making after a good look: statistics where data moves, the list where a task says
 * that it succeeded (a deleted one says so, too), list and log where one has just failed.
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

/** The requests that a look at a task takes, by what is known of it: one for the task, one for its statistics. */
export function requestsPerLook(task: TaskState | undefined): number {
  if (task?.standing === undefined || task.observation === undefined) return 2;
  return MEASURED.has(task.standing.phase) && hasOnlinePhases(task.observation) ? 2 : 1;
}
