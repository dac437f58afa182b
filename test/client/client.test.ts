import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Env } from '../../lib/base/env.ts';
import { systemClock } from '../../lib/base/time/system-clock.ts';
import { accessOf, connect } from '../../lib/client/client.ts';
import { DcsError } from '../../lib/client/error.ts';
import { createTaskCalls } from '../../lib/client/task-calls.ts';
import type { DcsClient, DcsClientOptions } from '../../lib/client/types.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { realisticAnswer, SIMULATED_PASSWORDS, SIMULATED_REQUEST_ID } from '../../lib/simulator/answers.ts';
import type { FaultName } from '../../lib/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { createHandClock } from '../dcs/clock.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const TASK = '91d4c7aa-6b3f-4e18-a2c5-07f9e4b8d613';
const KEYS = {
  accessKey: 'CANARYAK000000000001',
  secretKey: 'canary-secret-key-8Hd72ks',
  securityToken: 'canary.security.token',
};
const CANARIES = [...SIMULATED_PASSWORDS, ...Object.values(KEYS)];
const ENV: Env = {
  HUAWEICLOUD_SDK_AK: KEYS.accessKey,
  HUAWEICLOUD_SDK_SK: KEYS.secretKey,
  HUAWEICLOUD_SDK_SECURITY_TOKEN: KEYS.securityToken,
};

let simulator: Simulator;
let http: HttpClient;
const clients: DcsClient[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT });
  simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
  http = createHttpClient();
});
afterEach(() => simulator.clearFaults());
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await http.close();
  await simulator.close();
});

function options(change: Partial<DcsClientOptions> = {}): DcsClientOptions {
  return { endpoint: simulator.endpoint.href, projectId: PROJECT, allowInsecure: true, ...change };
}

function client(change: Partial<DcsClientOptions> = {}, env: Env = ENV): DcsClient {
  const made = connect(options(change), env);
  clients.push(made);
  return made;
}

async function failureOf(call: Promise<unknown>): Promise<DcsError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DcsError)) throw error;
  const output = `${inspect(error, { depth: 9 })}${JSON.stringify(error)}${error.stack}`;
  for (const canary of CANARIES) expect(output).not.toContain(canary);
  expect(error.message).toMatch(/^[\x20-\x7e]{1,600}$/);
  return error;
}

async function failureAt(fault: FaultName, change: Partial<DcsClientOptions> = {}): Promise<DcsError> {
  const fired = simulator.fired[fault] ?? 0;
  // Twice, because a request that breaks on a kept-alive connection is repeated at once.
  simulator.fault(fault, 2);
  const error = await failureOf(client(change).showMigrationTask(TASK));
  expect(simulator.fired[fault]).toBeGreaterThan(fired);
  return error;
}

describe('the client of DCS', () => {
  it('shows a task, its figures and its log in the names of the API', async () => {
    const dcs = client();
    simulator.setLogs(TASK, [
      { created_at: '2026-01-05T02:10:11.508Z', log_level: 'INFO', message: 'begun' },
    ]);
    expect(await dcs.showMigrationTask(TASK)).toMatchObject({
      task_id: TASK,
      status: 'FULLMIGRATING',
      tenant_subnet_id: '6b1e7d20-8c59-4c1d-9060-3da01f4b8e12',
      source_instance: { addrs: '192.168.1.2:6379', withProxy: false },
    });
    expect(await dcs.showMigrationTaskStats(TASK)).toMatchObject({ offset: '42', is_migrating: true });
    expect(await dcs.listMigrationTaskLogs(TASK, { log_level: 'INFO' })).toEqual({
      log_num: 1,
      migration_logs: [{ created_at: '2026-01-05T02:10:11.508Z', log_level: 'INFO', message: 'begun' }],
    });
    expect(await dcs.listMigrationTask({ name: 'orders' })).toMatchObject({
      count: 1,
      migration_tasks: [{ task_id: TASK, source_instance_name: 'orders-old', error_message: null }],
    });
  });

  it('lists one page, and all of them', async () => {
    const other = await startSimulator({ credentials: KEYS, projectId: PROJECT });
    for (let i = 0; i < 25; i += 1) other.setTask(`task-${i}`, realisticAnswer('SUCCESS'));
    const dcs = client({ endpoint: other.endpoint.href });
    const page = await dcs.listMigrationTask({ offset: 20, limit: 10 });
    expect(page.migration_tasks.map(({ task_id }) => task_id)).toEqual(
      Array.from({ length: 5 }, (_, i) => `task-${20 + i}`),
    );
    const ids: string[] = [];
    for await (const { task_id } of dcs.migrationTasks({ limit: 10 })) ids.push(task_id);
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => `task-${i}`));
    expect(other.calls.list).toBe(1 + 3);
    await other.close();
  });

  it('lists every line of a long log', async () => {
    const lines = Array.from({ length: 250 }, (_, i) => ({ message: `line ${i}`, log_level: 'INFO' }));
    simulator.setLogs(TASK, lines);
    const read: unknown[] = [];
    for await (const { message } of client().migrationTaskLogs(TASK)) read.push(message);
    expect(read).toEqual(lines.map(({ message }) => message));
  });
});

describe('an error of the client', () => {
  type Row = readonly [FaultName, Partial<DcsError>];
  const id = { requestId: SIMULATED_REQUEST_ID };
  const ROWS: readonly Row[] = [
    [
      'task not found',
      {
        ...id,
        reason: 'not found',
        status: 400,
        code: 'DCS.4133',
        serviceMessage: 'Instance job is not found.',
      },
    ],
    ['task id malformed', { ...id, reason: 'not found', status: 400, code: 'DCS.4070' }],
    ['404 of the API', { ...id, reason: 'not found', status: 404, code: 'DCS.3022' }],
    ['API not published', { ...id, reason: 'unreachable', status: 404, code: 'APIGW.0101' }],
    ['404 as HTML', { ...id, reason: 'unreachable', status: 404, code: 'no_such_api' }],
    ['key unknown', { ...id, reason: 'not authorised', status: 401, code: 'APIGW.0301', isKeyRefused: true }],
    [
      'signature refused',
      { ...id, reason: 'not authorised', status: 401, code: 'APIGW.0301', isKeyRefused: true },
    ],
    ['request echoed everywhere', { ...id, reason: 'not authorised', status: 401, isKeyRefused: true }],
    [
      'project of somebody else',
      { ...id, reason: 'not authorised', status: 401, code: 'DCS.1004', isKeyRefused: false },
    ],
    ['policy denies', { ...id, reason: 'not authorised', status: 403, code: 'DCS.2007' }],
    ['identity policy denies', { ...id, reason: 'not authorised', status: 403, code: 'DCS.2007' }],
    ['user on black list', { ...id, reason: 'not authorised', status: 403, code: 'APIGW.0302' }],
    ['blocked by a firewall', { ...id, reason: 'unreachable', status: 403, code: 'refused_on_the_way' }],
    [
      'throttled for 7 s',
      { ...id, reason: 'throttled', status: 429, code: 'APIGW.0308', retryAfterMs: 7000 },
    ],
    ['code as number', { ...id, reason: 'refused', status: 400, code: '111400800' }],
    ['error nested', { ...id, reason: 'refused', status: 400, code: '111400060' }],
    ['internal error', { ...id, reason: 'unreachable', status: 500, code: 'DCS.5000' }],
    ['bad gateway', { ...id, reason: 'unreachable', status: 502, code: 'gateway_failed' }],
    ['redirect', { ...id, reason: 'unreachable', status: 302, code: 'redirect' }],
    ['HTML instead of JSON', { ...id, reason: 'unreadable answer', status: 200, code: 'unreadable' }],
    ['JSON broken at the password', { ...id, reason: 'unreadable answer', status: 200, code: 'unreadable' }],
    ['empty object', { ...id, reason: 'unreadable answer', status: 200, code: 'unreadable' }],
    ['answer about another task', { ...id, reason: 'unreadable answer', status: 200, code: 'unreadable' }],
    ['reset before the answer', { reason: 'unreachable', status: undefined, code: 'connection' }],
    ['not HTTP', { reason: 'unreachable', status: undefined }],
    ['huge body', { reason: 'unreadable answer', status: undefined, code: 'too_large' }],
  ];

  it.each(ROWS)('says what was answered, and no secret: %s', async (fault, facts) => {
    expect(await failureAt(fault)).toMatchObject({ ...facts, name: 'DcsError' });
  });

  it('says that no answer came in time', async () => {
    expect(await failureAt('drip', { timeoutMs: 300 })).toMatchObject({
      reason: 'unreachable',
      code: 'timeout',
    });
  });

  it('says where nobody listens', async () => {
    const error = await failureOf(client({ endpoint: 'http://127.0.0.1:1' }).showMigrationTask(TASK));
    expect(error).toMatchObject({ reason: 'unreachable', code: 'connection', status: undefined });
  });

  it('says that a task does not exist, and what to check', async () => {
    const { message } = await failureOf(client().showMigrationTask('a276c1ffa0a54c2597fc824b917db317'));
    expect(message).toBe(
      'HTTP 400 DCS.4133: there is no such task. The service says "Instance job is not found.". Check the task id and its project.',
    );
  });

  it('is the answer of a deleted task, whose status the service says', async () => {
    simulator.fault('task deleted');
    expect(await client().showMigrationTask(TASK)).toMatchObject({ status: 'DELETED' });
  });
});

describe('a call about a task', () => {
  it.each(['', ' ', '..'])('is not tried with an id that is none: "%s"', async (id) => {
    const before = simulator.calls.show;
    expect(await failureOf(client().showMigrationTask(id))).toMatchObject({
      reason: 'wrong options',
      code: 'no_task',
    });
    expect(simulator.calls.show).toBe(before);
  });
});

describe('a call that is given up', () => {
  it('ends with the reason of its signal, and the next one works', async () => {
    const dcs = client({ timeoutMs: 60_000 });
    const stop = new AbortController();
    simulator.fault('drip');
    const call = dcs.showMigrationTask(TASK, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(call).rejects.toThrow('enough');
    expect(simulator.fired.drip).toBeGreaterThan(0);
    expect(await dcs.showMigrationTask(TASK)).toMatchObject({ status: 'FULLMIGRATING' });
  });

  it('is never sent when it was given up before', async () => {
    const before = simulator.calls.show;
    await expect(client().showMigrationTask(TASK, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(simulator.calls.show).toBe(before);
  });
});

describe('a key that was refused', () => {
  it('is not tried again for five minutes, then it is', async () => {
    const clock = createHandClock(Date.now());
    const dcs = createTaskCalls(accessOf(options(), ENV), { http, clock, timeoutMs: 10_000 });
    simulator.fault('signature refused');
    await failureOf(dcs.showMigrationTask(TASK));
    const sent = simulator.calls.show;
    expect(await failureOf(dcs.showMigrationTask(TASK))).toMatchObject({
      code: 'APIGW.0301',
      isKeyRefused: true,
      message: expect.stringContaining('Not asked again for 300 s.'),
    });
    expect(simulator.calls.show).toBe(sent);
    await clock.pass(300_000);
    expect(await dcs.showMigrationTask(TASK)).toMatchObject({ status: 'FULLMIGRATING' });
  });

  it('of a project that is not its own does not stop calls to others', async () => {
    simulator.fault('project of somebody else');
    const dcs = client();
    await failureOf(dcs.showMigrationTask(TASK));
    expect(await dcs.showMigrationTask(TASK)).toMatchObject({ status: 'FULLMIGRATING' });
  });
});

describe('the options of the client', () => {
  it.each([
    ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'],
    ['CLOUD_SDK_AK', 'CLOUD_SDK_SK', 'CLOUD_SDK_SECURITY_TOKEN'],
    ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
  ])('find the key in the environment: %s', async (ak, sk, token) => {
    const env = { [ak]: KEYS.accessKey, [sk]: KEYS.secretKey, [token]: KEYS.securityToken };
    expect(await client({}, env).showMigrationTask(TASK)).toMatchObject({ status: 'FULLMIGRATING' });
  });

  it('prefer their own key', async () => {
    const dcs = client({ credentials: KEYS }, { HUAWEICLOUD_SDK_AK: 'x', HUAWEICLOUD_SDK_SK: 'y' });
    expect(await dcs.showMigrationTask(TASK)).toMatchObject({ status: 'FULLMIGRATING' });
  });

  it('name every source of a key that was tried', () => {
    expect(() => connect(options(), { HW_ACCESS_KEY: 'x' })).toThrow(
      'there is no access key; tried the options; HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; CLOUD_SDK_AK and CLOUD_SDK_SK; HW_ACCESS_KEY and HW_SECRET_KEY. HW_ACCESS_KEY is set but HW_SECRET_KEY is not',
    );
  });

  it.each<readonly [string, Partial<DcsClientOptions>, RegExp]>([
    ['no_project', { projectId: ' ' }, /projectId/],
    ['wrong_region', { endpoint: undefined, region: 'cn-nort-4' }, /did you mean cn-north-4/],
    ['wrong_region', { endpoint: undefined }, /region: is missing/],
    ['wrong_endpoint', { allowInsecure: false }, /must be https/],
    ['wrong_timeout', { timeoutMs: 0 }, /timeoutMs/],
    [
      'wrong_credentials',
      { credentials: { accessKey: 'a b', secretKey: KEYS.secretKey } },
      /credentials\.accessKey/,
    ],
  ])('are refused before anything is asked: %s', (code, change, message) => {
    expect(() => connect(options(change), ENV)).toThrow(
      expect.objectContaining({
        name: 'DcsError',
        reason: 'wrong options',
        code,
        message: expect.stringMatching(message),
      }),
    );
  });

  it('find the endpoint of a region', () => {
    expect(accessOf({ region: 'cn-north-4', projectId: PROJECT }, ENV).endpoint.href).toBe(
      'https://dcs.cn-north-4.myhuaweicloud.com/',
    );
  });

  it('honour the proxies of the environment', async () => {
    const proxied = client({}, { ...ENV, http_proxy: 'http://127.0.0.1:1' });
    expect(await failureOf(proxied.showMigrationTask(TASK))).toMatchObject({
      message: expect.stringContaining('proxy'),
    });
    expect(() => client({}, { ...ENV, https_proxy: 'socks5://x' })).toThrow(/https_proxy/);
  });
});

describe('ten calls at once', () => {
  it('are answered by one client', async () => {
    const dcs = createTaskCalls(accessOf(options(), ENV), { http, clock: systemClock, timeoutMs: 10_000 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => dcs.showMigrationTask(TASK)));
    expect(answers.every(({ status }) => status === 'FULLMIGRATING')).toBe(true);
  });
});
