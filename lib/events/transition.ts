/**
 * A code for each sentence about a change. The standing of a task says it only together with the standing before, and with
 * what the task had done until then.
 */

/** Another status. */
export const STATUS_TRANSITIONS = [
  'arrived',
  'full_started',
  'full_finished',
  'incremental_started',
  'incremental_resumed',
  'fell_back',
  'restarted',
  'found_again',
  'same_phase',
  'phase_open',
  'switching',
  'switch_ended',
  'switch_rolled_back',
  'stopping',
  'stopped_normally',
  'stopped_not_in_step',
  'stopped_early',
  'stopped_after_roll_back',
  'stopped',
  'released_normally',
  'released_not_in_step',
  'released_early',
  'released',
  'finished',
  'finished_not_in_step',
  'failed',
  'confirmed',
  'gone',
  'unknown_status',
] as const;

/** The end of a task that no longer exists. */
export const GONE_TRANSITIONS = ['gone', 'deleted_after_end'] as const;

/** The end of an announced readiness. */
export const UNREADY_TRANSITIONS = ['no_longer_ready', 'no_longer_known'] as const;

/** A replication that does not become ready. */
export const BLOCKED_TRANSITIONS = ['not_ready', 'not_known'] as const;

/** The end of a stall. */
export const RESUMED_TRANSITIONS = ['moves_again', 'left_phase'] as const;

/** A call beside the looks that does not work. */
export const CALL_TRANSITIONS = ['call_denied', 'call_fails'] as const;

export const TRANSITIONS = [
  ...new Set([
    ...STATUS_TRANSITIONS,
    ...GONE_TRANSITIONS,
    ...UNREADY_TRANSITIONS,
    ...BLOCKED_TRANSITIONS,
    ...RESUMED_TRANSITIONS,
    ...CALL_TRANSITIONS,
  ]),
] as const;

export type Transition = (typeof TRANSITIONS)[number];
