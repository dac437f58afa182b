import type { IncomingMessage } from 'node:http';
import {
  clockRefused,
  dcsError,
  gatewayError,
  json,
  KEY_LOCKED,
  KEY_UNKNOWN,
  NO_SUCH_API,
  NO_SUCH_TASK,
  type Reply,
  realisticAnswer,
  SIMULATED_PASSWORDS,
  signatureRefused,
  TOKEN_UNREADABLE,
  text,
  WRONG_PROJECT,
} from './answers.ts';
import { BROKEN_ANSWERS } from './broken-connections.ts';

const HTML = '<!doctype html><html><body><h1>Welcome, please log in</h1></body></html>';
const THROTTLED =
  'The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute';
const throttled = (headers: Readonly<Record<string, string>>): Reply =>
  gatewayError(429, '0308', THROTTLED, headers);

/** Answers that the documentation, the SDKs or a network between us and the service can give. */
const REPLIES = {
  'task not found': NO_SUCH_TASK,
  'task not found, with null': json(400, {
    error_msg: 'Instance job is not found.',
    error_code: 'DCS.4133',
    error_ext_msg: null,
  }),
  'task deleted': json(200, realisticAnswer('DELETED')),
  'task id malformed': dcsError(400, 'DCS.4070', 'Invalid task ID format.'),
  'task id of another kind': dcsError(400, 'DCS.4855', 'invalid migration task id in the request.'),
  'project id malformed': dcsError(400, 'DCS.4002', 'Invalid project ID format.'),
  'code as number': dcsError(400, 111400800, 'Only native cluster supported.'),
  'code as digits': dcsError(400, '111400063', 'Invalid {0} parameter in the request.'),
  'error nested': json(400, { error: { code: '111400060', message: 'Invalid request.' } }),
  'error in camel case': json(400, { errorCode: 'DCS.4005', errorMsg: 'Not JSON.' }),
  'error as code and message': json(400, { code: 'DCS.4005', message: 'Not JSON.' }),

  'key unknown': KEY_UNKNOWN,
  'key locked': KEY_LOCKED,
  'token unreadable': TOKEN_UNREADABLE,
  'clock off': clockRefused('20260102T030405Z'),
  'token outdated': gatewayError(401, '0307', 'The token must be updated.'),
  'token expired': dcsError(401, 'DCS.1002', 'Token expired.'),
  'project of somebody else': WRONG_PROJECT,
  'project of somebody else, older code': dcsError(401, 111401004, 'Project ID does not match the token.'),
  'project unavailable': gatewayError(403, '0310', 'The project is unavailable.'),
  unauthorized: gatewayError(401, '0301', 'Incorrect IAM authentication information: Unauthorized'),
  'policy denies': dcsError(403, 'DCS.2007', 'Policy does not allow dcs:migrationTask:get to be performed.'),
  'identity policy denies': json(403, {
    error_code: 'DCS.2007',
    error_msg: 'Policy does not allow dcs:migrationTask:get to be performed.',
    encoded_authorization_message: `ENCODED-${SIMULATED_PASSWORDS[0]}`,
    details: [{ error_code: 'PAP5.0000', error_msg: SIMULATED_PASSWORDS[1] }],
  }),
  'user on black list': gatewayError(403, '0302', 'The IAM user is not authorized to access the API.'),

  'blocked by a firewall': text(403, 'text/html', HTML),
  'proxy wants a login': text(407, 'text/html', HTML),
  'code that is listed nowhere': dcsError(409, 'DCS.4957', 'Operation not allowed in the current state.'),

  '404 of the API': dcsError(404, 'DCS.3022', 'The DCS instance does not exist.'),
  '404 without body': text(404, 'text/plain', ''),
  '404 as HTML': text(404, 'text/html', HTML),
  'API not published': NO_SUCH_API,
  'URL unknown': dcsError(404, 'DCS.4001', 'The requested URL does not exist.'),

  throttled: throttled({}),
  'throttled for 7 s': throttled({ 'retry-after': '7' }),
  'throttled for years': throttled({ 'retry-after': '1000000000' }),
  'throttled until a date': throttled({ 'retry-after': 'Fri, 02 Jan 2026 03:05:05 GMT' }),
  'throttled with garbage': throttled({ 'retry-after': '-1' }),

  'time-out of the request': text(408, 'text/plain', ''),
  'internal error': dcsError(500, 'DCS.5000', 'Internal service error.'),
  'bad gateway': text(502, 'text/html', '<html><body>502 Bad Gateway</body></html>'),
  unavailable: gatewayError(503, '0613', 'IAM is temporarily unavailable.'),
  'backend time-out': gatewayError(504, '0201', 'Backend timeout.'),
  redirect: text(302, 'text/html', '', { location: 'http://169.254.169.254/latest/meta-data/' }),
  teapot: text(418, 'text/plain', `short and stout ${SIMULATED_PASSWORDS[0]}`),

  'empty body': text(200, 'application/json', ''),
  'not JSON': text(200, 'application/json', 'status=SUCCESS'),
  'JSON broken at the password': text(
    200,
    'application/json',
    `{"status":"SUCCESS","source_instance":{"password":"${SIMULATED_PASSWORDS[0]}"x}}`,
  ),
  'JSON cut at the password': text(
    200,
    'application/json',
    `{"status":"SUCCESS","source_instance":{"password":"${SIMULATED_PASSWORDS[0]}`,
  ),
  'HTML instead of JSON': text(200, 'text/html', HTML),
  'empty object': json(200, {}),
  null: json(200, null),
  array: json(200, [realisticAnswer('SUCCESS')]),
  string: json(200, 'SUCCESS'),
  'deep nesting': text(200, 'application/json', `${'{"a":['.repeat(10_000)}${']}'.repeat(10_000)}`),
  'wrong types': json(
    200,
    realisticAnswer('SUCCESS', {
      status: 7,
      task_name: ['a'],
      source_instance: 'x',
      target_instance: [],
      created_at: {},
    }),
  ),
  'wrong types but the status': json(
    200,
    realisticAnswer('SUCCESS', {
      task_name: ['a'],
      source_instance: 'x',
      target_instance: [],
      created_at: {},
      version: 6,
    }),
  ),
  'answer about another task': json(200, realisticAnswer('FAILED', { task_id: 'another-task' })),
  'status empty': json(200, realisticAnswer('')),
  'status unknown': json(200, realisticAnswer('SHUFFLING')),
  'status of 10 kB': json(200, realisticAnswer('X'.repeat(10_240))),
  'keys that mean something to JavaScript': text(
    200,
    'application/json',
    '{"__proto__":{"status":"FAILED"},"constructor":{"prototype":{"status":"FAILED"}},"status":"RUNNING","status":"SUCCESS"}',
  ),
  'name that is hard to print': json(
    200,
    realisticAnswer('SUCCESS', { task_name: `a\nb\u001b[31mc\u202ed<!channel>\ud800${'😀'.repeat(5000)}` }),
  ),
} satisfies Record<string, Reply>;

/** Answers that repeat something of the request, as the gateway does. */
const ECHOES = {
  'signature refused': ({ method, url, headers }) =>
    signatureRefused(`${method}|${url}|${headers.host}|Authorization:${headers.authorization}`),
  'request echoed everywhere': ({ headers }) =>
    gatewayError(
      401,
      '0301',
      `ak:${headers.authorization}, token ${headers['x-security-token']}, password=${SIMULATED_PASSWORDS[0]}`,
    ),
} satisfies Record<string, (request: IncomingMessage) => Reply>;

/** Everything that can go wrong, by name: an answer, or what is done to the connection instead of answering. */
export const FAULTS = { ...REPLIES, ...ECHOES, ...BROKEN_ANSWERS };

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS).filter(isFaultName);

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}
