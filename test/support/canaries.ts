import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Logger } from '@aws-lambda-powertools/logger';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { onTestFinished, vi } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import type { HttpClient, HttpRequest } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb/dynamodb.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { describe as inWords, jsonLine, textLine } from '../../lib/telemetry/describe.ts';
import type { LogEntry } from '../../lib/telemetry/log.ts';
import { HTTP_TYPES, sampleOf, secretsOf, TYPES } from '../channels/samples.ts';
import { failingLookup, rawServer, tlsServer, toLoopback } from '../http/servers.ts';
import type { TestClock } from './clock.ts';
import type { ReceivedRequest, ReceiverAnswer } from './receiver.ts';
import type { Dynalite } from './store-dynalite.ts';
import {
  type ChannelSettings,
  createWorld,
  IN_STEP,
  keptOpen,
  type World,
  type WorldOptions,
} from './world.ts';

/** What the simulated API knows. */
export const CREDENTIALS = {
  accessKey: 'CANARYACCESSKEY00001',
  secretKey: 'canary-"secret"\\key&<5kQ>+/=',
  securityToken: 'canary.of+a/security.token==3Vd',
} as const;

const HEARTBEAT = 'canary-of-a-heartbeat-7Qd';

/** Passwords of a length and a form that only the words around them show to be some. */
export const SHORT = ['c4nary-Pw7', 'kAn,ar1e&'] as const;

/** Everything that must not turn up anywhere but in the one request that needs it. */
export const CANARIES: readonly string[] = [
  HEARTBEAT,
  ...SHORT,
  ...SIMULATED_PASSWORDS,
  ...Object.values(CREDENTIALS),
  ...TYPES.flatMap(secretsOf),
];

const [SOURCE, TARGET] = SIMULATED_PASSWORDS;

/** What the service may write about a migration: passwords where they stand in such texts, and what a request carried. */
const REPORTS = [
  `Cannot log in to redis://default:${SHORT[0]}@192.168.1.2:6379 (masterauth ${SHORT[1]}).`,
  `AUTH default ${SHORT[0]} was refused by the target`,
  `source.password_raw = ${SHORT[1]} tls_key_file_pass=${SHORT[0]}`,
  `{"command":"migrate","password":"${SHORT[1]}","target":{\\"password\\":\\"${SHORT[0]}\\"}}`,
  `CONFIG SET requirepass "${SHORT[0]}" failed; redis-cli -h 192.168.1.31 -a ${SHORT[1]} ping timed out`,
  `目标实例密码：${SHORT[0]}`,
  `who is ${CREDENTIALS.accessKey}, and what is ${CREDENTIALS.secretKey} or ${CREDENTIALS.securityToken}?`,
  `set password to ${SHORT[1]}\nconnection refused`,
  `neither ${SOURCE} nor ${TARGET} is a word`,
];

/** What is left of them. */
export const REPORTED = [
  'Cannot log in to',
  'was refused by the target',
  'source.password_raw',
  'CONFIG SET',
  '目标实例密码',
  'who is',
  'connection refused',
  'is a word',
] as const;

/** Fields that nobody has asked for. */
const UNASKED = {
  password: SOURCE,
  target_instance_password: TARGET,
  source_instance: { password: SOURCE, addrs: `redis://:${SOURCE}@192.168.1.2:6379` },
  message: `AUTH ${TARGET}`,
};

/** Has the list, the figures and the log of each task hold canaries, wherever a text of the service may. */
export function confide({ simulator }: World, tasks: readonly string[]): void {
  for (const [index, task] of tasks.entries()) {
    // The newest five are reported.
    const reports = [...REPORTS.slice(2 * index), ...REPORTS.slice(0, 2 * index)];
    const data_source = `redis://default:${SOURCE}@192.168.1.2:6379`;
    simulator.setListed(task, { ...UNASKED, error_message: reports.at(-1), data_source });
    const figures =
      index === 0 ? { ...IN_STEP, offset: SOURCE, source_dbsize: `password=${TARGET}` } : IN_STEP;
    simulator.setStats(task, { ...UNASKED, ...figures });
    const line = (message: string, minute: number) => ({
      ...UNASKED,
      created_at: `2026-01-05T02:0${minute}:00Z`,
      log_level: 'ERROR',
      log_code: `auth ${SHORT[0]}`,
      keyword: [`password=${SHORT[1]}`, 'pwd', SOURCE],
      message,
    });
    simulator.setLogs(task, reports.map(line));
  }
}

export function pathOf(type: string, name: string): string {
  const [path, query] = sampleOf(type).secrets.url;
  return `/services/${path}/${name}?token=${query}`;
}

/** A receiver that says everything it got in its answer: body, a header, and how long to wait. */
const echoing =
  (status: number, word?: string) =>
  ({ path, headers, body }: ReceivedRequest): ReceiverAnswer => ({
    status,
    headers: {
      'x-echo': [path, String(headers.authorization)],
      location: `https://elsewhere.example${path}`,
      ...(status === 503 && { 'retry-after': path }),
    },
    body: word ?? JSON.stringify({ path, headers, body }),
  });

/** Every way in which a receiver takes or refuses what it gets. */
const ANSWERS: Readonly<Record<string, ReceiverAnswer | ((request: ReceivedRequest) => ReceiverAnswer)>> = {
  takes: { status: 200, body: 'ok' },
  'takes-and-echoes': echoing(200),
  fails: echoing(500),
  overloaded: echoing(503),
  rests: echoing(429),
  denies: echoing(401),
  redirects: echoing(302),
  refuses: echoing(422),
  'refuses-form': echoing(400, 'invalid_blocks'),
  gone: echoing(410),
  breaks: 'reset',
  late: 'late',
};
/** Waiting takes real time, so a receiver is late only so often; from then on it breaks connections. */
const LATE_TIMES = 2;

/** Places at which there is no such receiver, as the origins of URLs. */
async function places(): Promise<Readonly<Record<string, object>>> {
  const echo = await rawServer((socket) => {
    socket.once('data', () => undefined);
    socket.end('NOT HTTP: canary-of-an-answer\r\n\r\n');
  });
  const untrusted = await tlsServer('self-signed');
  return {
    'no-http': { origin: `http://127.0.0.1:${echo.port}` },
    untrusted: { origin: `https://localhost:${untrusted.port}` },
    nameless: { origin: 'https://nameless.example' },
    private: { origin: `https://private.example:${untrusted.port}`, allowInsecure: false },
  };
}

/** All types of their kind send as these do: each of them meets every receiver and every place. */
const MODELS: ReadonlySet<string> = new Set(['slack', 'webhook']);
/** One receiver for each class of outcome. */
const ONE_EACH = ['takes', 'takes-and-echoes', 'refuses', 'refuses-form', 'fails', 'rests', 'gone'];

function receiversOf(type: string, chosen: readonly string[] | undefined): readonly string[] {
  if (MODELS.has(type)) return chosen ?? Object.keys(ANSWERS);
  return chosen === undefined ? ONE_EACH : chosen.slice(0, 1);
}

/** Channels of every type at these receivers; without a choice, at every receiver. */
async function channelsOf(receivers: readonly string[] | undefined): Promise<ChannelSettings> {
  const elsewhere = receivers === undefined ? await places() : {};
  const channels: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const type of HTTP_TYPES) {
    const { place, settings: own } = sampleOf(type);
    const settings = { type, ...own };
    for (const name of receiversOf(type, receivers)) {
      channels[`${type}-${name}`] = { ...settings, path: pathOf(type, name) };
    }
    for (const [name, there] of MODELS.has(type) ? Object.entries(elsewhere) : []) {
      const { origin, ...more } = { origin: '', ...there };
      channels[`${type}-${name}`] = { ...settings, [place]: origin + pathOf(type, name), ...more };
    }
  }
  return channels;
}

/** What never answers is not waited for. */
const IMPATIENT_MS = 500;

/** The same as a configuration file for a program of its own: its secrets are in its environment. */
export function fileFor({ world }: Pick<CanaryWorld, 'world'>): {
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const { config, receiver, simulator } = world;
  // Most channels are broken here, so it is the failing heartbeat that is called.
  const url = receiver.url(`/${HEARTBEAT}`);
  const settings = { heartbeat: { url, fail: url, allowInsecure: true } };
  const channels = HTTP_TYPES.flatMap((type) =>
    receiversOf(type, undefined)
      .filter((name) => name !== 'late')
      .map((name) => {
        const url = receiver.url(pathOf(type, name));
        const { place, settings } = sampleOf(type);
        return [`${type}-${name}`, { type, [place]: url, allowInsecure: true, ...settings }];
      }),
  );
  const projects = config.projects.map(({ id, tasks }) => ({
    id,
    endpoint: simulator.endpoint.href,
    allowInsecure: true,
    region: 'cn-north-4',
    credentials: { accessKey: '${AK}', secretKey: '${SK}', securityToken: '${TOKEN}' },
    tasks: tasks.map((task) => task.id),
  }));
  const { accessKey, secretKey, securityToken } = CREDENTIALS;
  return {
    text: JSON.stringify({ projects, channels: Object.fromEntries(channels), settings }),
    env: { AK: accessKey, SK: secretKey, TOKEN: securityToken },
  };
}

/** The one door to the network: what goes through it is remembered. */
function watchedDoor(): HttpClient & { readonly requests: readonly HttpRequest[] } {
  const words = CANARIES.join(' ');
  const http = createHttpClient({
    lookup: (host, options, callback) =>
      host === 'nameless.example'
        ? failingLookup('ENOTFOUND', words)(host, options, callback)
        : toLoopback(host, options, callback),
  });
  const requests: HttpRequest[] = [];
  return {
    requests,
    request(request, limits) {
      requests.push(request);
      const isInVain = /\/(?:late|migration-tasks?)(?:\/.*)?$/.test(request.url.pathname);
      return http.request(request, isInVain ? { ...limits, timeoutMs: IMPATIENT_MS } : limits);
    },
    close: () => http.close(),
  };
}

/** A store of which everything that is ever written is kept, and its bytes can be read past it. */
interface Place {
  readonly store: Store;
  readonly written: readonly string[];
  bytes(): Promise<readonly string[]>;
}

export type OpenPlace = (clock: TestClock) => Promise<Place>;

export function watched(
  store: Store,
  bytes: (partitions: readonly string[]) => Promise<readonly string[]>,
): Place {
  const written: string[] = [];
  const partitions = new Set<string>();
  return {
    written,
    bytes: () => bytes([...partitions]),
    store: {
      ...store,
      save: (item) => {
        written.push(JSON.stringify(item));
        partitions.add(item.key.partition);
        return store.save(item);
      },
    },
  };
}

/** The three stores; of the table, the items as the API stores them. */
export function placesOn(dynalite: () => Dynalite): Readonly<Record<string, OpenPlace>> {
  return {
    memory: async ({ now }) => watched(createMemoryStore({ now }), async () => []),

    SQLite: async ({ now }) => {
      const file = join(await mkdtemp(join(tmpdir(), 'dcs-migration-watch-secrets-')), 'watch.db');
      return watched(openSqliteStore({ file, now }), () => bytesOfDatabase(file));
    },

    DynamoDB: async ({ now }) => {
      const table = `secrets-${randomUUID()}`;
      await dynalite().createTable(table);
      const client = createDynamoClient(dynalite().settings);
      return watched(openDynamoStore({ table, now, client }), (partitions) =>
        itemsOf(dynalite(), table, partitions),
      );
    },
  };
}

/** Partitions of a table, as the API has them stored. */
export function itemsOf(
  { settings }: Dynalite,
  table: string,
  partitions: readonly string[],
): Promise<string[]> {
  const client = createDynamoClient(settings);
  return Promise.all(
    partitions.map(async (partition) => {
      const query = new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
      });
      return JSON.stringify((await client.send(query)).Items);
    }),
  );
}

/** Every byte of an SQLite file and of its write-ahead log (if it is open still), as characters of one byte. */
export function bytesOfDatabase(file: string): Promise<string[]> {
  const paths = [file, `${file}-wal`].filter((path) => existsSync(path));
  return Promise.all(paths.map((path) => readFile(path, 'latin1')));
}

/** What a program left behind, by place: everything that it wrote, logged, sent or returned. */
export type Evidence = ReadonlyMap<string, readonly string[]>;

/** A world with a canary in every secret place, on a store whose every byte can be read. */
export interface CanaryWorld {
  readonly world: World;
  readonly http: ReturnType<typeof watchedDoor>;
  tick(): Promise<void>;
  evidence(): Promise<Evidence>;
}

export async function createCanaryWorld(
  open: OpenPlace,
  { receivers, ...options }: WorldOptions & { readonly receivers?: readonly string[] } = {},
): Promise<CanaryWorld> {
  const clockless: { place?: Place } = {};
  const world = await createWorld({
    credentials: CREDENTIALS,
    channels: await channelsOf(receivers),
    stats: 'realistic',
    ...options,
    store: async (clock) => {
      clockless.place = await open(clock);
      return clockless.place.store;
    },
  });
  const { place } = clockless;
  if (place === undefined) throw new Error('the world did not open its store');
  for (const type of HTTP_TYPES) {
    for (const [name, answer] of Object.entries(ANSWERS)) world.receiver.answer(pathOf(type, name), answer);
    world.receiver.answer(pathOf(type, 'takes'), { status: 200, body: sampleOf(type).taken });
    const late = pathOf(type, 'late');
    world.receiver.answer(late, () => (world.receiver.at(late).length > LATE_TIMES ? 'reset' : 'late'));
  }
  const url = new Secret(world.receiver.url(`/${HEARTBEAT}`));
  const settings = { ...world.config.settings, heartbeat: { url, fail: url, allowInsecure: true } };
  const config = { ...world.config, settings };
  world.receiver.answer(`/${HEARTBEAT}`, (request) =>
    world.receiver.at(`/${HEARTBEAT}`).length % 2 === 0 ? 'reset' : echoing(404)(request),
  );
  const http = watchedDoor();
  onTestFinished(async () => {
    await http.close();
    await world.close();
  });
  const returned: string[] = [];

  return {
    world,
    http,
    async tick() {
      const ended = await world
        .tick({ http, config, store: keptOpen(place.store) })
        .catch((error: unknown) => inspect(error, { depth: 9, showHidden: true }));
      returned.push(JSON.stringify(ended));
    },
    async evidence() {
      const { log } = world;
      return new Map<string, readonly string[]>([
        ['what was stored', place.written],
        ['the bytes of the store', await place.bytes()],
        ['the log as text', log.map((entry) => textLine(entry, new Date(0)))],
        ['the log as JSON', log.map((entry) => jsonLine(entry, new Date(0)))],
        ['the log of the function', powertoolsLines(log)],
        ['what a tick returned or threw', returned],
        ['the configuration, printed', [inspect(config, { depth: 20, showHidden: true })]],
        ...sentBy(http.requests, world),
      ]);
    },
  };
}

/** The lines that the function's logger writes. */
function powertoolsLines(log: readonly LogEntry[]): string[] {
  const lines: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      lines.push(String(chunk));
      return true;
    }),
  );
  const logger = new Logger();
  for (const entry of log) {
    const { level, message, fields } = inWords(entry);
    logger[level](message, fields);
  }
  for (const spy of spies) spy.mockRestore();
  return lines;
}

const OF_OTHERS = {
  DCS: { url: [], headers: [CREDENTIALS.accessKey, CREDENTIALS.securityToken], body: [] },
  'the heartbeat': { url: [HEARTBEAT], headers: [], body: [] },
} as const;

/** What left the house, without what must be there: a channel's own URL and header, the key's name and token. */
function sentBy(requests: readonly HttpRequest[], { simulator }: World): [string, readonly string[]][] {
  const texts = new Map<string, string[]>();
  const note = (where: string, text: string, needed: readonly string[]) => {
    const left = needed.reduce((rest, secret) => rest.replaceAll(secret, ''), text);
    texts.set(where, [...(texts.get(where) ?? []), left]);
  };
  for (const { url, headers, body = '' } of requests) {
    const type = HTTP_TYPES.find((one) => url.pathname.includes(sampleOf(one).secrets.url[0] ?? '?'));
    const elsewhere = url.origin === simulator.endpoint.origin ? 'DCS' : 'the heartbeat';
    const to = type ?? elsewhere;
    const needed = type === undefined ? OF_OTHERS[elsewhere] : sampleOf(type).secrets;
    note(`URLs to ${to}`, url.href, needed.url);
    note(`headers to ${to}`, Object.values(headers).join('\n'), needed.headers);
    note(`bodies to ${to}`, body, needed.body);
  }
  return [...texts];
}
