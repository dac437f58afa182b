import { canonicalStatus, type Phase, type Severity } from '../../events/phase.ts';

/** The service's word for a task that is no more; also what we call one that it no longer finds. */
export const GONE_STATUS = 'DELETED';

export interface Meaning {
  readonly phase: Phase;
  readonly severity: Severity;
}

/**
 * Every status that any source names. The set is open: the service asks its clients to accept values they do not
 * know. `RUNNING` does not mean running: the task exists and waits for somebody to configure it. An incremental task
 * never ends by itself, so somebody has to end it; when it may be cut over its figures say, not its status. Keys are exact,
 * upper case.
 */
const CATALOGUE: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['CREATING', { phase: 'creating', severity: 'info' }],
  ['RUNNING', { phase: 'configuring', severity: 'action' }],
  ['MIGRATING', { phase: 'migrating', severity: 'info' }],
  ['FULLMIGRATING', { phase: 'full', severity: 'info' }],
  ['INCRMIGEATING', { phase: 'incremental', severity: 'action' }],
  ['TERMINATING', { phase: 'stopping', severity: 'info' }],
  ['TERMINATED', { phase: 'stopped', severity: 'info' }],
  ['SUCCESS', { phase: 'succeeded', severity: 'success' }],
  ['MIGRATION_SUCCESS', { phase: 'succeeded', severity: 'success' }],
  ['FAILED', { phase: 'failed', severity: 'failure' }],
  ['MIGRATION_FAILED', { phase: 'failed', severity: 'failure' }],
  ['ERROR', { phase: 'failed', severity: 'failure' }],
  ['RELEASED', { phase: 'released', severity: 'info' }],
  [GONE_STATUS, { phase: 'gone', severity: 'action' }],
]);

/** The statuses that some source names; others may come. */
export const KNOWN_STATUSES: readonly string[] = [...CATALOGUE.keys()];

/** Whether some source names a status, in either spelling. */
export function isStatusKnown(status: string): boolean {
  return CATALOGUE.has(canonicalStatus(status));
}

const SWITCHING: Meaning = { phase: 'switching', severity: 'info' };

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
};

/**
 * The meaning of a status. `taskStatus` is the service's word about an IP switch: while it reads `EXCHANGING` the task
 * switches, whatever its status says; with `ROLLBACK_SUCCESS` a success is none.
 */
export function meaningOf(seen: { readonly status: string; readonly taskStatus?: string }): Meaning {
  const known = CATALOGUE.get(canonicalStatus(seen.status));
  if (seen.taskStatus === 'EXCHANGING' && known?.phase !== 'failed') return SWITCHING;
  if (seen.taskStatus === ROLL_BACK && known?.phase === 'succeeded') return ROLLED_BACK;
  return known ?? { phase: 'unknown', severity: 'info' };
}
