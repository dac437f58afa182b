import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Exchange, type Transport } from '../../lib/http/exchange.ts';
import { answer, client, failureOf, get, LIMITS, type Loopback, rawServer } from './servers.ts';

type Fault = (socket: Socket) => void;

/**
 * A server whose first connection answers once and then does something else with the request that reuses it.
 * `next` is what later connections do.
 */
async function brokenOnReuse(reuse: Fault, next: Fault = (socket) => socket.write(answer('again'))) {
  let requests = 0;
  let faults = 0;
  const server = await rawServer((socket, connection, request) => {
    requests += 1;
    if (connection > 1) next(socket);
    else if (request === 1) socket.write(answer('first'));
    else {
      faults += 1;
      reuse(socket);
    }
  });
  return { server, requests: () => requests, faults: () => faults };
}

function ask(http: ReturnType<typeof client>, server: Loopback, timeoutMs: number = LIMITS.timeoutMs) {
  const request = { method: 'POST', url: server.url(), headers: {}, body: '{}' } as const;
  return http.request(request, { ...LIMITS, timeoutMs });
}

const close: Fault = (socket) => socket.end();
const reset: Fault = (socket) => socket.resetAndDestroy();

describe('a kept-alive connection that the server has given up', () => {
  it.each([
    ['closed', close],
    ['reset', reset],
  ])('is replaced at once when it is found %s: the request is repeated once', async (_how, fault) => {
    const { server, requests, faults } = await brokenOnReuse(fault);
    const http = client();
    expect((await ask(http, server)).body).toBe('first');
    expect((await ask(http, server)).body).toBe('again');
    expect([faults(), requests(), server.connections()]).toEqual([1, 3, 2]);
  });

  it('is replaced only once, by a new connection', async () => {
    const { server, requests, faults } = await brokenOnReuse(close, close);
    const http = client();
    await ask(http, server);
    const error = await failureOf(ask(http, server));
    expect(error.code).toBe('connection');
    expect([faults(), requests(), server.connections()]).toEqual([1, 3, 2]);
  });

  it('is replaced by a new one although another kept-alive one is there, which may be stale too', async () => {
    let faults = 0;
    const server = await rawServer((socket, connection, request) => {
      if (connection > 2 || request === 1) return socket.write(answer(`from ${connection}`));
      faults += 1;
      return socket.end();
    });
    const http = client();
    await Promise.all([ask(http, server), ask(http, server)]);
    expect((await ask(http, server)).body).toBe('from 3');
    expect([faults, server.connections()]).toEqual([1, 3]);
  });

  it('is replaced only once even if the second one was kept alive as well', async () => {
    let dispatches = 0;
    const line: Transport = {
      opening: false,
      dispatch(_request, exchange) {
        dispatches += 1;
        if (dispatches > 3) return;
        exchange.onRequestStart({ abort() {}, pause() {}, resume() {} });
        exchange.onResponseError(null, Object.assign(new Error('closed'), { code: 'UND_ERR_SOCKET' }));
      },
    };
    const answer = Promise.withResolvers<unknown>();
    new Exchange(line, get(new URL('http://name.example/')), LIMITS, answer).start();
    expect((await failureOf(answer.promise)).code).toBe('connection');
    expect(dispatches).toBe(2);
  });

  it('is not replaced after a time-out', async () => {
    const { server, requests, faults } = await brokenOnReuse(() => {});
    const http = client();
    await ask(http, server);
    expect((await failureOf(ask(http, server, 1000))).code).toBe('timeout');
    expect([faults(), requests(), server.connections()]).toEqual([1, 2, 1]);
  });

  it('is not replaced after a byte of the answer', async () => {
    const { server, requests, faults } = await brokenOnReuse((socket) => socket.end('HTTP/1.1 200'));
    const http = client();
    await ask(http, server);
    expect((await failureOf(ask(http, server))).code).toBe('connection');
    expect([faults(), requests(), server.connections()]).toEqual([1, 2, 1]);
  });

  it('is not replaced when the server took a second to close it', async () => {
    const { server, requests, faults } = await brokenOnReuse((socket) => setTimeout(close, 1050, socket));
    const http = client();
    await ask(http, server);
    expect((await failureOf(ask(http, server))).code).toBe('connection');
    expect([faults(), requests(), server.connections()]).toEqual([1, 2, 1]);
  });
});

describe('a new connection', () => {
  it('is not replaced when it breaks, because the request may have been processed', async () => {
    let faults = 0;
    const server = await rawServer((socket) => {
      faults += 1;
      socket.resetAndDestroy();
    });
    const error = await failureOf(ask(client(), server));
    expect(error).toMatchObject({ code: 'connection', detail: 'ECONNRESET' });
    expect([faults, server.connections()]).toEqual([1, 1]);
  });
});
