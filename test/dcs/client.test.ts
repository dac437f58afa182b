import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { createDcsClient, type DcsAccess } from '../../lib/dcs/client.ts';
import type { LookFailure } from '../../lib/events/event.ts';
import type { HttpClient, HttpLimits } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import type { Look } from '../../lib/migration/model/observation.ts';
import { realisticAnswer, SIMULATED_PASSWORDS, SIMULATED_REQUEST_ID } from '../../lib/simulator/answers.ts';
import { FAULT_NAMES, type FaultName } from '../../lib/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { fixture, tlsServer, toLoopback } from '../http/servers.ts';
import { createHandClock } from './clock.ts';
import { SAMPLES } from './samples.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const TASK = '91d4c7aa-6b3f-4e18-a2c5-07f9e4b8d613';
const KEYS = {
  accessKey: 'CANARYAK000000000001',
  secretKey: 'canary-secret-key-8Hd72ks',
  securityToken: 'canary.security.token',
};
const CANARIES = [...SIMULATED_PASSWORDS, ...Object.values(KEYS)];

const clock = createHandClock();
let simulator: Simulator;
let http: HttpClient;

beforeAll(async () => {
  simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT, clock });
  http = createHttpClient();
  simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
});
afterEach(() => simulator.clearFaults());
afterAll(async () => {
  await http.close();
  await simulator.close();
});

function access(change: Partial<DcsAccess> = {}): DcsAccess {
  return {
    projectId: PROJECT,
    region: 'cn-north-4',
    endpoint: simulator.endpoint,
    credentials: {
      accessKey: new Secret(KEYS.accessKey),
      secretKey: new Secret(KEYS.secretKey),
      securityToken: new Secret(KEYS.securityToken),
    },
    allowInsecure: true,
    ...change,
  };
}

/** A look by a client that knows nothing yet, with less patience than usual. */
function look(change: Partial<DcsAccess> = {}, taskId = TASK, timeoutMs = 60_000): Promise<Look> {
  const impatient: HttpClient = {
    request: (request, limits) => http.request(request, { ...limits, timeoutMs }),
    close: () => http.close(),
  };
  const client = createDcsClient({ http: impatient, clock, requestsPerSecond: 10 });
  return client.look(access(change), taskId, Number.POSITIVE_INFINITY);
}

async function lookAtFault(name: FaultName): Promise<Look> {
  const fired = simulator.fired[name] ?? 0;
  // Twice, because a request that breaks on a kept-alive connection is repeated at once.
  simulator.fault(name, 2);
  // Only what drips is to meet its time-out, however busy the machine is.
  const result = await look({}, TASK, name === 'drip' ? 1000 : 60_000);
  expect(simulator.fired[name]).toBeGreaterThan(fired);
  expectNoSecret(result);
  return result;
}

function expectNoSecret(result: Look): void {
  const output = `${inspect(result, { depth: 9 })}${JSON.stringify(result)}`;
  for (const canary of CANARIES) expect(output).not.toContain(canary);
  if (result.kind === 'failed' || result.kind === 'missing') {
    expect(result.detail).toMatch(/^[\x20-\x7e]{1,600}$/);
    expect(result.detail).not.toMatch(/<html|SDK-HMAC|Signature=|short and stout/i);
  }
}

describe('a look', () => {
  it('sees a task through a signed request', async () => {
    const result = await look();
    expect(result).toMatchObject({
      kind: 'seen',
      observation: { status: 'FULLMIGRATING', name: 'orders-cache' },
    });
    expectNoSecret(result);
  });

  it('says that a task does not exist', async () => {
    expect(await look({}, 'a276c1ffa0a54c2597fc824b917db317')).toEqual({
      kind: 'missing',
      detail: 'HTTP 400 DCS.4133: there is no such task. The service says "Instance job is not found.".',
      answer: {
        code: 'no_such_task',
        httpStatus: 400,
        errorCode: 'DCS.4133',
        errorMessage: 'Instance job is not found.',
      },
      requestId: SIMULATED_REQUEST_ID,
    });
  });

  it('is repeated when an idle connection turns out to be closed', async () => {
    await look();
    simulator.fault('closed on reuse');
    expect(await look()).toMatchObject({ kind: 'seen' });
    expect(simulator.fired['closed on reuse']).toBe(1);
  });
});

/** Every fault that is an answer or no answer, and what it means. */
const MISSING: readonly FaultName[] = [
  'task not found',
  'task not found, with null',
  'task deleted',
  '404 of the API',
  '404 without body',
];

type FailureRow = readonly [FaultName, LookFailure, RegExp, cooldownMs?: number];
const MINUTE = 60_000;
const FAILED: readonly FailureRow[] = [
  ['task id malformed', 'not found', /^HTTP 400 DCS\.4070: .*id/],
  ['task id of another kind', 'not found', /^HTTP 400 DCS\.4855: .*id/],
  ['project id malformed', 'not found', /^HTTP 400 DCS\.4002: .*project id/],

  [
    'signature refused',
    'not authorised',
    /^HTTP 401 APIGW\.0301: signature refused\. Check the access key/,
    5 * MINUTE,
  ],
  ['request echoed everywhere', 'not authorised', /^HTTP 401 APIGW\.0301: signature refused/, 5 * MINUTE],
  ['key unknown', 'not authorised', /access key does not exist/, 5 * MINUTE],
  ['key locked', 'not authorised', /locked for 5 minutes/, 5 * MINUTE],
  ['clock off', 'not authorised', /^HTTP 401 APIGW\.0303: signature refused/, 5 * MINUTE],
  ['token unreadable', 'not authorised', /security token is wrong or has expired/, 5 * MINUTE],
  ['token outdated', 'not authorised', /^HTTP 401 APIGW\.0307.*security token/, 5 * MINUTE],
  ['unauthorized', 'not authorised', /^HTTP 401 APIGW\.0301/, 5 * MINUTE],
  ['token expired', 'not authorised', /^HTTP 401 DCS\.1002: the security token has expired/, 5 * MINUTE],
  ['project of somebody else', 'not authorised', /^HTTP 401 DCS\.1004: .*project/, 5 * MINUTE],
  [
    'project of somebody else, older code',
    'not authorised',
    /^HTTP 401 111401004: DCS refused the access key for this project/,
    5 * MINUTE,
  ],
  ['project unavailable', 'not authorised', /^HTTP 403 APIGW\.0310: the project is unavailable/],
  ['blocked by a firewall', 'unreachable', /^HTTP 403: a proxy, firewall or portal refused the request/],
  ['proxy wants a login', 'unreachable', /^HTTP 407: a proxy, firewall or portal refused the request/],
  ['code that is listed nowhere', 'refused', /^HTTP 409 DCS\.4957: DCS refused the request/],
  ['policy denies', 'not authorised', /^HTTP 403 DCS\.2007: .*Grant dcs:migrationTask:get/],
  ['identity policy denies', 'not authorised', /^HTTP 403 DCS\.2007/],
  ['user on black list', 'not authorised', /^HTTP 403 APIGW\.0302/],

  ['throttled', 'throttled', /^HTTP 429 APIGW\.0308: .*5 s/, 5000],
  ['throttled for 7 s', 'throttled', /7 s/, 7000],
  ['throttled for years', 'throttled', /900 s/, 15 * MINUTE],
  ['throttled until a date', 'throttled', /60 s/, MINUTE],
  ['throttled with garbage', 'throttled', /5 s/, 5000],

  ['404 as HTML', 'unreachable', /^HTTP 404: .*region or the endpoint/],
  ['API not published', 'unreachable', /^HTTP 404 APIGW\.0101: .*region or the endpoint/],
  ['URL unknown', 'unreachable', /^HTTP 404 DCS\.4001: .*region or the endpoint/],
  ['time-out of the request', 'unreachable', /^HTTP 408/],
  ['internal error', 'unreachable', /^HTTP 500 DCS\.5000/],
  ['bad gateway', 'unreachable', /^HTTP 502: .*proxy/],
  ['unavailable', 'unreachable', /^HTTP 503 APIGW\.0613/],
  ['backend time-out', 'unreachable', /^HTTP 504 APIGW\.0201/],
  ['redirect', 'unreachable', /^HTTP 302: the endpoint answered with a redirect/],
  ['reset before the answer', 'unreachable', /^127\.0\.0\.1.*(?:closed|broke)/],
  ['reset within the answer', 'unreachable', /^127\.0\.0\.1.*(?:closed)/],
  ['huge body', 'unreadable answer', /^127\.0\.0\.1.*(?:longer than 262144 bytes)/],
  ['gzip bomb', 'unreadable answer', /^127\.0\.0\.1.*(?:longer than 262144 bytes)/],
  ['huge headers', 'unreadable answer', /^127\.0\.0\.1.*(?:headers are longer)/],
  ['drip', 'unreachable', /^127\.0\.0\.1.*(?:no complete answer within)/],
  ['not HTTP', 'unreachable', /^127\.0\.0\.1.*not valid HTTP/],

  ['code as number', 'refused', /^HTTP 400 111400800/],
  ['code as digits', 'refused', /^HTTP 400 111400063/],
  ['error nested', 'refused', /^HTTP 400 111400060: .*"Invalid request\."/],
  ['error in camel case', 'refused', /^HTTP 400 DCS\.4005: .*"Not JSON\."/],
  ['error as code and message', 'refused', /^HTTP 400 DCS\.4005: .*"Not JSON\."/],
  ['teapot', 'unreadable answer', /^HTTP 418: /],
  ['empty body', 'unreadable answer', /^HTTP 200: the answer is not JSON/],
  ['not JSON', 'unreadable answer', /is not JSON/],
  ['JSON broken at the password', 'unreadable answer', /is not JSON/],
  ['JSON cut at the password', 'unreadable answer', /is not JSON/],
  ['HTML instead of JSON', 'unreadable answer', /is not JSON/],
  ['empty object', 'unreadable answer', /has no status/],
  ['null', 'unreadable answer', /is not a JSON object/],
  ['array', 'unreadable answer', /is not a JSON object/],
  ['string', 'unreadable answer', /is not a JSON object/],
  ['deep nesting', 'unreadable answer', /has no status|not JSON/],
  ['wrong types', 'unreadable answer', /has no status/],
  ['status empty', 'unreadable answer', /has no status/],
  ['answer about another task', 'unreadable answer', /is about a different task/],
];

const HARD_NAME = 'a b [31mc d<!channel>\ufffd';
type SeenRow = readonly [FaultName, object];
const SEEN: readonly SeenRow[] = [
  ['status unknown', { status: 'SHUFFLING' }],
  ['status of 10 kB', { status: 'X'.repeat(64) }],
  ['wrong types but the status', { status: 'SUCCESS', version: '6' }],
  ['keys that mean something to JavaScript', { status: 'SUCCESS' }],
  ['name that is hard to print', { name: `${HARD_NAME}${'😀'.repeat(256 - HARD_NAME.length)}` }],
];

describe('a fault', () => {
  it.each(MISSING)('"%s": the task is missing', async (name) => {
    const result = await lookAtFault(name);
    expect(result).toMatchObject({ kind: 'missing', requestId: SIMULATED_REQUEST_ID });
  });

  it.each(FAILED.map(([name, reason, detail, cooldownMs]) => ({ name, reason, detail, cooldownMs })))(
    '"$name": a failed look, $reason',
    async ({ name, reason, detail, cooldownMs }) => {
      const result = await lookAtFault(name);
      expect(result).toMatchObject({ kind: 'failed', reason, detail: expect.stringMatching(detail) });
      expect(result.kind === 'failed' && result.cooldownMs).toBe(cooldownMs);
    },
  );

  it.each(SEEN)('"%s": the task is seen', async (name, observation) => {
    expect(await lookAtFault(name)).toMatchObject({ kind: 'seen', observation });
  });

  it('of every kind in the catalogue is covered', () => {
    const tried = [...MISSING, ...FAILED.map(([name]) => name), ...SEEN.map(([name]) => name)];
    expect([...tried, 'closed on reuse'].toSorted()).toEqual(FAULT_NAMES.toSorted());
  });
});

describe('the endpoint of a look', () => {
  it('is named when its name does not exist', async () => {
    const endpoint = new URL('https://dcs.nowhere.invalid');
    const result = await look({ endpoint });
    expect(result).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(JSON.stringify(result)).toContain('dcs.nowhere.invalid');
  });

  it.each([
    ['other-host', 'certificate is for other.example, not for this host'],
    ['expired', 'certificate expired on'],
    ['self-signed', 'certificate is self-signed'],
  ])('is refused with the certificate %s, even where insecure addresses are allowed', async (name, why) => {
    const server = await tlsServer(name);
    const trusting = createHttpClient({ ca: fixture('ca.crt'), lookup: toLoopback });
    const client = createDcsClient({ http: trusting, clock, requestsPerSecond: 10 });
    const result = await client.look(access({ endpoint: server.url() }), TASK, Number.POSITIVE_INFINITY);
    expect(result).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
      detail: expect.stringContaining(why),
    });
    expectNoSecret(result);
    expect(server.connections()).toBe(1);
    await trusting.close();
  });

  it.each([
    ['https://dcs.cn-north-4.myhuaweicloud.com', '100.125.0.0/16'],
    ['https://dcs.example.com', undefined],
  ])('is reached at %s inside the private range %s', async (origin, range) => {
    const limits: HttpLimits[] = [];
    const noting: HttpClient = {
      request(request, given) {
        limits.push(given);
        return http.request(
          { ...request, url: new URL(simulator.endpoint) },
          { ...given, allowInsecure: true },
        );
      },
      close: async () => {},
    };
    const client = createDcsClient({ http: noting, clock, requestsPerSecond: 10 });
    await client.look(access({ endpoint: new URL(origin) }), TASK, Number.POSITIVE_INFINITY);
    expect(limits.map(({ privateRange }) => privateRange)).toEqual([range]);
  });

  it('is not asked over http, or at a private address, unless that is permitted', async () => {
    const before = simulator.requests.get(TASK);
    expect(await look({ allowInsecure: false })).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
      detail: expect.stringContaining('allowInsecure'),
    });
    expect(simulator.requests.get(TASK)).toBe(before);
  });
});

describe('samples of the documentation', () => {
  it.each(SAMPLES)('$name: an observation or a named failure, and no password', async (sample) => {
    const canned: HttpClient = {
      request: () =>
        Promise.resolve({
          status: sample.status,
          headers: sample.headers,
          body: sample.body,
          truncated: false,
          ms: 1,
        }),
      close: () => Promise.resolve(),
    };
    const client = createDcsClient({ http: canned, clock, requestsPerSecond: 1 });
    const result = await client.look(access(), taskIdIn(sample.body), Number.POSITIVE_INFINITY);
    expect(['seen', 'missing', 'failed']).toContain(result.kind);
    expect(JSON.stringify(result)).not.toMatch(/REDACT-ME|ENCODED-MESSAGE|canonicalRequest|PAP5/);
    if (sample.status === 200 && !/^(list|logs|stats)/.test(sample.name) && sample.name !== 'full-deleted') {
      expect(result.kind).toBe('seen');
    } else {
      expect(result.kind).not.toBe('seen');
    }
  });
});

/** Whose answer a sample is; any task where it does not say. */
function taskIdIn(body: string): string {
  return /"task_id":"([^"]+)"/.exec(body)?.[1] ?? TASK;
}
