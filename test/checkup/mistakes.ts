import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { refusedConfiguration } from '../../lib/checkup/configuration.ts';
import type { CheckupSection } from '../../lib/checkup/finding.ts';
import { ConfigError } from '../../lib/config/errors.ts';
import { loadConfig } from '../../lib/config/load.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { readProxies } from '../../lib/http/proxies.ts';
import type { FaultName } from '../../lib/simulator/faults.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import { mailServer } from '../channels/email/mail-server.ts';
import { proxyServer } from '../http/proxy-server.ts';
import { client, failingLookup, fixture, freePort, tlsServer, toLoopback } from '../http/servers.ts';
import { startDynalite } from '../support/store-dynalite.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';
import {
  type Changes,
  channel,
  channelAtReceiver,
  checked,
  goodWorld,
  OTHER_PROJECT,
  OTHER_TASK,
  TASK,
} from './place.ts';

type Sections = Promise<readonly CheckupSection[]>;

const MINUTE_MS = 60_000;
const ca = fixture('ca.crt');

/** A configuration as people write it, good but for the change. */
const GOOD = `projects:
  - id: ${PROJECT_ID}
    region: cn-north-4
    name: prod
    credentials: { accessKey: "\${AK}", secretKey: "\${SK}" }
    tasks: [${TASK}]
channels:
  ops: { type: slack, url: "\${SLACK_URL}" }
  cutover: { type: webhook, url: "https://ci.example.com/hook", secret: "\${WEBHOOK_SECRET}" }
`;
const ENV = {
  AK: ACCESS_KEY,
  SK: SECRET_KEY,
  SLACK_URL: 'https://hooks.slack.com/services/T0/B0/x',
  WEBHOOK_SECRET: SIGNING_SECRET,
};

/** A text in the good configuration that is replaced, or a variable of its environment that is another. */
async function refused(
  change: readonly [from: string, to: string] = ['', ''],
  env: Readonly<Record<string, string>> = {},
): Sections {
  const text = GOOD.replace(change[0], change[1]);
  try {
    await loadConfig({ text, file: 'watch.yml', env: { ...ENV, ...env } });
  } catch (error) {
    if (error instanceof ConfigError) return [refusedConfiguration(error, 'watch.yml')];
    throw error;
  }
  throw new Error('the configuration was taken');
}

/** The simulated API answers all requests like this. */
async function answering(fault: FaultName): Sections {
  const world = await goodWorld();
  world.simulator.fault(fault, 100);
  return checked(world);
}

async function without(kind: 'show' | 'list' | 'stats' | 'logs'): Sections {
  const world = await goodWorld();
  world.simulator.deny(kind);
  return checked(world);
}

async function withKey(accessKey: string, secretKey: string): Sections {
  const world = await goodWorld();
  const credentials = { accessKey: new Secret(accessKey), secretKey: new Secret(secretKey) };
  return checked(world, { project: { credentials } });
}

async function withTask(id: string, changes: Changes = {}): Sections {
  const world = await goodWorld();
  return checked(world, { ...changes, project: { tasks: [{ id, labels: {} }] } });
}

async function withClock(byMs: number): Sections {
  const world = await goodWorld();
  const { clock } = world;
  return checked(world, { clock: { ...clock, now: () => clock.now() + byMs } });
}

/** A webhook at a server with this certificate, and a client that trusts our authority. */
async function atServer(certificate: string, options: Parameters<typeof tlsServer>[1] = {}): Sections {
  const [world, server] = [await goodWorld(), await tlsServer(certificate, options)];
  const http = client({ ca, lookup: toLoopback });
  return checked(world, { http, channels: webhookAt(server.url('/hook').href) });
}

function webhookAt(url: string, more: Readonly<Record<string, unknown>> = {}) {
  return channel({ type: 'webhook', url, allowInsecure: true, secret: SIGNING_SECRET, ...more });
}

/** A channel at the vendor's own address, which is not reached here: the form alone is looked at. */
async function withSettings(settings: Readonly<Record<string, unknown>>): Sections {
  const world = await goodWorld();
  const http = client({ lookup: failingLookup('ENOTFOUND') });
  return checked(world, { http, channels: channel(settings) });
}

async function atServerWith(settings: Readonly<Record<string, unknown>>): Sections {
  const [world, server] = [await goodWorld(), await tlsServer('localhost')];
  const http = client({ ca, lookup: toLoopback });
  return checked(world, { http, channels: webhookAt(server.url('/hook').href, settings) });
}

/** Addresses of this machine count as public ones. */
function throughGuard(http: HttpClient): HttpClient {
  const { openSocket } = http;
  return openSocket === undefined
    ? http
    : { ...http, openSocket: (target, limits) => openSocket(target, { ...limits, allowInsecure: true }) };
}

async function atReceiver(settings: Readonly<Record<string, unknown>>): Sections {
  const world = await goodWorld();
  return checked(world, { channels: channelAtReceiver(world, settings) });
}

async function atMailServer(url: string, more: Readonly<Record<string, unknown>> = {}): Sections {
  const world = await goodWorld();
  const mail = {
    type: 'email',
    url,
    from: 'watch@example.com',
    to: ['dba@example.com'],
    allowInsecure: true,
  };
  return checked(world, { channels: channel({ ...mail, ...more }) });
}

async function withState(prepare: (folder: string) => string | Promise<string>): Sections {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = await prepare(folder);
  return checked(await goodWorld(), { state: { kind: 'sqlite', file } });
}

/** Where the state of another program version, or something else, is. */
function database(file: string, sql: string): string {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
  return file;
}

function ours(folder: string): string {
  const file = join(folder, 'watch.db');
  void openSqliteStore({ file, now: Date.now }).close();
  return file;
}

const LOCKER = fileURLToPath(new URL('../support/sqlite-locker-child.ts', import.meta.url));

/** Another process holds the lock, as a backup or a person in a shell does. */
async function locked(folder: string): Promise<string> {
  const file = ours(folder);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', LOCKER, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  child.stdin.write('exclusive\n');
  await once(child.stdout, 'data');
  return file;
}

/** The SDK of AWS reads its settings from the environment. */
async function onAws(
  prepare: (aws: Awaited<ReturnType<typeof startDynalite>>) => void | Promise<void>,
): Sections {
  const aws = await startDynalite();
  onTestFinished(() => aws.close());
  const before = { ...process.env };
  onTestFinished(() => {
    for (const name of Object.keys(aws.env)) delete process.env[name];
    Object.assign(process.env, before);
  });
  Object.assign(process.env, aws.env);
  await prepare(aws);
  return checked(await goodWorld(), { state: { kind: 'dynamodb', table: 'watch', proxies: undefined } });
}

const NOBODY = 65_534;

/** A state that another user has made, read by one who may only read. */
async function ofAnotherUser(): Sections {
  const folder = mkdtempSync('/tmp/check-');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = ours(folder);
  chmodSync(file, 0o444);
  chmodSync(folder, 0o555);
  const world = await goodWorld();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await checked(world, { state: { kind: 'sqlite', file } });
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o755);
  }
}

/** A mistake that people make, and the check of a configuration that has it and no other. */
export interface Mistake {
  readonly name: string;
  /** Where its finding stands. */
  readonly at: readonly [section: CheckupSection['kind'], what: string];
  /** How else the finding may be than a problem. */
  readonly outcome?: 'warning';
  make(): Sections;
}

/** All that we know how to make. Their rows in docs/troubleshooting.md are in this order. */
export const MISTAKES: readonly Mistake[] = [
  // The configuration.
  {
    name: 'A variable that is not set',
    at: ['configuration', 'setting'],
    make: () => refused(['${SLACK_URL}', '${SLACK_HOOK}']),
  },
  {
    name: 'A region with a typo',
    at: ['configuration', 'setting'],
    make: () => refused(['cn-north-4', 'cn-noth-4']),
  },
  {
    name: 'A type of channel with a typo',
    at: ['configuration', 'setting'],
    make: () => refused(['type: slack', 'type: slak']),
  },
  {
    name: 'A webhook secret that is not base64',
    at: ['configuration', 'setting'],
    make: () => refused(undefined, { WEBHOOK_SECRET: 'whsec_not*base64' }),
  },
  {
    name: 'A webhook secret with a line break',
    at: ['configuration', 'setting'],
    make: () => refused(undefined, { WEBHOOK_SECRET: `${SIGNING_SECRET}\n` }),
  },
  {
    name: 'A key in the file with a blank',
    at: ['configuration', 'setting'],
    make: () => refused(undefined, { AK: `${ACCESS_KEY} ` }),
  },
  {
    name: 'A private address without allowInsecure',
    at: ['configuration', 'setting'],
    make: () => refused(['https://ci.example.com/hook', 'https://10.0.0.7/hook']),
  },
  {
    name: 'A proxy that is no HTTP proxy',
    at: ['configuration', 'setting'],
    make: () => refused(undefined, { HTTPS_PROXY: 'socks5://10.0.0.1:1080' }),
  },
  // The key.
  { name: 'A wrong secret key', at: ['project', 'key'], make: () => withKey(ACCESS_KEY, `${SECRET_KEY}x`) },
  {
    name: 'A wrong access key',
    at: ['project', 'key'],
    make: () => withKey('TESTACCESSKEY0000002', SECRET_KEY),
  },
  {
    name: 'Access key and secret key swapped',
    at: ['project', 'key'],
    make: () => withKey('k'.repeat(40), 'A'.repeat(20)),
  },
  {
    name: 'A key with quotes around it',
    at: ['project', 'key'],
    make: () => withKey(`"${ACCESS_KEY}"`, SECRET_KEY),
  },
  { name: 'A locked key', at: ['project', 'key'], make: () => answering('key locked') },
  { name: 'A wrong security token', at: ['project', 'key'], make: () => answering('token unreadable') },
  { name: 'An expired security token', at: ['project', 'key'], make: () => answering('token expired') },
  // The project.
  {
    name: 'A project of another account or region',
    at: ['project', 'project'],
    make: async () => checked(await goodWorld(), { project: { id: OTHER_PROJECT } }),
  },
  {
    name: 'A project that is frozen',
    at: ['project', 'project'],
    make: () => answering('project unavailable'),
  },
  {
    name: 'A project id with a typo',
    at: ['project', 'project'],
    make: () => answering('project id malformed'),
  },
  {
    name: 'A host that has no DCS API',
    at: ['project', 'endpoint'],
    make: () => answering('API not published'),
  },
  {
    name: 'An endpoint whose name does not resolve',
    at: ['project', 'endpoint'],
    make: async () =>
      checked(await goodWorld(), {
        http: client({ lookup: failingLookup('ENOTFOUND') }),
        channels: {},
        project: { endpoint: new URL('https://dcs.cn-nowhere-4.example'), allowInsecure: false },
      }),
  },
  {
    name: 'An endpoint where nobody listens',
    at: ['project', 'endpoint'],
    make: async () =>
      checked(await goodWorld(), { project: { endpoint: new URL(`http://127.0.0.1:${await freePort()}`) } }),
  },
  {
    name: 'A firewall or portal before the endpoint',
    at: ['project', 'endpoint'],
    make: () => answering('blocked by a firewall'),
  },
  { name: 'Too many requests', at: ['project', 'endpoint'], make: () => answering('throttled') },
  // The permissions.
  { name: 'No permission to read tasks', at: ['project', 'read tasks'], make: () => without('show') },
  { name: 'No permission to list tasks', at: ['project', 'list tasks'], make: () => without('list') },
  { name: 'No permission to read figures', at: ['project', 'read figures'], make: () => without('stats') },
  { name: 'No permission to read logs', at: ['project', 'read logs'], make: () => without('logs') },
  // The tasks.
  { name: 'A task that is not there', at: ['project', 'task'], make: () => withTask(OTHER_TASK) },
  {
    name: 'A task id with a typo',
    at: ['project', 'task'],
    make: () => withTask(TASK.replace('a0a5', 'a0b5')),
  },
  {
    name: 'The id of a project for that of a task',
    at: ['project', 'task'],
    make: () => withTask(PROJECT_ID),
  },
  {
    name: 'The id of an instance for that of a task',
    at: ['project', 'task'],
    make: () => withTask('7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11'),
  },
  {
    name: 'The name of a task for its id',
    at: ['project', 'task'],
    make: () => withTask(`name of ${TASK}`),
  },
  {
    name: 'A task of another project',
    at: ['project', 'task'],
    make: async () => {
      const world = await goodWorld({
        projects: [
          { name: 'prod', tasks: [OTHER_TASK] },
          { name: 'staging', id: OTHER_PROJECT, tasks: [OTHER_TASK] },
        ],
      });
      world.projects['staging']?.status(OTHER_TASK, 'INCRMIGEATING');
      return checked(world);
    },
  },
  {
    name: 'A pattern that matches no task',
    at: ['project', 'discover'],
    outcome: 'warning',
    make: async () =>
      checked(await goodWorld(), { project: { tasks: [], discover: { name: 'order-*', labels: {} } } }),
  },
  // The clock.
  { name: 'A clock that is minutes off', at: ['project', 'clock'], make: () => withClock(6 * MINUTE_MS) },
  {
    name: 'A clock that is a quarter of an hour off',
    at: ['project', 'clock'],
    make: () => withClock(-20 * MINUTE_MS),
  },
  // The way to a channel.
  {
    name: 'A host name that does not resolve',
    at: ['channel', 'name'],
    make: async () =>
      checked(await goodWorld(), {
        http: client({ lookup: failingLookup('ENOTFOUND') }),
        channels: webhookAt('https://ci.exmaple.com/hook'),
      }),
  },
  {
    name: 'A host name that leads to a private address',
    at: ['channel', 'name'],
    make: async () =>
      checked(await goodWorld(), {
        http: client({ lookup: toLoopback }),
        channels: webhookAt('https://ci.example.com/hook', { allowInsecure: false }),
      }),
  },
  {
    name: 'A port where nobody listens',
    at: ['channel', 'name'],
    make: async () =>
      checked(await goodWorld(), { channels: webhookAt(`https://127.0.0.1:${await freePort()}/`) }),
  },
  {
    name: 'A proxy that refuses the way',
    at: ['channel', 'name'],
    make: async () => {
      const { port } = await proxyServer({ refuseWith: 407 });
      const { proxies } = readProxies({ HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '127.0.0.1' });
      return checked(await goodWorld(), {
        http: client({ proxies, lookup: failingLookup('ENOTFOUND') }),
        proxies,
        channels: webhookAt('https://ci.example.com/hook'),
      });
    },
  },
  {
    name: 'A self-signed certificate',
    at: ['channel', 'TLS'],
    make: () => atServer('self-signed'),
  },
  { name: 'An expired certificate', at: ['channel', 'TLS'], make: () => atServer('expired') },
  { name: 'A certificate for another host', at: ['channel', 'TLS'], make: () => atServer('other-host') },
  {
    name: 'A certificate of an unknown authority',
    at: ['channel', 'TLS'],
    make: async () => {
      const server = await tlsServer('localhost');
      const http = client({ lookup: toLoopback });
      return checked(await goodWorld(), { http, channels: webhookAt(server.url('/hook').href) });
    },
  },
  {
    name: 'A port that speaks no TLS',
    at: ['channel', 'TLS'],
    make: async () => {
      const world = await goodWorld();
      const url = world.receiver.url('/hook').replace('http:', 'https:');
      return checked(world, { channels: webhookAt(url) });
    },
  },
  {
    name: 'A server that wants a client certificate',
    at: ['channel', 'TLS'],
    make: () => atServer('localhost', { requestCert: true, rejectUnauthorized: true, ca }),
  },
  // The settings of a channel.
  {
    name: 'A Slack URL that is no incoming webhook',
    at: ['channel', 'settings'],
    make: () => withSettings({ type: 'slack', url: 'https://hooks.slack.com/services/T0/B0' }),
  },
  {
    name: "Another service's URL",
    at: ['channel', 'settings'],
    make: () => withSettings({ type: 'feishu', url: 'https://hooks.slack.com/services/T0/B0/x' }),
  },
  {
    name: 'A Feishu URL that is not of a custom bot',
    at: ['channel', 'settings'],
    make: () => withSettings({ type: 'feishu', url: 'https://open.feishu.cn/open-apis/bot/hook/x' }),
  },
  {
    name: 'The token of a Slack user for that of a bot',
    at: ['channel', 'settings'],
    make: () => atReceiver({ type: 'slack_bot', token: 'xoxp-1-2-3', channel: 'C0123456789' }),
  },
  {
    name: 'A PagerDuty key of a wrong length',
    at: ['channel', 'settings'],
    make: () => atReceiver({ type: 'pagerduty', routingKey: 'u+abcdefghij1234567' }),
  },
  {
    name: 'A DingTalk secret that is something else',
    at: ['channel', 'settings'],
    make: () => atReceiver({ type: 'dingtalk', secret: 'this-is-the-keyword' }),
  },
  {
    name: 'A secret with quotes around it',
    at: ['channel', 'settings'],
    make: () => atReceiver({ type: 'feishu', secret: '"feishu-secret"' }),
  },
  {
    name: 'A secret with a line break',
    at: ['channel', 'settings'],
    make: () => atReceiver({ type: 'feishu', secret: 'feishu-secret\n' }),
  },
  {
    name: 'A client certificate that has expired',
    at: ['channel', 'settings'],
    make: () =>
      atServerWith({
        clientCertificate: { cert: fixture('client-expired.crt'), key: fixture('client.key') },
      }),
  },
  {
    name: 'A heartbeat whose host name does not resolve',
    at: ['heartbeat', 'name'],
    make: async () =>
      checked(await goodWorld(), {
        http: client({ lookup: failingLookup('ENOTFOUND') }),
        channels: {},
        settings: { heartbeat: { url: new Secret('https://hc.exmaple.com/ping'), allowInsecure: false } },
      }),
  },
  // Mail.
  {
    name: 'A mail server without STARTTLS',
    at: ['channel', 'TLS'],
    make: async () => {
      const { port } = await mailServer({ disabledCommands: ['STARTTLS'] });
      const world = await goodWorld();
      const http = client({ lookup: toLoopback });
      const mail = channel({
        type: 'email',
        url: `smtp://mail.example.com:${port}`,
        from: 'watch@example.com',
        to: ['dba@example.com'],
      });
      return checked(world, { channels: mail, http: throughGuard(http) });
    },
  },
  {
    name: 'A mail server that refuses the sign-in',
    at: ['channel', 'sign-in'],
    make: async () => {
      const server = await mailServer();
      server.refuse('AUTH', 535);
      return atMailServer(`smtp://user:password@127.0.0.1:${server.port}`);
    },
  },
  // The state.
  {
    name: 'A folder in which no state can be made',
    at: ['state', 'writable'],
    make: () => withState(() => '/proc/dcs-migration-watch/watch.db'),
  },
  {
    name: 'A state that only others may write',
    at: ['state', 'readable'],
    make: ofAnotherUser,
  },
  {
    name: 'A folder for the state file',
    at: ['state', 'readable'],
    make: () => withState((folder) => folder),
  },
  {
    name: 'A database of another program',
    at: ['state', 'readable'],
    make: () => withState((folder) => database(join(folder, 'notes.db'), 'CREATE TABLE notes (n)')),
  },
  {
    name: 'A state of a newer version',
    at: ['state', 'readable'],
    make: () => withState((folder) => database(ours(folder), 'PRAGMA user_version = 9')),
  },
  {
    name: 'A state file that was emptied',
    at: ['state', 'readable'],
    make: () =>
      withState((folder) => {
        const file = join(folder, 'watch.db');
        writeFileSync(file, '');
        return file;
      }),
  },
  {
    name: 'A state that another process has locked',
    at: ['state', 'readable'],
    make: () => withState(locked),
  },
  {
    name: 'A DynamoDB table that is not there, or in another region',
    at: ['state', 'readable'],
    make: () => onAws(() => undefined),
  },
  {
    name: 'No permission to read the DynamoDB table',
    at: ['state', 'readable'],
    make: () =>
      onAws(async (aws) => {
        await aws.createTable('watch');
        aws.fault('Query', 'denied', 10);
      }),
  },
  {
    name: 'No permission to write the DynamoDB table',
    at: ['state', 'writable'],
    make: () =>
      onAws(async (aws) => {
        await aws.createTable('watch');
        aws.fault('PutItem', 'denied', 10);
      }),
  },
];
