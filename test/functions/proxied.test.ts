import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { connect as tcpConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { proxyServer } from '../http/proxy-server.ts';
import { fixture } from '../http/servers.ts';
import { LONGEST_RUN_MS, PROGRAM, SOURCES } from '../support/program.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

/** The authority of the certificates of the tests, as an administrator would name that of the company's. */
const TRUSTED = { NODE_EXTRA_CA_CERTS: resolve('test/fixtures/tls/ca.crt') };

let world: World;
let folder: string;
beforeAll(async () => {
  world = await createWorld({ time: 'real' });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-proxied-'));
  world.status('task-1', 'FULLMIGRATING');
});
afterAll(() => world.close());

/** Runs one command in its folder, with no more environment than it is given. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>, program = PROGRAM) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    cwd: folder,
    env: { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET, ...env },
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out, err };
}

/** An HTTPS receiver whose certificate only this authority has signed; it notes what it is asked for. */
async function secureReceiver(): Promise<{ port: number; paths: string[] }> {
  const paths: string[] = [];
  const server: Server = createServer(
    { cert: fixture('localhost.crt'), key: fixture('server.key') },
    (request, response) => {
      paths.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.end('ok'));
    },
  );
  return { port: await listening(server), paths };
}

async function listening(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Everything secret in it is a canary. */
async function configure(port: number): Promise<void> {
  const config = `
projects:
  - id: ${PROJECT_ID}
    region: cn-north-4
    endpoint: ${world.simulator.endpoint}
    allowInsecure: true
    tasks: [task-1]
channels:
  cutover: { type: webhook, url: "https://localhost:${port}/canary-hook?canary=1", secret: "\${SIGNING_SECRET}", allowInsecure: true }
settings: { heartbeat: { url: "https://localhost:${port}/canary-beat", allowInsecure: true } }
`;
  await writeFile(join(folder, 'watch.yml'), config);
}

describe('the program', () => {
  test('trusts the authorities of NODE_EXTRA_CA_CERTS, and mentions it when it is not set', async () => {
    const { port, paths } = await secureReceiver();
    await configure(port);
    const refused = await run(['--once'], {});
    expect(refused.out).toContain('NODE_EXTRA_CA_CERTS');
    expect(paths).toEqual([]);
    const { out } = await run(['--once', '--state', 'other.db'], TRUSTED);
    expect(out).not.toContain('NODE_EXTRA_CA_CERTS');
    expect(paths).toEqual(['POST /canary-hook?canary=1', 'GET /canary-beat']);
  });

  test('uses the proxies of the environment for looks, channels and the heartbeat', async () => {
    const { port, paths } = await secureReceiver();
    await configure(port);
    const { host } = world.simulator.endpoint;
    const proxy = await proxyServer({
      hosts: { [`localhost:${port}`]: port, [host]: Number(world.simulator.endpoint.port) },
      authorization: `Basic ${btoa('user:canary')}`,
    });
    const address = `http://user:canary@127.0.0.1:${proxy.port}`;
    const { code, out, err } = await run(['--once'], {
      ...TRUSTED,
      HTTPS_PROXY: address,
      http_proxy: address,
    });
    expect([code, err]).toEqual([0, '']);
    expect(paths).toEqual(['POST /canary-hook?canary=1', 'GET /canary-beat']);
    const looks = proxy.asked.filter((asked) => asked.startsWith(`GET http://${host}/v2/`));
    const tunnels = proxy.asked.filter((asked) => asked === `CONNECT localhost:${port}`);
    expect(looks.length).toBeGreaterThan(0);
    expect(tunnels.length).toBeGreaterThan(0);
    expect(looks.length + tunnels.length).toBe(proxy.asked.length);
    expect(out).not.toContain('canary');
  });

  test('rehearses locally without a proxy', async () => {
    const proxy = await proxyServer({ refuseWith: 403 });
    const address = `http://127.0.0.1:${proxy.port}`;
    const { code, err } = await run(['--scenario', 'failure'], { HTTP_PROXY: address, HTTPS_PROXY: address });
    expect([code, err]).toEqual([0, '']);
    expect(proxy.asked).toEqual([]);
  });

  test('rehearses to its own channels through the proxy, and simulates DCS without it', async () => {
    const { port } = await secureReceiver();
    const config = `
projects: [{ id: x, region: cn-north-4, tasks: [x] }]
channels: { ops: { type: slack, url: "https://localhost:${port}/canary-hook", allowInsecure: true } }
`;
    await writeFile(join(folder, 'watch.yml'), config);
    const proxy = await proxyServer({ hosts: { [`localhost:${port}`]: port } });
    const address = `http://127.0.0.1:${proxy.port}`;
    const env = { ...TRUSTED, HTTP_PROXY: address, HTTPS_PROXY: address };
    await run(['--rehearse', '--scenario', 'failure'], env);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT localhost:${port}`]));
  });

  test('names a proxy that fails, and never its password', async () => {
    const { port } = await secureReceiver();
    await configure(port);
    const proxy = await proxyServer({ refuseWith: 403 });
    const address = `http://user:canary@127.0.0.1:${proxy.port}`;
    const { out, err } = await run(['--once'], { HTTPS_PROXY: address });
    expect(proxy.asked.length).toBeGreaterThan(0);
    expect(out).toContain(
      `the proxy 127.0.0.1:${proxy.port} refused to connect to localhost:${port} (HTTP 403)`,
    );
    expect(out + err).not.toContain('canary');
  });

  test('refuses to start with an invalid proxy, without its address', async () => {
    await configure(1);
    const { code, err } = await run(['--once'], { HTTPS_PROXY: 'socks5://user:canary@127.0.0.1:1080' });
    expect(code).toBe(2);
    expect(err).toContain('the environment variable HTTPS_PROXY is not the address of an HTTP proxy');
    expect(err).not.toContain('canary');
  });

  test.each([
    ['undici', SOURCES],
    ['fetch', SOURCES],
    ['websocket', SOURCES],
    ['http,https,net,tls,stream,undici,fetch', SOURCES],
    ['*', SOURCES],
    ['undici', PROGRAM],
    ['*', PROGRAM],
  ])('prints no URL of a channel with NODE_DEBUG=%s (%s)', async (NODE_DEBUG, program) => {
    const { port, paths } = await secureReceiver();
    await configure(port);
    const proxy = await proxyServer({ hosts: { [`localhost:${port}`]: port } });
    const HTTPS_PROXY = `http://user:canary@127.0.0.1:${proxy.port}`;
    const { out, err } = await run(['--once'], { ...TRUSTED, NODE_DEBUG, HTTPS_PROXY }, program);
    expect(paths).toContain('POST /canary-hook?canary=1');
    expect((out + err).split('\n').filter((line) => /canary|Y2FuYXJ5/.test(line))).toEqual([]);
  });

  test.each(['undici', 'fetch', '*'])('would have printed them with NODE_DEBUG=%s', async (NODE_DEBUG) => {
    const { port } = await secureReceiver();
    const script = join(folder, 'plain.cjs');
    const undici = resolve('node_modules/undici');
    await writeFile(script, `require(${JSON.stringify(undici)}).request('https://localhost:${port}/canary')`);
    const { err } = await run([], { ...TRUSTED, NODE_DEBUG }, script);
    expect(err).toMatch(/sending request to GET https:\/\/localhost:\d+\/canary/);
  });
});

describe('the AWS clients', () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
    await dynalite.createTable('state');
  });
  afterAll(() => dynalite.close());

  /** The table behind TLS. */
  async function secureTable(): Promise<number> {
    const behind = Number(new URL(dynalite.endpoint).port);
    const server = createTlsServer(
      { cert: fixture('localhost.crt'), key: fixture('server.key') },
      (socket) => {
        const table = tcpConnect({ host: '127.0.0.1', port: behind });
        socket.on('error', () => table.destroy());
        table.on('error', () => socket.destroy());
        socket.pipe(table).pipe(socket);
      },
    );
    return listening(server);
  }

  const listDeliveries = (endpoint: string, env: Readonly<Record<string, string>>) =>
    run(['deliveries', 'list'], {
      ...dynalite.env,
      ...TRUSTED,
      STATE_TABLE: 'state',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    });

  test.each([
    ['https', 'HTTPS_PROXY'],
    ['http', 'HTTP_PROXY'],
  ])('use a proxy to an %s:// endpoint', async (scheme, variable) => {
    await configure(1);
    const port = scheme === 'https' ? await secureTable() : Number(new URL(dynalite.endpoint).port);
    const proxy = await proxyServer({
      hosts: { [`localhost:${port}`]: port },
      authorization: `Basic ${btoa('user:canary')}`,
    });
    const before = dynalite.requests.Query;
    const { code, err } = await listDeliveries(`${scheme}://localhost:${port}`, {
      [variable]: `http://user:canary@127.0.0.1:${proxy.port}`,
    });
    expect([code, err]).toEqual([0, '']);
    expect(dynalite.requests.Query).toBeGreaterThan(before);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT localhost:${port}`]));
  });

  test('bypass the proxy for a host that NO_PROXY names', async () => {
    await configure(1);
    const port = await secureTable();
    const proxy = await proxyServer();
    const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
    const { code } = await listDeliveries(`https://localhost:${port}`, {
      HTTPS_PROXY,
      NO_PROXY: 'localhost',
    });
    expect(code).toBe(0);
    expect(proxy.asked).toEqual([]);
  });

  test('name a proxy that fails, and never its password', async () => {
    await configure(1);
    const proxy = await proxyServer({ refuseWith: 407 });
    const HTTPS_PROXY = `http://user:canary@127.0.0.1:${proxy.port}`;
    const { code, err } = await listDeliveries('https://localhost:1', { HTTPS_PROXY });
    expect(code).toBe(1);
    expect(err).toContain(
      `The DynamoDB table state cannot be reached: the proxy 127.0.0.1:${proxy.port} refused the user name or password to reach localhost:1 (HTTP 407); check the user name and password in HTTPS_PROXY.`,
    );
    expect(err).not.toContain('canary');
    expect(proxy.asked.length).toBeGreaterThan(0);
  });
});
