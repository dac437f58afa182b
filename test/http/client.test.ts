import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  answer,
  client,
  failingLookup,
  failureOf,
  freePort,
  get,
  httpServer,
  LIMITS,
  rawServer,
} from './servers.ts';

describe('a request', () => {
  it('arrives as it was given', async () => {
    const seen: unknown[] = [];
    const server = await httpServer((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        seen.push([request.method, request.url, request.headers['x-key'], request.headers.host, body]);
        response.end();
      });
    });
    const url = server.url('/a%2Fb?c=d&e=%20');
    await client().request(
      { method: 'POST', url, headers: { 'x-key': 'value' }, body: 'bödy\u2028' },
      LIMITS,
    );
    expect(seen).toEqual([['POST', '/a%2Fb?c=d&e=%20', 'value', url.host, 'bödy\u2028']]);
  });

  it('asks for gzip unless the caller says what it accepts', async () => {
    const server = await httpServer((request, response) => response.end(request.headers['accept-encoding']));
    const http = client();
    expect((await http.request(get(server.url()), LIMITS)).body).toBe('gzip');
    expect((await http.request(get(server.url(), { 'accept-encoding': 'br' }), LIMITS)).body).toBe('br');
  });

  it('reuses its connection', async () => {
    const server = await httpServer((_request, response) => response.end('ok'));
    const http = client();
    for (let i = 0; i < 5; i += 1) await http.request(get(server.url()), LIMITS);
    expect(server.connections()).toBe(1);
  });

  it('runs in parallel with others', async () => {
    const server = await httpServer((request, response) => response.end(request.url));
    const http = client();
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
    const answers = await Promise.all(paths.map((path) => http.request(get(server.url(path)), LIMITS)));
    expect(answers.map(({ body }) => body)).toEqual(paths);
  });
});

describe('a request that is given up', () => {
  it('fails at once and closes its connection', async () => {
    const stop = new AbortController();
    const closed = Promise.withResolvers<void>();
    const server = await httpServer((request) => {
      request.socket.once('close', () => closed.resolve());
      stop.abort();
    });
    const failure = await failureOf(client().request(get(server.url()), { ...LIMITS, signal: stop.signal }));
    expect(failure).toMatchObject({ code: 'connection', message: expect.stringContaining('given up') });
    await closed.promise;
  });

  it('is never sent when it was given up before', async () => {
    const server = await httpServer((_request, response) => response.end('ok'));
    const failure = await failureOf(
      client().request(get(server.url()), { ...LIMITS, signal: AbortSignal.abort() }),
    );
    expect(failure).toMatchObject({ code: 'connection' });
    expect(server.connections()).toBe(0);
  });

  it('leaves no listener at its signal', async () => {
    const { signal } = new AbortController();
    const server = await httpServer((_request, response) => response.end('ok'));
    const http = client();
    for (let i = 0; i < 20; i += 1) await http.request(get(server.url()), { ...LIMITS, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([200, 201, 204, 304, 400, 404, 429, 500, 503, 599])(
    'with status %i is an answer',
    async (status) => {
      const server = await httpServer((_request, response) => response.writeHead(status).end());
      expect(await client().request(get(server.url()), LIMITS)).toMatchObject({
        status,
        body: '',
        truncated: false,
      });
    },
  );

  it('that redirects is an answer like any other: nothing is sent where it points', async () => {
    const target = await httpServer((_request, response) => response.end());
    const locations = ['http://169.254.169.254/latest/meta-data/', target.url('/next').href];
    let sent = 0;
    const server = await httpServer((_request, response) => {
      response.writeHead(302, { location: locations[sent] }).end();
      sent += 1;
    });
    const http = client();
    for (const location of locations) {
      const { status, headers } = await http.request(get(server.url()), LIMITS);
      expect([status, headers['location']]).toEqual([302, location]);
    }
    expect([sent, target.connections()]).toEqual([2, 0]);
  });

  it('has headers in lower case, repeated ones joined', async () => {
    const server = await rawServer((socket) => {
      socket.write(
        answer('', 'X-One: 1\r\nset-cookie: a\r\nSet-Cookie: b\r\n__proto__: p\r\n__proto__: q\r\n'),
      );
    });
    const { headers } = await client().request(get(server.url()), LIMITS);
    expect(Object.entries(headers)).toEqual([
      ['content-length', '0'],
      ['x-one', '1'],
      ['set-cookie', 'a, b'],
      ['__proto__', 'p, q'],
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('comes after any number of interim answers', async () => {
    const server = await rawServer((socket) => {
      socket.write(`${'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(3)}${answer('real')}`);
    });
    expect(await client().request(get(server.url()), LIMITS)).toMatchObject({ status: 200, body: 'real' });
  });

  it('is put together from many pieces of any size', async () => {
    const pieces = Array.from({ length: 300 }, (_, index) => 'é€😀x'.repeat((index * 37) % 1500));
    const server = await httpServer((_request, response) => {
      for (const piece of pieces) response.write(piece);
      response.end();
    });
    const limits = { ...LIMITS, maxBodyBytes: 10_000_000 };
    const { body, truncated } = await client().request(get(server.url()), limits);
    expect(body === pieces.join('')).toBe(true);
    expect(truncated).toBe(false);
  });
});

describe('a failure', () => {
  it('to connect says so', async () => {
    const port = await freePort();
    const url = new URL(`http://127.0.0.1:${port}/`);
    expect(await failureOf(client().request(get(url), LIMITS))).toMatchObject({
      code: 'connection',
      detail: 'ECONNREFUSED',
      host: `127.0.0.1:${port}`,
      message: `127.0.0.1:${port}: connection refused (ECONNREFUSED); check the address and port`,
    });
  });

  it.each([
    ['ENOTFOUND', 'name.example: host name not found (ENOTFOUND); check the host name'],
    ['EAI_AGAIN', 'name.example: DNS lookup failed (EAI_AGAIN); this is often temporary'],
  ])('to find a name (%s) says so', async (code, message) => {
    const lookup = failingLookup(code);
    const url = new URL('https://name.example/');
    for (const allowInsecure of [true, false]) {
      const error = await failureOf(client({ lookup }).request(get(url), { ...LIMITS, allowInsecure }));
      expect(error).toMatchObject({ code: 'dns', detail: code, message });
    }
  });

  it('to speak HTTP says so', async () => {
    const server = await rawServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await failureOf(client().request(get(server.url()), LIMITS))).toMatchObject({ code: 'protocol' });
  });

  it('to speak TLS says so', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    expect(await failureOf(client().request(get(url), LIMITS))).toMatchObject({ code: 'tls' });
  });
});

describe('close', () => {
  it('ends requests under way, at every stage, and permits no further ones', async () => {
    const silent = await rawServer(() => {});
    const partial = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
    );
    let asked = 0;
    const http = client({
      lookup: () => {
        asked += 1;
      },
    });
    const handshake = new URL(`https://127.0.0.1:${silent.port}/`);
    const urls = [silent.url(), partial.url(), handshake, new URL('https://name.example/')];
    const failures = urls.map((url) => failureOf(http.request(get(url), LIMITS)));
    await expect.poll(() => [silent.connections(), partial.connections(), asked]).toEqual([2, 1, 1]);

    await http.close();
    for (const error of await Promise.all(failures)) expect(error.code).toBe('connection');
    const after = await failureOf(http.request(get(silent.url()), LIMITS));
    expect(after.message).toBe(`${silent.url().host}: the client was closed (UND_ERR_DESTROYED)`);
    await http.close();
  });

  it('gives up a handshake that it was waiting for', async () => {
    let closed = 0;
    let hellos = 0;
    const server = await rawServer((socket) => {
      hellos += 1;
      socket.on('close', () => {
        closed += 1;
      });
    });
    const http = client();
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    const failure = failureOf(http.request(get(url), LIMITS));
    await expect.poll(() => hellos).toBe(1);
    await http.close();
    expect((await failure).code).toBe('connection');
    await expect.poll(() => closed).toBe(1);
  });
});
