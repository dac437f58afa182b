import type { PermittedCall } from '../../events/answer.ts';
import type { Answer } from '../../events/event.ts';
import type { Language } from '../language.ts';

/** Continues "the access key has no permission to". */
const DEEDS: Readonly<Record<PermittedCall, string>> = {
  ShowMigrationTask: 'read migration tasks',
  ListMigrationTask: 'list migration tasks',
  ShowMigrationTaskStats: 'read the statistics of migration tasks',
  ListMigrationTaskLogs: 'read the logs of migration tasks',
};

function notPermitted({ call = 'ShowMigrationTask', permission = 'it', isGuess }: Answer): string {
  const right = isGuess ? `the permission for it (probably ${permission}; no document names it)` : permission;
  return `the access key has no permission to ${DEEDS[call]}. Grant ${right} on this project to its user or agency.`;
}

function clockWords({ minutes = 0 }: Answer): string {
  // Mutant survives, `minutes > 0` → `minutes >= 0`: only differences of 15 minutes or more come here.
  return `signature refused. This machine's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}. Correct it.`;
}

const LOOK_IT_UP = 'Look up the error code in the DCS API reference, or ask Huawei Cloud support.';
const NEW_CREDENTIALS = 'Get new temporary credentials';

/** The meaning of an answer, and what to do about it. */
export const answers: Language['answers'] = {
  no_answer: ({ words = 'no answer', hint }) => `${words}.${hint === undefined ? '' : HINTS[hint]}`,
  throttled: ({ seconds = 0 }) => `too many requests. Calls are paused for ${seconds} s.`,
  key_locked: () =>
    'signature refused. The access key is locked for 5 minutes after too many refused requests. Check the access key and secret key before you try again.',
  key_unknown: () =>
    'signature refused. The access key does not exist. Check that it is complete and was not deleted.',
  token_refused: () => `signature refused. The security token is wrong or has expired. ${NEW_CREDENTIALS}.`,
  clock_wrong: clockWords,
  signature_refused: () =>
    'signature refused. Check the access key and secret key, that the clock of this machine is less than 15 minutes off, and that the account has no unpaid bills.',
  wrong_project: () =>
    'DCS refused the access key for this project. Check that the key belongs to the account of this project and region.',
  token_invalid: () => `the security token is not valid. ${NEW_CREDENTIALS}, or check the access key.`,
  token_expired: () => `the security token has expired. ${NEW_CREDENTIALS}.`,
  token_absent: () =>
    'the request arrived without a token. Check the access key and secret key, and that no proxy in between drops headers.',
  not_accepted: () =>
    'DCS did not accept the access key. Check the access key and secret key, and that they are valid in this region.',
  not_permitted: notPermitted,
  not_permitted_without_code: (answer) =>
    `refused without an error code: either a firewall in between blocked the request, or ${notPermitted(answer)}`,
  gateway_refuses: () => `the API gateway refused the request. ${LOOK_IT_UP}`,
  gateway_refuses_key: () =>
    'the API gateway refused the access key. Look up the error code, or ask Huawei Cloud support.',
  service_refuses: () => `DCS refused the request. ${LOOK_IT_UP}`,
  service_refuses_without_code: () => 'DCS refused the request without an error code.',
  project_unavailable: () =>
    'the project is unavailable. Check its id and region, and that it is not frozen or suspended for unpaid bills.',
  refused_on_the_way: () =>
    'a proxy, firewall or portal refused the request before it reached DCS. Allow requests to this endpoint there.',
  no_such_api: () => 'this host does not serve the DCS API. Check the region or the endpoint.',
  redirect: () =>
    'the endpoint answered with a redirect, which is not followed. Check the endpoint, and look for a proxy or portal in between.',
  no_such_task: () => 'there is no such task.',
  project_id_mistyped: () => 'the project id is malformed. Check it.',
  task_id_mistyped: () => 'the task id is malformed. Check it.',
  not_a_task_id: () => 'this is not the id of a migration task. Check it.',
  gave_up_waiting: () => 'the server timed out waiting for the request.',
  gateway_failed: () => 'a gateway or proxy in between failed. If this persists, check the endpoint.',
  service_failed: () => 'DCS reported an internal error. If this persists, ask Huawei Cloud support.',
  undocumented: () => 'the answer is not one that DCS documents. Check the endpoint.',
  unreadable: ({ words = 'cannot be read' }) =>
    `the answer ${words}. Check the endpoint, and look for a proxy or portal in between.`,
  list_changed: ({ words = 'changed' }) =>
    `the list of tasks ${words}, so it is not used. It will be read again.`,
  status_deleted: () => "the task's status is DELETED.",
  deleted: () => 'the details of the task say SUCCESS, but the list of tasks does not have it.',
};

/** Advice in the words of the configuration. */
const HINTS = {
  'check endpoint': ' Check the region or the endpoint.',
  'allow insecure': ' If this address is intended, set allowInsecure: true on the project.',
} as const;

/** `HTTP 401 APIGW.0301: signature refused. … The service says "…".` */
export function answerWords(answer: Answer): string {
  const { code, httpStatus, errorCode, errorMessage, neverSeen } = answer;
  const status =
    httpStatus === undefined ? '' : `HTTP ${httpStatus}${errorCode === undefined ? '' : ` ${errorCode}`}: `;
  const said = errorMessage === undefined ? '' : ` The service says "${errorMessage}".`;
  const check = neverSeen ? ' Check the task id and its project.' : '';
  return `${status}${answers[code](answer)}${said}${check}`;
}
