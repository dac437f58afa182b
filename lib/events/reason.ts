/** Reasons why a task is not ready, or why it is not known whether it is: a code for each sentence. */
export const REASONS = [
  'figures',
  'not_migrating',
  'figures_missing',
  'statistics_denied',
  'statistics_missing',
  'statistics_failed',
  'statistics_not_read',
  'looks_fail',
  'resting',
  'out_of_time',
  'endpoint_silent',
  'not_found',
  'success_not_checked',
  'not_replicating',
  'status_open',
  'gone',
  'switch_open',
  'switch_not_ended',
  'other_phase',
  'not_long_enough',
] as const;

export type Reason = (typeof REASONS)[number];

/** Reasons why a call gave no answer. */
export const UNANSWERED = [
  'denied',
  'missing',
  'failed',
  'resting',
  'out_of_time',
  'endpoint_silent',
  'not_read',
] as const;

/** The calls beside ShowMigrationTask, as DCS names them. */
export const CALL_NAMES = ['ListMigrationTask', 'ShowMigrationTaskStats', 'ListMigrationTaskLogs'] as const;

/** Known causes of failures, for which there is advice. */
export const CAUSES = [
  'client-output-buffer-limit',
  'repl-timeout',
  'SYNC/PSYNC disabled',
  'white list',
  'BUSYKEY',
  'DUMP payload version',
  'OOM',
  'MISCONF',
  'max clients',
  'READONLY',
  'cluster',
  'cluster down',
  'password',
  'unreachable source',
] as const;

export type Cause = (typeof CAUSES)[number];

export type CallName = (typeof CALL_NAMES)[number];
