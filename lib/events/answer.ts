/** The meaning of an answer of DCS, or of none: a code for each sentence. */
export const ANSWERS = [
  'no_answer',
  'throttled',
  'key_locked',
  'key_unknown',
  'token_refused',
  'clock_wrong',
  'signature_refused',
  'wrong_project',
  'token_invalid',
  'token_expired',
  'token_absent',
  'not_accepted',
  'not_permitted',
  'not_permitted_without_code',
  'gateway_refuses',
  'gateway_refuses_key',
  'service_refuses',
  'service_refuses_without_code',
  'project_unavailable',
  'refused_on_the_way',
  'no_such_api',
  'redirect',
  'no_such_task',
  'project_id_mistyped',
  'task_id_mistyped',
  'not_a_task_id',
  'gave_up_waiting',
  'gateway_failed',
  'service_failed',
  'undocumented',
  'unreadable',
  'list_changed',
  'status_deleted',
  'deleted',
] as const;

export type AnswerCode = (typeof ANSWERS)[number];

/** Faults of a connection over which no answer came. */
export const FAULTS = [
  'timeout',
  'dns',
  'connection',
  'tls',
  'blocked_address',
  'protocol',
  'too_large',
] as const;

/** The calls that a key may lack the right to, as DCS names them. */
export const PERMITTED_CALLS = [
  'ShowMigrationTask',
  'ListMigrationTask',
  'ShowMigrationTaskStats',
  'ListMigrationTaskLogs',
] as const;

export type PermittedCall = (typeof PERMITTED_CALLS)[number];
