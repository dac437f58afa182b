import { randomBytes } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { HttpError, HttpErrorCode, HttpLimits, HttpRequest } from '../../lib/http/client.ts';
import {
  client,
  failingLookup,
  failureOf,
  fixture,
  freePort,
  LIMITS,
  rawServer,
  tlsServer,
  toLoopback,
} from './servers.ts';

const canary = `canary${randomBytes(8).toString('hex')}`;

interface Attempt {
  readonly origin: string;
  readonly lookup?: LookupFunction;
  readonly headers?: Record<string, string>;
  readonly limits?: Partial<HttpLimits>;
  readonly user?: string;
}

/** Everything that can be in a URL, a header and a body is the canary, and so is all that the server says. */
const FAULTS: Record<string, [code: HttpErrorCode, () => Promise<Attempt>]> = {
  'name not found': [
    'dns',
    async () => ({ origin: 'https://name.example', lookup: failingLookup('ENOTFOUND', canary) }),
  ],
  'lookup fails with words instead of a code': [
    'connection',
    async () => ({ origin: 'https://name.example', lookup: failingLookup(`no ${canary}`, canary) }),
  ],
  'name becomes private': [
    'blocked_address',
    async () => ({ origin: 'https://name.example', lookup: toLoopback, limits: { allowInsecure: false } }),
  ],
  'address is private': [
    'blocked_address',
    async () => ({ origin: 'https://127.0.0.1', limits: { allowInsecure: false } }),
  ],
  'URL has a user name': ['blocked_address', async () => ({ origin: 'https://name.example', user: canary })],
  'scheme is insecure': [
    'blocked_address',
    async () => ({ origin: 'http://name.example', limits: { allowInsecure: false } }),
  ],
  'connection is refused': ['connection', async () => ({ origin: `http://127.0.0.1:${await freePort()}` })],
  'certificate is for another host': ['tls', async () => secure((await tlsServer('other-host')).port)],
  'certificate has expired': ['tls', async () => secure((await tlsServer('expired')).port)],
  'server does not speak TLS': [
    'tls',
    async () => secure((await says(`HTTP/1.1 400 ${canary}\r\n\r\n`)).port),
  ],
  'server does not answer': ['timeout', async () => ({ ...(await says('')), limits: { timeoutMs: 500 } })],
  'server does not speak HTTP': ['protocol', () => says(`${canary}\r\n`)],
  'headers are too long': [
    'too_large',
    () => says(`HTTP/1.1 200 OK\r\n${`${canary}: ${canary}\r\n`.repeat(1000)}`),
  ],
  'body is too long': [
    'too_large',
    async () => ({ ...(await says(`HTTP/1.1 200 OK\r\n\r\n${canary}`)), limits: { maxBodyBytes: 5 } }),
  ],
  'body is badly chunked': [
    'protocol',
    () =>
      says(
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${canary.length.toString(16)}\r\n${canary}zz`,
      ),
  ],
  'body has an unknown coding': [
    'protocol',
    () => says(`HTTP/1.1 200 OK\r\ncontent-encoding: ${canary}\r\n\r\n${canary}`),
  ],
  'body is not compressed as it says': [
    'protocol',
    () => says(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n${canary}`),
  ],
  'a header cannot be sent': [
    'protocol',
    async () => ({ origin: 'http://127.0.0.1:9', headers: { authorization: `Bearer ${canary}\n${canary}` } }),
  ],
  'a header name cannot be sent': [
    'protocol',
    async () => ({ origin: 'http://127.0.0.1:9', headers: { [`${canary} ${canary}`]: canary } }),
  ],
};

async function says(words: string): Promise<Attempt & { port: number }> {
  const { port } = await rawServer((socket) => socket.write(words));
  return { origin: `http://127.0.0.1:${port}`, port };
}

function secure(port: number): Attempt {
  return { origin: `https://localhost:${port}`, lookup: toLoopback };
}

function requestOf({ origin, headers, user }: Attempt): HttpRequest {
  const url = new URL(`/${canary}/x?token=${canary}#${canary}`, origin);
  if (user !== undefined) url.username = user;
  return { method: 'POST', url, headers: { 'x-token': canary, ...headers }, body: canary };
}

function everythingOf(error: HttpError): string {
  const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true };
  return [inspect(error, deep), JSON.stringify(error), String(error), error.stack, error.message].join('\n');
}

it.each(Object.entries(FAULTS))('no secret is in the error when %s', async (_name, [code, setUp]) => {
  const attempt = await setUp();
  const http = client({
    ca: fixture('ca.crt'),
    ...(attempt.lookup === undefined ? {} : { lookup: attempt.lookup }),
  });
  const error = await failureOf(http.request(requestOf(attempt), { ...LIMITS, ...attempt.limits }));
  expect(error.code).toBe(code);
  expect(error.host).toBe(new URL(attempt.origin).host);
  expect(error.cause).toBeUndefined();
  expect(error.message).toMatch(/^[^\n]{1,160}$/);
  expect(error.message.startsWith(`${error.host}: `) || code === 'blocked_address').toBe(true);
  expect(everythingOf(error)).not.toContain(canary);
});

it('the search finds a secret that is there', async () => {
  const error = Object.assign(await failureOf(failingRequest()), { hidden: { deep: canary } });
  expect(everythingOf(error)).toContain(canary);
});

async function failingRequest(): Promise<unknown> {
  const http = client();
  return http.request(requestOf({ origin: `http://127.0.0.1:${await freePort()}` }), LIMITS);
}
