import { canonicalStatus, type Phase, type Severity } from '../../events/phase.ts';

/** The service's status of a deleted task. This program also uses it for a task that the service no longer finds. */
export const GONE_STATUS = 'DELETED';

export interface Meaning {
  readonly phase: Phase;
  readonly severity: Severity;
}

/**
 * Every status that any source names; the service asks its clients to accept unknown ones too. `RUNNING` means that the
 * task exists and waits to be configured. An incremental task never ends by itself, and its figures, not its status,
 * show when it may be cut over. Keys are exact, upper case.
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

/** The statuses that some source names. The service may send others. */
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

/**
 * The meaning of a success after a roll-back: the clients are back at the source. Its phase differs from a success, so
 * that a roll-back is a change.
 */
const ROLLED_BACK: Meaning = {
  phase: 'stopped',
  severity: 'action',
};

/**
 * The meaning of a status. `taskStatus` tells the state of an IP switch. With `EXCHANGING` the phase is `switching` for
 * any status but a failure, and with `ROLLBACK_SUCCESS` a success is none.
 */
export function meaningOf(seen: { readonly status: string; readonly taskStatus?: string }): Meaning {
  const known = CATALOGUE.get(canonicalStatus(seen.status));
  if (seen.taskStatus === 'EXCHANGING' && known?.phase !== 'failed') return SWITCHING;
  if (seen.taskStatus === ROLL_BACK && known?.phase === 'succeeded') return ROLLED_BACK;
  return known ?? { phase: 'unknown', severity: 'info' };
}
