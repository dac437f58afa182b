import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bomb, flood, growthDuring } from '../support/memory.ts';
import { client, failureOf, get, httpServer, LIMITS, rawServer } from './servers.ts';

const truncate = { ...LIMITS, oversize: 'truncate' } as const;
/** Where the size is to end it, on a machine that is busy, too. */
const PATIENT = { ...LIMITS, timeoutMs: 250_000 } as const;

describe('the deadline', () => {
  it('cuts a body that drips', async () => {
    let drops = 0;
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => {
        drops += 1;
        socket.write('x');
      }, 40);
      socket.on('close', () => clearInterval(drip));
    });
    const limits = { timeoutMs: 1500 };
    const error = await failureOf(client().request(get(server.url()), { ...LIMITS, ...limits }));
    expect(error).toMatchObject({
      code: 'timeout',
      message: `${server.url().host}: no complete answer within 1500 ms`,
    });
    expect(error.ms).toBeGreaterThanOrEqual(1490);
    expect(drops).toBeGreaterThan(2);

    const cut = await client().request(get(server.url()), { ...truncate, ...limits });
    expect(cut).toMatchObject({ status: 200, truncated: true });
    expect(cut.body).toMatch(/^x{2,}$/);
  });

  it('cuts headers that drip, even where long bodies are cut without an error', async () => {
    let drops = 0;
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      const drip = setInterval(() => {
        drops += 1;
        socket.write('x');
      }, 40);
      socket.on('close', () => clearInterval(drip));
    });
    const error = await failureOf(client().request(get(server.url()), { ...truncate, timeoutMs: 1000 }));
    expect(error.code).toBe('timeout');
    expect(drops).toBeGreaterThan(1);
  });

  it('covers the name lookup', async () => {
    let asked = 0;
    const http = client({
      lookup: () => {
        asked += 1;
      },
    });
    const error = await failureOf(
      http.request(get(new URL('https://name.example')), { ...LIMITS, timeoutMs: 60 }),
    );
    expect(error.code).toBe('timeout');
    expect(asked).toBe(1);
  });

  it('covers a TLS handshake that hangs, and the request is not sent afterwards', async () => {
    let hellos = 0;
    const server = await rawServer(() => {
      hellos += 1;
    });
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    const error = await failureOf(client().request(get(url), { ...LIMITS, timeoutMs: 1000 }));
    expect(error.code).toBe('timeout');
    expect(hellos).toBe(1);
  });

  it('keeps a request from being sent when its connection comes too late', async () => {
    let requests = 0;
    const server = await httpServer((_request, response) => {
      requests += 1;
      response.end();
    });
    const late: Array<() => void> = [];
    const http = client({
      lookup: (_host, _options, callback) => {
        const answer = () => callback(null, [{ address: '127.0.0.1', family: 4 }]);
        if (late.length > 0) answer();
        else late.push(answer);
      },
    });
    const url = new URL(`http://name.example:${server.port}/`);
    expect((await failureOf(http.request(get(url), { ...LIMITS, timeoutMs: 50 }))).code).toBe('timeout');
    for (const answer of late) answer();
    expect((await http.request(get(url), LIMITS)).status).toBe(200);
    expect(late).toHaveLength(1);
    expect(requests).toBe(1);
  });
});

describe('the cap on bodies', () => {
  it('lets through a body of exactly its size, and not a byte more', async () => {
    const server = await httpServer((request, response) =>
      response.end('x'.repeat(Number(request.url?.slice(1)))),
    );
    const http = client();
    const limits = { maxBodyBytes: 1000 };
    const full = await http.request(get(server.url('/1000')), { ...LIMITS, ...limits });
    expect(full).toMatchObject({ body: 'x'.repeat(1000), truncated: false });
    const error = await failureOf(http.request(get(server.url('/1001')), { ...LIMITS, ...limits }));
    expect(error).toMatchObject({
      code: 'too_large',
      message: `${server.url().host}: body is longer than 1000 bytes`,
    });
    const cut = await http.request(get(server.url('/1001')), { ...truncate, ...limits });
    expect(cut).toMatchObject({ status: 200, body: 'x'.repeat(1000), truncated: true });
  });

  it('stops a body without end', async () => {
    let closed = 0;
    const server = await rawServer((socket) => {
      socket.on('close', () => {
        closed += 1;
      });
      socket.write('HTTP/1.1 500 Oops\r\n\r\n');
      flood(socket, 'x'.repeat(10_000));
    });
    const http = client();
    expect((await failureOf(http.request(get(server.url()), LIMITS))).code).toBe('too_large');
    const cut = await http.request(get(server.url()), truncate);
    expect(cut).toMatchObject({ status: 500, truncated: true });
    expect(cut.body).toHaveLength(LIMITS.maxBodyBytes);
    await expect.poll(() => closed).toBe(2);
  });

  it('leaves out a character that it would cut in two', async () => {
    const server = await httpServer((_request, response) => response.end('aé€😀'));
    const bodies: string[] = [];
    for (let maxBodyBytes = 0; maxBodyBytes <= 10; maxBodyBytes += 1) {
      bodies.push((await client().request(get(server.url()), { ...truncate, maxBodyBytes })).body);
    }
    expect(bodies).toEqual(['', 'a', 'a', 'aé', 'aé', 'aé', 'aé€', 'aé€', 'aé€', 'aé€', 'aé€😀']);
  });

  it('stops 50 kB that inflate to 50 MB, and memory grows by less than twice the cap', async () => {
    const compressed = await bomb(50_000_000);
    expect(compressed.length).toBeLessThan(60_000);
    let sent = 0;
    const server = await httpServer((_request, response) => {
      sent += 1;
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed);
    });
    const maxBodyBytes = 8_000_000;
    const http = client();
    const inflate = async () => {
      const error = await failureOf(http.request(get(server.url()), { ...PATIENT, maxBodyBytes }));
      expect(error.code).toBe('too_large');
    };
    // What is loaded, compiled or collected late grows once; a body that is kept grows every time.
    const growths: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) growths.push(await growthDuring('living, seldom', inflate));
    expect(Math.min(...growths)).toBeLessThan(2 * maxBodyBytes);
    expect(Math.max(...growths)).toBeGreaterThan(0);
    const cut = await http.request(get(server.url()), { ...PATIENT, oversize: 'truncate', maxBodyBytes });
    expect(cut).toMatchObject({ status: 200, truncated: true });
    expect(cut.body).toHaveLength(maxBodyBytes);
    expect(sent).toBe(5);
  });

  it('costs no more memory for a body in pieces of one byte', async () => {
    const maxBodyBytes = 2_000_000;
    const pieces = '1\r\nx\r\n'.repeat(50_000);
    let floods = 0;
    const server = await rawServer((socket) => {
      floods += 1;
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      flood(socket, pieces);
    });
    const http = client();
    const growth = await growthDuring('living, seldom', async () => {
      const error = await failureOf(http.request(get(server.url()), { ...PATIENT, maxBodyBytes }));
      expect(error.code).toBe('too_large');
    });
    // A million views of one byte take 100 MB; what is left here is the socket's own churn.
    expect(growth).toBeLessThan(30_000_000);
    expect(floods).toBe(1);
  });
});

it('compressed data that comes faster than it can be decompressed has to wait', async () => {
  let floods = 0;
  const nothing = Buffer.concat(Array.from({ length: 5000 }, () => gzipSync('')));
  const server = await rawServer((socket) => {
    floods += 1;
    socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n');
    flood(socket, nothing);
  });
  const http = client();
  const growth = await growthDuring('living, seldom', async () => {
    const error = await failureOf(http.request(get(server.url()), { ...LIMITS, timeoutMs: 1000 }));
    expect(error.code).toBe('timeout');
  });
  expect(growth).toBeLessThan(40_000_000);
  expect(floods).toBe(1);
});

describe('the cap on headers', () => {
  it.each([
    ['one header', 'x'.repeat(100_000)],
    ['many headers', `x: ${'x'.repeat(100)}\r\n`.repeat(1000)],
  ])('stops 10 MB of %s, even where long bodies are cut without an error', async (_what, piece) => {
    let floods = 0;
    const server = await rawServer((socket) => {
      floods += 1;
      socket.write('HTTP/1.1 200 OK\r\nx: x\r\nx: ');
      flood(socket, piece);
    });
    for (const limits of [LIMITS, truncate]) {
      const error = await failureOf(client().request(get(server.url()), limits));
      expect(error).toMatchObject({
        code: 'too_large',
        message: `${server.url().host}: headers are longer than 16 KiB (UND_ERR_HEADERS_OVERFLOW); check the address and port`,
      });
    }
    expect(floods).toBe(2);
  });
});

describe('a body that breaks', () => {
  it.each([
    ['is shorter than announced', 'content-length: 100\r\n\r\nhello', 'connection', 'hello'],
    ['ends within a chunk', 'transfer-encoding: chunked\r\n\r\n5\r\nhello', 'connection', 'hello'],
    ['is badly chunked', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n', 'protocol', 'hello'],
    ['has an unknown coding', 'content-encoding: zstd\r\n\r\nhello', 'protocol', ''],
    ['has two codings', 'content-encoding: gzip, gzip\r\n\r\nhello', 'protocol', ''],
    ['is not what its coding says', 'content-encoding: gzip\r\n\r\nhello', 'protocol', ''],
  ])('because it %s fails, or lets the status decide', async (_how, rest, code, body) => {
    let sent = 0;
    const server = await rawServer((socket) => {
      sent += 1;
      socket.end(`HTTP/1.1 202 OK\r\n${rest}`);
    });
    const http = client();
    expect((await failureOf(http.request(get(server.url()), LIMITS))).code).toBe(code);
    expect(await http.request(get(server.url()), truncate)).toMatchObject({
      status: 202,
      body,
      truncated: true,
    });
    expect(sent).toBe(2);
  });

  it('because the compressed data ends early fails, or lets the status decide', async () => {
    const compressed = gzipSync('hello');
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed.subarray(0, -4));
    });
    const error = await failureOf(client().request(get(server.url()), LIMITS));
    expect(error).toMatchObject({
      code: 'protocol',
      message: `${server.url().host}: body cannot be decompressed`,
    });
    const cut = await client().request(get(server.url()), truncate);
    expect(cut).toMatchObject({ status: 200, truncated: true });
  });
});

describe('decompression', () => {
  const text = JSON.stringify({ text: 'ünïcode €😀'.repeat(10_000) });
  const limits = { ...LIMITS, maxBodyBytes: 1_000_000 };

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('understands %s', async (coding, compressed) => {
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(compressed);
    });
    const { body, truncated } = await client().request(get(server.url()), limits);
    expect(truncated).toBe(false);
    expect(body).toBe(text);
  });

  it('reads an empty body with any coding', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'zstd' }).end();
    });
    expect(await client().request(get(server.url()), LIMITS)).toMatchObject({ body: '', truncated: false });
  });

  it('ends a connection whose answer goes on after its compressed data', async () => {
    let closed = 0;
    const server = await rawServer((socket) => {
      socket.on('close', () => {
        closed += 1;
      });
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\n\r\n');
      socket.write(Buffer.concat([deflateSync('hello'), Buffer.from('rubbish')]));
    });
    expect((await client().request(get(server.url()), LIMITS)).body).toBe('hello');
    await expect.poll(() => closed).toBe(1);
  });
});
