import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LookupAddress } from 'node:dns';
import { type LookupFunction, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { client, failureOf, fixture, freePort, get, httpServer, LIMITS, tlsServer } from './servers.ts';
import { slowAddress } from './slow-address.ts';

const GOOD = '127.0.0.1';
const SLOW = '127.0.0.2';
const REFUSING = '127.0.0.3';

function resolvingTo(...hosts: readonly string[]): LookupFunction {
  const addresses: LookupAddress[] = hosts.map((address) => ({ address, family: 4 }));
  return (_host, _options, callback) => callback(null, addresses);
}

/** Counts the attempts of this process that were refused. */
function refusals(onRefused: () => void = () => {}): () => number {
  let count = 0;
  const watch = (message: unknown) => {
    const socket = typeof message === 'object' && message !== null && 'socket' in message && message.socket;
    if (!(socket instanceof Socket)) return;
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED') return;
      count += 1;
      onRefused();
    });
  };
  subscribe('net.client.socket', watch);
  onTestFinished(() => {
    unsubscribe('net.client.socket', watch);
  });
  return () => count;
}

describe('a name with two addresses', () => {
  it('is reached at the second when the first does not answer', async () => {
    const server = await httpServer((_request, response) => response.end('hello'));
    const slow = await slowAddress(SLOW, server.port);
    const http = client({ lookup: resolvingTo(SLOW, GOOD) });
    const { body, ms } = await http.request(get(new URL(`http://name.example:${server.port}/`)), LIMITS);
    expect(body).toBe('hello');
    expect(slow.isFull()).toBe(true);
    expect(ms).toBeGreaterThanOrEqual(200);
  });

  it('is reached at the second at once when the first refuses', async () => {
    const refused = refusals();
    const server = await tlsServer('localhost');
    const http = client({ ca: fixture('ca.crt'), lookup: resolvingTo(REFUSING, GOOD) });
    expect((await http.request(get(server.url()), LIMITS)).body).toBe('hello');
    expect(refused()).toBe(1);
  });

  it('is reached at a slow first one when the second refuses', async () => {
    const port = await freePort();
    const slow = await slowAddress(SLOW, port);
    // The second is only tried after the quarter of a second for which Node waits for the first.
    const refused = refusals(slow.release);
    const http = client({ lookup: resolvingTo(SLOW, REFUSING) });
    const answer = await http.request(get(new URL(`http://name.example:${port}/`)), {
      ...LIMITS,
      timeoutMs: 250_000,
    });
    expect(answer.body).toBe('from the slow address');
    expect(answer.ms).toBeGreaterThanOrEqual(250);
    expect(refused()).toBe(1);
  });

  it('is not reached when both refuse, with one of their errors', async () => {
    const refused = refusals();
    const port = await freePort();
    const http = client({ lookup: resolvingTo(REFUSING, SLOW) });
    const error = await failureOf(http.request(get(new URL(`http://name.example:${port}/`)), LIMITS));
    expect(error).toMatchObject({ code: 'connection', detail: 'ECONNREFUSED' });
    expect(refused()).toBe(2);
  });
});

it('a name whose only address does not answer fails at the deadline', async () => {
  const port = await freePort();
  const slow = await slowAddress(SLOW, port);
  const http = client({ lookup: resolvingTo(SLOW) });
  const error = await failureOf(
    http.request(get(new URL(`http://name.example:${port}/`)), { ...LIMITS, timeoutMs: 400 }),
  );
  expect(error.message).toBe(`name.example:${port}: no complete answer within 400 ms`);
  expect(slow.isFull()).toBe(true);
});

it('a name with very many addresses is reached at the last one', async () => {
  const server = await httpServer((_request, response) => response.end('hello'));
  const refused = refusals();
  const dead = Array.from({ length: 20 }, (_, i) => `127.0.1.${i + 1}`);
  const http = client({ lookup: resolvingTo(...dead, GOOD) });
  expect((await http.request(get(new URL(`http://name.example:${server.port}/`)), LIMITS)).body).toBe(
    'hello',
  );
  expect(refused()).toBe(20);
});
