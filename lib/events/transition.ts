/**
 * What has happened, in one word for each sentence: where a task stands says it only together with where it stood and what
 * it had done until then.
 */

/** Of a status that is another one. */
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

/** Of a task that is no more. */
export const GONE_TRANSITIONS = ['gone', 'deleted_after_end'] as const;

/** Of a readiness that was announced. */
export const UNREADY_TRANSITIONS = ['no_longer_ready', 'no_longer_known'] as const;

/** Of a replication that does not become ready. */
export const BLOCKED_TRANSITIONS = ['not_ready', 'not_known'] as const;

/** Of what had stalled. */
export const RESUMED_TRANSITIONS = ['moves_again', 'left_phase'] as const;

/** Of a call beside the looks. */
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
