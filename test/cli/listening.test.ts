import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseMetrics } from '../server/support.ts';
import { type CommandLine, createCommandLine, type Ran } from '../support/command-line.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const ENV = { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET };
const TOKEN = 'canary-listen-token-0123456789';
const HOSTILE = '<script>alert(1)</script>"\\ {x="y"} 1';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-listen-'));
  world.status('task-1', 'FULLMIGRATING');
  await configure('task-1');
});
afterAll(() => world.close());

async function configure(...tasks: readonly string[]): Promise<void> {
  await writeFile(
    join(folder, 'watch.yml'),
    `
projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: ${world.simulator.endpoint}
    allowInsecure: true
    tasks: [${tasks.map((id) => `{ id: ${id}, name: ${JSON.stringify(`${HOSTILE} ${id}`)} }`).join(', ')}]
channels:
  cutover: { type: webhook, url: "${world.receiver.url('/cutover')}", secret: "\${SIGNING_SECRET}", allowInsecure: true }
`,
  );
}

interface Served {
  readonly line: CommandLine;
  readonly ended: Promise<Ran>;
  readonly port: number;
  stop(): Promise<Ran>;
}

/** A watcher that serves, after its first tick. */
async function serve(listen = '127.0.0.1:0', env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const line = createCommandLine({ cwd: folder, env: { ...ENV, ...env } });
  const ended = line.run('watch', '--listen', listen);
  await Promise.race([line.printed('tick:'), ended]);
  const [, port] = /serving http:\/\/\S+:(\d+)\//.exec(line.out()) ?? [];
  const stop = () => {
    line.kill('SIGTERM');
    return ended;
  };
  onTestFinished(async () => void (await stop()));
  return { line, ended, port: Number(port), stop };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
}

async function ask({ port }: { port: number }, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, host = '127.0.0.1' } = options;
  const sent = request({ host, port, path, method, headers: { ...headers }, agent: false }).end();
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Sends bytes as they are. @returns all that comes until the connection is closed */
async function raw({ port }: { port: number }, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket).catch(() => '');
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const basic = (pair: string) => ({
  headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
});

describe('a watcher that serves', () => {
  it('says where, and shows its page, its state and its health there', async () => {
    const served = await serve();
    expect(served.line.out()).toMatch(/serving http:\/\/127\.0\.0\.1:\d+\/, and \/healthz/);

    const page = await ask(served, '/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('&#60;script&#62;alert(1)');
    expect(page.body).not.toContain('<script');
    expect(page.body).toContain('<a href="tasks/task-1">');

    const status = JSON.parse((await ask(served, '/status.json')).body);
    expect(status.tasks).toEqual([expect.objectContaining({ id: 'task-1', phase: 'full' })]);

    expect(await ask(served, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask(served, '/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  it('shows the report of one migration', async () => {
    const served = await serve();
    const report = await ask(served, '/tasks/task-1');
    expect(report).toMatchObject({ status: 200 });
    expect(report.body).toContain('<a href="../">');
    expect(report.body).not.toContain('<script');
    expect(await ask(served, '/tasks/task-9')).toMatchObject({ status: 404 });
    const byName = await ask(served, `/tasks/${encodeURIComponent(`${HOSTILE} task-1`)}`);
    expect(byName).toMatchObject({ status: 200 });
    expect(byName.body).toContain('&#60;script&#62;');
    for (const path of ['/tasks/', '/tasks/%', '/tasks/a/b', '/tasks/%00', '/tasks/..%2f..%2fetc'])
      expect(await ask(served, path)).toMatchObject({ status: 404 });
  });

  it('serves metrics that a parser reads, whatever tasks are called', async () => {
    const served = await serve();
    const { status, headers, body } = await ask(served, '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = parseMetrics(body);
    expect(samples).toContainEqual({ name: 'dcs_migration_watch_ticks_total', labels: {}, value: 1 });
    expect(samples).toContainEqual({
      name: 'dcs_migration_watch_deliveries_total',
      labels: { outcome: 'delivered' },
      value: 1,
    });
    const [phase] = samples.filter(({ name }) => name === 'dcs_migration_watch_task_phase');
    expect(phase).toMatchObject({
      labels: { task: 'task-1', project: 'prod', region: 'cn-north-4', phase: 'full' },
      value: 1,
    });
  });

  it('forbids everything but its own style, and to be framed, kept or sniffed', async () => {
    const served = await serve();
    const page = await ask(served, '/');
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/,
    );
    for (const path of ['/', '/tasks/task-1', '/status.json', '/healthz', '/readyz', '/metrics', '/nowhere'])
      expect((await ask(served, path)).headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
  });

  it('answers GET and HEAD only', async () => {
    const served = await serve();
    const head = await ask(served, '/', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(Number(head.headers['content-length'])).toBeGreaterThan(1000);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])
      expect(await ask(served, '/metrics', { method })).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    for (const path of ['/nowhere', '/__proto__', '//', '/../etc/passwd', '/metrics/'])
      expect(await ask(served, path)).toMatchObject({ status: 404 });
    expect(await ask(served, '/healthz?verbose=1')).toMatchObject({ status: 200 });
  });

  it('packs long answers for those who take them so', async () => {
    const served = await serve();
    const packed = request({
      port: served.port,
      path: '/metrics',
      headers: { 'accept-encoding': 'deflate, gzip' },
      agent: false,
    }).end();
    const [response] = await once(packed, 'response');
    expect(response.headers['content-encoding']).toBe('gzip');
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part);
    parseMetrics(gunzipSync(Buffer.concat(parts)).toString());
    const { headers } = await ask(served, '/metrics', { headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(headers['content-encoding']).toBeUndefined();
  });

  it('refuses requests of foreign pages whose name was made to point to this machine', async () => {
    const served = await serve();
    for (const path of ['/', '/status.json', '/metrics', '/healthz', '/readyz']) {
      const answer = await ask(served, path, { headers: { host: 'evil.example' } });
      expect(answer).toMatchObject({ status: 421 });
      expect(answer.body).not.toContain('task-1');
    }
    for (const host of ['localhost', `localhost:${served.port}`, '[::1]:9999', '127.0.0.1'])
      expect(await ask(served, '/', { headers: { host } })).toMatchObject({ status: 200 });
    expect(
      await raw(served, 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 404/);
  });

  it('listens at IPv6 addresses', async () => {
    const served = await serve('[::1]:0');
    expect(served.line.out()).toMatch(/serving http:\/\/\[::1\]:\d+\//);
    expect(await ask(served, '/healthz', { host: '::1' })).toMatchObject({ status: 200 });
  });
});

describe('the token of the page', () => {
  it('is asked for at an address that others reach, and not for health and metrics', async () => {
    const served = await serve('0.0.0.0:0', { WATCH_LISTEN_TOKEN: TOKEN });
    for (const path of ['/', '/status.json', '/tasks/task-1']) {
      const refused = await ask(served, path);
      expect(refused).toMatchObject({ status: 401 });
      expect(refused.headers['www-authenticate']).toMatch(/^Basic realm=/);
      expect(refused.body).not.toContain('task-1');
      for (const wrong of [bearer('wrong'), basic(`${TOKEN}:`), basic('a:b')])
        expect(await ask(served, path, wrong)).toMatchObject({ status: 401 });
      for (const right of [bearer(TOKEN), basic(`me:${TOKEN}`)])
        expect(await ask(served, path, right)).toMatchObject({ status: 200 });
    }
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect(await ask(served, path)).toMatchObject({ status: 200 });
    expect(await ask(served, '/healthz', { headers: { host: 'watcher.example' } })).toMatchObject({
      status: 200,
    });
    const { out, err } = await served.stop();
    expect(out + err).not.toContain(TOKEN);
  });

  it('is asked for on this machine, too, where it is set', async () => {
    const served = await serve('0', { WATCH_LISTEN_TOKEN: TOKEN });
    expect(await ask(served, '/')).toMatchObject({ status: 401 });
    expect(await ask(served, '/', bearer(TOKEN))).toMatchObject({ status: 200 });
  });

  it.each([
    ['0.0.0.0:0', '', 'WATCH_LISTEN_TOKEN is not set'],
    ['[::]:0', '', 'so the page needs a token'],
    ['0.0.0.0:0', 'short-canary', 'shorter than 16 characters'],
    ['127.0.0.1:0', 'short-canary', 'shorter than 16 characters'],
    ['0.0.0.0:0', 'canary with blanks in it', 'visible ASCII'],
  ])('is missing or bad for %s: nothing starts, with advice', async (listen, token, expected) => {
    const looks = world.simulator.calls.show;
    const line = createCommandLine({ cwd: folder, env: { ...ENV, WATCH_LISTEN_TOKEN: token } });
    const { code, out, err } = await line.run('--listen', listen);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(expected);
    expect(err).toContain('openssl rand -hex 32');
    expect(err).not.toContain('canary');
    expect(world.simulator.calls.show).toBe(looks);
  });
});

describe('--listen', () => {
  it.each([
    [['--listen', 'example.com:80'], /--listen expects a port or an IP address/],
    [['--listen', '8080', '--once'], /--listen is for a watcher that goes on/],
    [['--listen', '8080', '--rehearse'], /--listen is for a watcher that goes on/],
    [['--listen', '8080', '--config', 'nowhere.yml'], /nowhere\.yml/],
  ])('is refused with what is wrong: %j', async (args, expected) => {
    const { code, err } = await createCommandLine({ cwd: folder, env: ENV }).run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(expected);
  });

  it('means real work, so that nothing is rehearsed without a configuration', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-listen-'));
    const { code, err } = await createCommandLine({ cwd, env: ENV }).run('--listen', '0');
    expect(code).toBe(2);
    expect(err).toContain('--listen');
  });

  it('ends with 1 and advice when another program has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const looks = world.simulator.calls.show;
    const line = createCommandLine({ cwd: folder, env: ENV });
    const { code, err } = await line.run('--listen', `${port}`);
    expect(code).toBe(1);
    expect(err).toContain(`--listen cannot use port ${port} of 127.0.0.1: another program has that port`);
    expect(world.simulator.calls.show).toBe(looks);
  });

  it('ends with 1 at an address that is not of this machine', async () => {
    const env = { ...ENV, WATCH_LISTEN_TOKEN: TOKEN };
    const { code, err } = await createCommandLine({ cwd: folder, env }).run('--listen', '192.0.2.1:0');
    expect(code).toBe(1);
    expect(err).toContain('no address of this machine');
  });
});

describe('a watcher that cannot see', () => {
  it('is alive, and not ready', async () => {
    world.simulator.deny('show');
    onTestFinished(() => world.simulator.allow('show'));
    const served = await serve();
    const ready = await ask(served, '/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body.split('\n').filter((line) => line !== '')).toHaveLength(1);
    expect(ready.body).toContain('nothing seen of prod');
    expect(await ask(served, '/healthz')).toMatchObject({ status: 200 });
    const samples = parseMetrics((await ask(served, '/metrics')).body);
    expect(samples).toContainEqual({ name: 'dcs_migration_watch_healthy', labels: {}, value: 0 });
    expect(samples).toContainEqual({ name: 'dcs_migration_watch_blind_projects', labels: {}, value: 1 });
  });
});

describe('bad clients', () => {
  it('end neither the watcher nor the answers to others', async () => {
    const served = await serve();
    const garbage = [
      'not http at all\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    ];
    const answers = await Promise.all(garbage.map((bytes) => raw(served, bytes)));
    expect(answers[0]).toMatch(/^HTTP\/1\.1 400/);
    expect(answers[1]).toMatch(/^HTTP\/1\.1 400/);
    expect(answers[2]).toMatch(/^HTTP\/1\.1 431/);
    expect(await ask(served, '/healthz')).toMatchObject({ status: 200 });
    expect(await served.stop()).toMatchObject({ code: 0, err: '' });
  });

  it('that never finish their headers lose their connection', async () => {
    const served = await serve();
    const startedAt = performance.now();
    expect(await raw(served, 'GET / HTTP/1.1\r\nHost: localhost\r\n')).toMatch(/^HTTP\/1\.1 408/);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });

  it('that open more connections than are taken lose the last ones, and those before keep theirs', async () => {
    const served = await serve();
    const sockets = Array.from({ length: 70 }, () => connect(served.port, '127.0.0.1'));
    const closed = Promise.withResolvers<void>();
    for (const socket of sockets) socket.on('error', () => undefined).on('close', () => closed.resolve());
    await closed.promise;
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(() =>
        ask(served, '/healthz')
          .then(({ status }) => status)
          .catch(() => 0),
      )
      .toBe(200);
  });

  it('do not keep a watcher from its end', async () => {
    const served = await serve();
    const idle = connect(served.port, '127.0.0.1');
    const half = connect(served.port, '127.0.0.1');
    half.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const kept = connect(served.port, '127.0.0.1');
    kept.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(kept, 'data');
    for (const socket of [idle, half, kept]) socket.on('error', () => undefined).resume();
    expect(await served.stop()).toMatchObject({ code: 0, err: '' });
    await expect(ask(served, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });
});
