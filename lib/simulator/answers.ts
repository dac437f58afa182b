/** The body of an answer of ShowMigrationTask. */
export type AnswerBody = Readonly<Record<string, unknown>>;

/** The passwords that {@link realisticAnswer} holds, as the documented samples do: wherever they turn up, they leaked. */
export const SIMULATED_PASSWORDS = [
  'simulated-source-password-7Gq',
  'simulated-target-password-3Xw',
] as const;

/** Stands in {@link realisticAnswer} until the simulator puts the id in its place that was asked for. */
export const SIMULATED_TASK_ID = '91d4c7aa-6b3f-4e18-a2c5-07f9e4b8d613';

const WITHOUT_COMPLETION: ReadonlySet<string> = new Set([
  'CREATING',
  'RUNNING',
  'MIGRATING',
  'FULLMIGRATING',
  'INCRMIGEATING',
  'INCRMIGRATING',
  'TERMINATING',
]);

/** Until a task is configured (`RUNNING` means just that) it has no method and no instances. */
const UNCONFIGURED: ReadonlySet<string> = new Set(['CREATING', 'RUNNING']);

/**
 * A full answer with every field that is documented, of an online task with incremental replication.
 *
 * @param overrides replaces whole fields, also nested objects.
 */
export function realisticAnswer(status: string, overrides: AnswerBody = {}): AnswerBody {
  const configured = !UNCONFIGURED.has(status);
  return {
    task_id: SIMULATED_TASK_ID,
    task_name: 'orders-cache',
    description: 'move the orders cache',
    status,
    migration_type: 'online_migration',
    migration_method: configured ? 'incremental_migration' : null,
    ecs_tenant_private_ip: '192.168.1.77',
    backup_files: null,
    network_type: configured ? 'vpc' : null,
    source_instance: configured ? instance('orders-old', '192.168.1.2', SIMULATED_PASSWORDS[0]) : null,
    target_instance: configured ? instance('orders-new', '192.168.1.31', SIMULATED_PASSWORDS[1]) : null,
    created_at: '2026-01-05T02:10:11.508Z',
    updated_at: WITHOUT_COMPLETION.has(status) ? null : '2026-01-05T02:21:25.075Z',
    released_at: status === 'RELEASED' ? '202601051024' : null,
    version: '6.0.21',
    resume_mode: configured ? 'auto' : null,
    supported_features: [],
    tenant_vpc_id: '5a0d6c1f-7b48-4b0c-8f5d-2c9f0e3a7d01',
    tenant_subnet_id: '6b1e7d20-8c59-4c1d-9060-3da01f4b8e12',
    tenant_security_group_id: '7c2f8e31-9d6a-4d2e-a171-4eb12a5c9f23',
    bandwidth_limit_mb: configured ? '50' : null,
    task_status: null,
    ...overrides,
  };
}

function instance(name: string, ip: string, password: string): AnswerBody {
  return {
    addrs: `${ip}:6379`,
    password,
    id: '7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11',
    ip,
    port: '6379',
    name,
    proxy_multi_db: false,
    db: null,
    withProxy: false,
  };
}

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Never masked, never secret: what a person gives to Huawei's support. */
export const SIMULATED_REQUEST_ID = '5a1d2f0c7b9e4f6d8c3b2a1908f7e6d5';

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return text(status, 'application/json;charset=utf-8', JSON.stringify(body), headers);
}

export function text(
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': type, 'x-request-id': SIMULATED_REQUEST_ID, ...headers },
    body,
  };
}

/** A refusal of DCS itself. */
export function dcsError(status: number, code: string | number, message: string): Reply {
  return json(status, { error_code: code, error_msg: message });
}

/** A refusal of the API gateway in front of DCS. */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = { error_msg: message, error_code: `APIGW.${code}`, request_id: SIMULATED_REQUEST_ID };
  return json(status, body, headers);
}

export const NO_SUCH_TASK = dcsError(400, 'DCS.4133', 'Instance job is not found.');
export const NO_SUCH_API = gatewayError(
  404,
  '0101',
  'The API does not exist or has not been published in the environment',
);
export const WRONG_PROJECT = dcsError(401, 'DCS.1004', 'Project ID does not match the token.');
export const KEY_UNKNOWN = gatewayError(
  401,
  '0301',
  'Incorrect IAM authentication information: Get secretKey failed,ak:******,err:ak not exist',
);
export const KEY_LOCKED = gatewayError(
  401,
  '0301',
  'Incorrect IAM authentication information: AK access failed to reach the limit,forbidden',
);
export const TOKEN_UNREADABLE = gatewayError(
  401,
  '0301',
  'Incorrect IAM authentication information: decrypt token fail',
);

/** @param echo what the gateway repeats of the request: exactly what must not be passed on. */
export function signatureRefused(echo: string): Reply {
  const message = `Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:${echo}`;
  return gatewayError(401, '0301', message);
}

/** @param time the gateway's, as it writes it in this refusal. */
export function clockRefused(time: string): Reply {
  return gatewayError(
    401,
    '0303',
    `Incorrect app authentication information: signature expired, now: ${time}`,
  );
}
