import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { systemClock } from '../../lib/base/time/system-clock.ts';
import { placeOf } from '../../lib/channels/index.ts';
import { visitFindings } from '../../lib/checkup/channel/visited.ts';
import { refusalExplained } from '../../lib/checkup/project/answers.ts';
import { ANSWERS } from '../../lib/events/answer.ts';
import { readProxies } from '../../lib/http/proxies.ts';
import { en } from '../../lib/language/en.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import { mailServer } from '../channels/email/mail-server.ts';
import { sampleOf, TYPES } from '../channels/samples.ts';
import { proxyServer } from '../http/proxy-server.ts';
import { client, fixture, tlsServer, toLoopback } from '../http/servers.ts';
import { channelSchema } from '../support/channel-types.ts';
import { SIGNING_SECRET } from '../support/world.ts';
import { channel, checked, faultsIn, findingsOf, goodWorld, OTHER_TASK, TASK } from './place.ts';

const ca = fixture('ca.crt');
const SETTINGS = { allowInsecure: true, secret: SIGNING_SECRET };

describe('check', () => {
  it('finds nothing wrong where nothing is', async () => {
    const sections = await checked(await goodWorld());
    expect(faultsIn(sections)).toEqual([]);
    expect(findingsOf(sections).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });

  it('goes on after each failure', async () => {
    const world = await goodWorld();
    world.simulator.fault('key locked', 100);
    const sections = await checked(world, {
      http: client({ lookup: toLoopback }),
      channels: channel({ type: 'slack', url: 'https://slack.example.com/' }),
    });
    const places = sections.filter((section) => faultsIn([section]).length > 0).map(({ kind }) => kind);
    expect(places).toEqual(['project', 'channel']);
    expect(sections.map(({ kind }) => kind)).toContain('state');
  });

  it('asks once with a key that is refused, however many projects use it', async () => {
    const world = await goodWorld({
      projects: [
        { name: 'one', tasks: [TASK] },
        { name: 'two', tasks: [OTHER_TASK] },
      ],
    });
    const [first] = world.config.projects;
    const secretKey = new Secret('wrong');
    const projects = world.config.projects.map((project) => ({
      ...project,
      credentials: { accessKey: first?.credentials.accessKey ?? secretKey, secretKey },
    }));
    const sections = await checked(world, { projects });
    expect(world.simulator.refusals).toBe(1);
    expect(faultsIn(sections).map(({ what }) => what)).toEqual(['key']);
  });

  it('does not show a key to anybody whose halves are swapped', async () => {
    const world = await goodWorld();
    const credentials = { accessKey: new Secret('k'.repeat(40)), secretKey: new Secret('A'.repeat(20)) };
    await checked(world, { project: { credentials } });
    expect(world.simulator.calls.list).toBe(0);
  });

  it('reports the permissions that a key has although the project has no task', async () => {
    const world = await goodWorld({ tasks: [] });
    world.simulator.setTask(TASK, null);
    const sections = await checked(world, { project: { tasks: [], discover: { labels: {} } } });
    expect(faultsIn(sections)).toEqual([]);
    expect(world.simulator.calls).toEqual({ list: 1, show: 1, stats: 1, logs: 1 });
  });

  it('keeps to the permitted rate, and takes the list for tasks that it has no time to look at', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `${i}`.padStart(32, 'a'));
    const world = await goodWorld({ tasks: ids, settings: { requestsPerSecond: 2 } });
    for (const id of ids) {
      world.status(id, 'INCRMIGEATING');
      world.simulator.setListed(id, { task_id: id });
    }
    const sections = await checked(world);
    expect(faultsIn(sections)).toEqual([]);
    const words = findingsOf(sections).flatMap((one) => (one.what === 'task' ? one.words : []));
    expect(words).toHaveLength(60);
    const { calls } = world.simulator;
    expect(calls.show).toBeGreaterThan(15);
    expect(calls.show).toBeLessThan(30);
    expect(words.filter((one) => one.includes('in the list'))).toHaveLength(60 - calls.show);
    expect(calls).toMatchObject({ list: 1, stats: 1, logs: 1 });
  });

  it('is over within half a minute where every host is silent', { timeout: 60_000 }, async () => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const slack = { type: 'slack', url: `https://127.0.0.1:${port}/`, allowInsecure: true };
    const mail = { type: 'email', from: 'a@example.com', to: ['b@example.com'], allowInsecure: true };
    const channels = {
      ops: channelSchema.parse(slack),
      mail: channelSchema.parse({ ...mail, url: `smtp://127.0.0.1:${port}` }),
      secure: channelSchema.parse({ ...mail, url: `smtps://127.0.0.1:${port}` }),
    };
    const startedAt = performance.now();
    const sections = await checked(await goodWorld(), {
      clock: systemClock,
      channels,
      project: { endpoint: new URL(`http://127.0.0.1:${port}`) },
    });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(faultsIn(sections).map(({ what }) => what)).toEqual(['endpoint', 'name', 'name', 'name']);
  });
});

describe('a visit', () => {
  it('sends no byte of a request to a server that speaks TLS', async () => {
    let bytes = 0;
    const server = await tlsServer('localhost', {}, (tls) =>
      tls.on('secureConnection', (socket) =>
        socket.on('data', (data: Buffer) => {
          bytes += data.length;
        }),
      ),
    );
    const http = client({ ca, lookup: toLoopback });
    const channels = channel({ type: 'webhook', url: server.url('/secret-path').href, ...SETTINGS });
    const sections = await checked(await goodWorld(), { http, channels });
    expect(faultsIn(sections)).toEqual([]);
    expect(findingsOf(sections).find(({ what }) => what === 'TLS')?.words).toMatch(
      /^TLSv1\.3, certificate until \d{4}-\d\d-\d\d$/,
    );
    expect({ bytes, connections: server.connections() }).toEqual({ bytes: 0, connections: 1 });
  });

  it('goes through the tunnel of a proxy', async () => {
    const server = await tlsServer('localhost');
    const host = `localhost:${server.port}`;
    const proxy = await proxyServer({ hosts: { [host]: server.port } });
    const { proxies } = readProxies({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '127.0.0.1' });
    const http = client({ ca, proxies });
    const channels = channel({ type: 'webhook', url: server.url('/hook').href, ...SETTINGS });
    const sections = await checked(await goodWorld(), { http, channels, ...(proxies && { proxies }) });
    expect(faultsIn(sections)).toEqual([]);
    expect(proxy.asked).toEqual([`CONNECT ${host}`]);
    expect(findingsOf(sections).find(({ what }) => what === 'name')?.words).toBe(
      `${host} answers through the proxy 127.0.0.1:${proxy.port}`,
    );
  });

  it('asks no proxy to pass a request on, where a channel speaks plain HTTP', async () => {
    const world = await goodWorld();
    const proxy = await proxyServer();
    const { proxies } = readProxies({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '127.0.0.1' });
    const http = client({ proxies, lookup: toLoopback });
    const channels = channel({ type: 'webhook', url: 'http://ci.internal/hook', ...SETTINGS });
    const sections = await checked(world, { http, channels, ...(proxies && { proxies }) });
    expect(faultsIn(sections)).toEqual([]);
    expect(proxy.asked).toEqual([]);
    expect(findingsOf(sections).find(({ what }) => what === 'name')?.words).toMatch(/through the proxy/);
  });

  it('warns of a certificate that ends within two weeks', () => {
    const now = Date.parse('2026-01-05T00:00:00Z');
    const facts = { address: 'ci.example.com:443', isSecure: true };
    const outcomes = [13, 15].map((days) => {
      const validUntil = now + days * 24 * 3_600_000;
      return visitFindings({ kind: 'open', tls: { version: 'TLSv1.3', validUntil } }, facts, now)[1]?.outcome;
    });
    expect(outcomes).toEqual(['warning', 'ok']);
  });

  it('shows the client certificate of a channel', async () => {
    const wanting = { requestCert: true, rejectUnauthorized: true, ca };
    const server = await tlsServer('localhost', wanting);
    const http = client({ ca, lookup: toLoopback });
    const clientCertificate = { cert: fixture('client.crt'), key: fixture('client.key') };
    const url = server.url('/hook').href;
    const channels = channel({ type: 'webhook', url, clientCertificate, ...SETTINGS });
    expect(faultsIn(await checked(await goodWorld(), { http, channels }))).toEqual([]);
  });

  it('signs in at a mail server, and begins no mail', async () => {
    const server = await mailServer();
    const url = `smtp://user:password@127.0.0.1:${server.port}`;
    const channels = channel({
      type: 'email',
      url,
      from: 'watch@example.com',
      to: ['dba@example.com'],
      allowInsecure: true,
    });
    server.refuse('MAIL FROM', 550);
    const sections = await checked(await goodWorld(), { channels });
    expect(faultsIn(sections)).toEqual([]);
    expect(findingsOf(sections).find(({ what }) => what === 'sign-in')?.words).toBe('accepted');
    expect({ mails: server.mails, connections: server.connections() }).toEqual({ mails: [], connections: 1 });
  });

  it.each(TYPES)('knows where %s sends to, without its path', async (type) => {
    const { settings, place } = sampleOf(type);
    const url = place === 'url' ? { url: 'https://hook.example.com/canary' } : {};
    const config = channelSchema.parse({
      type,
      ...url,
      ...settings,
      ...(type === 'webhook' && { secret: SIGNING_SECRET }),
    });
    expect((await placeOf(config)).hostname).toMatch(/\./);
  });
});

describe('the state', () => {
  it('is left as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'watch.db');
    const item = { key: { partition: 'p', id: 'a' }, rev: 1, nonce: 'n', body: '{}' };
    const now = Date.now;
    const before = openSqliteStore({ file, now });
    await before.save(item);
    await before.close();

    for (const _ of [1, 2]) {
      const sections = await checked(await goodWorld(), { state: { kind: 'sqlite', file } });
      expect(faultsIn(sections)).toEqual([]);
    }
    const after = openSqliteStore({ file, now });
    expect(await after.load('p')).toEqual([item]);
    expect(await after.load('check')).toEqual([]);
    await after.close();
    expect(readdirSync(folder)).toEqual(['watch.db']);
  });

  it('is not made where it is not there yet', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const sections = await checked(await goodWorld(), {
      state: { kind: 'sqlite', file: join(folder, 'a', 'b', 'watch.db') },
    });
    expect(faultsIn(sections)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the words about an answer of DCS', () => {
  it.each(ANSWERS)('say what to do about %s', (code) => {
    const answer = { code, httpStatus: 400, words: 'is not good' };
    const { words, advice } = refusalExplained({ answer, detail: en.prose.answer(answer) });
    expect(words).not.toMatch(/\. ?$/);
    expect(advice).toMatch(/^[A-Z].{10,}[.?]$/);
  });
});
