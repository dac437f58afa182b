import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { createDcsClient } from '../../lib/dcs/client.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import type { Look } from '../../lib/migration/model/observation.ts';
import { client, rawServer } from '../http/servers.ts';
import { bomb, flood, steadyGrowthDuring } from '../support/memory.ts';
import { createHandClock } from './clock.ts';

/** What a look reads of an answer at most. */
const CAP = 256 * 1024;

interface Case {
  /** Only a deadline has to be waited for; collecting garbage at every turn makes all else slow. */
  readonly timeoutMs?: number;
  readonly detail: RegExp;
  /** How many bytes the service must have sent, or the fault did not fire. */
  readonly sendsAtLeast: number;
  readonly answer: (socket: Socket, wrote: (bytes: number) => void) => void;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const BOMB = await bomb(50_000_000);

const CASES: Readonly<Record<string, Case>> = {
  'a body that drips': {
    timeoutMs: 1000,
    detail: /no complete answer within 1000 ms/,
    sendsAtLeast: 2,
    answer: (socket, wrote) => {
      socket.write(`${OK}\r\n`);
      const drip = setInterval(() => {
        socket.write('{');
        wrote(1);
      }, 20);
      socket.on('close', () => clearInterval(drip));
    },
  },
  '50 kB that inflate to 50 MB': {
    detail: /body is longer than 262144 bytes/,
    sendsAtLeast: 45_000,
    answer: (socket, wrote) => {
      socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${BOMB.length}\r\n\r\n`);
      socket.write(BOMB);
      wrote(BOMB.length);
    },
  },
  'headers without end, 10 MB and more': {
    detail: /headers are longer than 16 KiB/,
    sendsAtLeast: 20_000,
    answer: (socket, wrote) => {
      socket.write(OK);
      flood(socket, `x: ${'x'.repeat(100)}\r\n`.repeat(100), wrote);
    },
  },
  'a body without end': {
    detail: /body is longer than 262144 bytes/,
    sendsAtLeast: CAP,
    answer: (socket, wrote) => {
      socket.write(`${OK}\r\n`);
      flood(socket, 'x'.repeat(10_000), wrote);
    },
  },
};

function lookAt(endpoint: URL, http: HttpClient, timeoutMs?: number): Promise<Look> {
  const hasty: HttpClient = {
    ...http,
    request: (request, limits) => {
      expect(limits.maxBodyBytes).toBe(CAP);
      return http.request(request, { ...limits, timeoutMs: timeoutMs ?? limits.timeoutMs });
    },
  };
  const dcs = createDcsClient({ http: hasty, clock: createHandClock(), requestsPerSecond: 10 });
  const access = {
    projectId: 'p',
    region: 'r',
    endpoint,
    credentials: { accessKey: new Secret('AK'), secretKey: new Secret('SK') },
    allowInsecure: true,
  };
  return dcs.look(access, 'a', Number.POSITIVE_INFINITY);
}

describe('a look at a service that answers with', () => {
  it.each(Object.entries(CASES))(
    '%s is cut, and memory grows by less than twice the cap',
    async (_what, { timeoutMs, detail, sendsAtLeast, answer }) => {
      let sent = 0;
      const server = await rawServer((socket) =>
        answer(socket, (bytes) => {
          sent += bytes;
        }),
      );
      const http = client();
      const reason = timeoutMs === undefined ? 'unreadable answer' : 'unreachable';
      const failed = { kind: 'failed', reason, detail: expect.stringMatching(detail) };

      const growth = await steadyGrowthDuring(
        timeoutMs === undefined ? 'living' : 'living, seldom',
        async () => {
          sent = 0;
          expect(await lookAt(server.url(), http, timeoutMs)).toMatchObject(failed);
          expect(sent).toBeGreaterThanOrEqual(sendsAtLeast);
        },
      );

      expect(growth).toBeLessThan(2 * CAP);
    },
  );
});
