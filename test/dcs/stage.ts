import { inspect } from 'node:util';
import { expect } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { createDcsClient, type DcsAccess, type DcsClient } from '../../lib/dcs/client.ts';
import type { HttpClient, HttpRequest } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { type Reply, SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { createHandClock, type HandClock } from './clock.ts';

export const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const KEYS = {
  accessKey: 'CANARYAK000000000001',
  secretKey: 'canary-secret-key-8Hd72ks',
  securityToken: 'canary.security.token',
};
export const CANARIES = [...SIMULATED_PASSWORDS, ...Object.values(KEYS)];

/** A simulated API, and clients of it that know nothing yet. */
export interface Stage {
  readonly simulator: Simulator;
  readonly clock: HandClock;
  readonly access: DcsAccess;
  /** A client with less patience than usual: so many milliseconds. */
  client(timeoutMs?: number): DcsClient;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const clock = createHandClock();
  const simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT, clock });
  const http = createHttpClient();
  const impatient = (timeoutMs: number): HttpClient => ({
    request: (request, limits) => http.request(request, { ...limits, timeoutMs }),
    close: () => http.close(),
  });
  return {
    simulator,
    clock,
    access: accessTo(simulator.endpoint),
    client: (timeoutMs = 60_000) =>
      createDcsClient({ http: impatient(timeoutMs), clock, requestsPerSecond: 1000 }),
    async close() {
      await http.close();
      await simulator.close();
    },
  };
}

export function accessTo(endpoint: URL): DcsAccess {
  return {
    projectId: PROJECT,
    region: 'cn-north-4',
    endpoint,
    credentials: {
      accessKey: new Secret(KEYS.accessKey),
      secretKey: new Secret(KEYS.secretKey),
      securityToken: new Secret(KEYS.securityToken),
    },
    allowInsecure: true,
  };
}

/** A network that gives these answers one after the other, the last one for ever. */
export function cannedHttp(
  ...replies: readonly Reply[]
): HttpClient & { readonly sent: readonly HttpRequest[] } {
  const sent: HttpRequest[] = [];
  return {
    sent,
    request(request) {
      const reply = replies[Math.min(sent.length, replies.length - 1)];
      sent.push(request);
      if (reply === undefined) return Promise.reject(new Error('no answer was given'));
      return Promise.resolve({ ...reply, truncated: false, ms: 1 });
    },
    close: () => Promise.resolve(),
  };
}

/** A client behind canned answers, with no pace to speak of. */
export function cannedClient(http: HttpClient): DcsClient {
  return createDcsClient({ http, clock: createHandClock(), requestsPerSecond: 1000 });
}

/** Nothing of the keys, the passwords, or a body that was not ours to pass on. */
export function expectNoSecret(result: unknown): void {
  const output = `${inspect(result, { depth: 9 })}${JSON.stringify(result)}`;
  for (const canary of CANARIES) expect(output).not.toContain(canary);
  expect(output).not.toMatch(/<html|SDK-HMAC|Signature=|short and stout|ENCODED-/i);
}
