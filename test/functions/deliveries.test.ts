import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb/dynamodb.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { createCommandLine, type Ran } from '../support/command-line.ts';
import { expectNoSecret } from '../support/secrets.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import {
  ACCESS_KEY,
  channelsAt,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const BUILT = resolve('bin/dcs-migration-watch.js');
const HEADER = 'canary-of-a-header-7Gh';
const ENV = { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET, HEADER };

let dynalite: Dynalite;
let client: ReturnType<typeof createDynamoClient>;
let folder: string;
let world: World;
let tables = 0;

beforeAll(async () => {
  dynalite = await startDynalite();
  client = createDynamoClient(dynalite.settings);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-deliveries-'));
  world = await createWorld({ time: 'real' });
  await writeFile(
    join(folder, 'watch.yml'),
    `
projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: ${world.simulator.endpoint}
    allowInsecure: true
    tasks: [task-1]
channels:
  ops: { type: slack, url: "\${SLACK_URL}", allowInsecure: true }
  cutover:
    type: webhook
    url: "${world.receiver.url('/cutover')}"
    secret: "\${SIGNING_SECRET}"
    headers: { authorization: "\${HEADER}" }
    allowInsecure: true
`,
  );
  return async () => {
    await world.close();
    await rm(folder, { recursive: true });
  };
});
afterAll(async () => {
  client.destroy();
  await dynalite.close();
});

/** Runs the command in its folder, with no more environment than it is given. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  // The AWS SDK reads the environment of the process.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const given = { ...ENV, SLACK_URL: world.receiver.url('/ops'), ...env };
  const ran = await createCommandLine({ cwd: folder, env: given }).run(...args);
  vi.unstubAllEnvs();
  return withoutSecrets(ran);
}

/** Runs the command as it is built. */
async function runBuilt(...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [BUILT, ...args], {
    cwd: folder,
    env: { ...ENV, SLACK_URL: world.receiver.url('/ops') },
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return withoutSecrets({ code, out, err });
}

function withoutSecrets(ran: Ran): Ran {
  expectNoSecret(ran.out + ran.err, [
    SECRET_KEY,
    SIGNING_SECRET,
    HEADER,
    world.receiver.url('/ops'),
    world.receiver.url('/cutover'),
  ]);
  return ran;
}

function linesOf({ out }: Ran): string[] {
  return out.split('\n').filter((line) => line !== '');
}

function objectsOf(ran: Ran): Record<string, unknown>[] {
  return linesOf(ran).map((line) => JSON.parse(line));
}

/** Where the state is, how a test opens it, and how the command gets it. */
interface State {
  open(): Store;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const STATES: readonly [name: string, make: () => Promise<State>][] = [
  [
    'a SQLite file',
    async () => {
      const file = join(folder, 'state.db');
      return { open: () => openSqliteStore({ file, now: Date.now }), args: ['--state', file], env: {} };
    },
  ],
  [
    'a DynamoDB table',
    async () => {
      tables += 1;
      const table = `watch-${tables}`;
      await dynalite.createTable(table);
      const open = () => openDynamoStore({ table, now: Date.now, client });
      return { open, args: [], env: { ...dynalite.env, STATE_TABLE: table } };
    },
  ],
];

/** One event that Slack got and the webhook refused. */
async function oneRefused({ open }: State): Promise<void> {
  const store = open();
  world.status('task-1', 'FULLMIGRATING');
  world.receiver.answer('/cutover', { status: 422 });
  expect(await world.tick({ store })).toMatchObject({ delivered: 1, dead: 1 });
  world.receiver.answer('/cutover', { status: 204 });
}

describe.each(STATES)('deliveries, with the state in %s,', (_name, make) => {
  test('are listed as a table', async () => {
    const state = await make();
    await oneRefused(state);
    const ran = await run(['deliveries', 'list', ...state.args], state.env);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const [heading, dead, delivered, ...more] = linesOf(ran);
    expect(heading).toMatch(/^EVENT TIME +STATE +CHANNEL +TASK +EVENT +ATTEMPTS +LAST ATTEMPT +ID$/);
    expect(dead).toMatch(/ dead \(refused\) +cutover +name of task-1 +first_seen → .* permanent HTTP 422 /);
    expect(delivered).toMatch(/ delivered +ops +name of task-1 +first_seen → .* delivered HTTP 200 /);
    expect(more).toEqual(['1 dead: deliveries redrive sends them again; --channel NAME: to one channel']);
  });

  test('wait while a chat is muted, which the command writes and ends', async () => {
    const state = await make();
    await oneRefused(state);
    const muted = [
      'mute',
      '--channel',
      'ops',
      '--for',
      '2h',
      '--why',
      'maintenance',
      '--json',
      ...state.args,
    ];
    const ran = await run(muted, state.env);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(ran.out)).toMatchObject({ scope: 'channel', held: ['ops'], programs: ['cutover'] });
    world.status('task-1', 'INCRMIGEATING');
    expect(await world.tick({ store: state.open() })).toMatchObject({ delivered: 1, pending: 1 });
    const listed = await run(['deliveries', 'list', '--state', 'pending', ...state.args], state.env);
    expect(listed.out).toMatch(/ pending \(muted until [^)]+\) +ops /);
    const ended = await run(['unmute', '--channel', 'ops', '--json', ...state.args], state.env);
    expect(JSON.parse(ended.out)).toMatchObject([{ scope: 'channel', target: 'ops', why: 'maintenance' }]);
    expect(await world.tick({ store: state.open() })).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('are listed as JSON, by state, channel and time', async () => {
    const state = await make();
    await oneRefused(state);
    const list = (...args: string[]) =>
      run(['deliveries', 'list', '--json', ...args, ...state.args], state.env);
    const [dead] = objectsOf(await list('--state', 'dead'));
    expect(dead).toMatchObject({
      state: 'dead',
      channel: 'cutover',
      why: 'refused',
      history: [{ class: 'permanent', status: 422, ms: expect.any(Number), at: expect.any(String) }],
    });
    expect(objectsOf(await list('--channel', 'ops', '--since', '1h'))).toMatchObject([
      { state: 'delivered' },
    ]);
    const none = await list('--since', '2100-01-01');
    expect(none).toMatchObject({ code: 0, out: '', err: expect.stringContaining('No delivery matches.') });
  });

  test('that are dead are redriven, after a dry run that changes nothing', async () => {
    const state = await make();
    await oneRefused(state);
    const before = await state.open().load('dead');
    const dry = await run(['deliveries', 'redrive', '--dry-run', ...state.args], state.env);
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain('would be put back');
    expect(dry.out).toContain('Nothing was done.');
    expect(await state.open().load('dead')).toEqual(before);
    expect(world.receiver.at('/cutover')).toHaveLength(1);

    const ran = await run(['deliveries', 'redrive', ...state.args], state.env);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(linesOf(ran).at(-1)).toBe(
      '1 dead letter matches: 1 put back, 1 delivered, 0 pending, 0 dead again, 0 left.',
    );
    const [first, second] = world.receiver.at('/cutover');
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);

    const again = await run(['deliveries', 'redrive', ...state.args], state.env);
    expect(again).toMatchObject({ code: 0, out: 'No dead letter matches.\n' });
    expect(world.receiver.at('/cutover')).toHaveLength(2);
    const list = await run(['deliveries', 'list', '--state', 'dead', ...state.args], state.env);
    expect(list).toMatchObject({ code: 0, out: 'No delivery matches.\n', err: '' });
    const unknown = await run(['deliveries', 'list', '--channel', 'opz', ...state.args], state.env);
    expect(unknown.out).toBe(
      'No delivery matches; the configuration has no channel opz, it has ops, cutover.\n',
    );
  });

  test('to a broken channel are listed with the time since when it is broken, and retried at once', async () => {
    const state = await make();
    const store = state.open();
    world.status('task-1', 'FULLMIGRATING');
    world.receiver.answer('/cutover', { status: 410 });
    // The very settings of the file: a channel with others would not be the broken one.
    const channels = channelsAt(world.receiver, {
      ops: { type: 'slack' },
      cutover: { type: 'webhook', headers: { authorization: HEADER } },
    });
    const config = { ...world.config, channels };
    expect(await world.tick({ store, config })).toMatchObject({ brokenChannels: 1 });

    const list = await run(['deliveries', 'list', '--state', 'pending', ...state.args], state.env);
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toMatch(
      /^channel cutover broken since \S+ \S+ UTC, next try \S+ \S+ UTC: HTTP 410 .*$/m,
    );
    expect(linesOf(list).at(-1)).toMatch(/^deliveries retry tries pending deliveries now/);
    const json = await run(['deliveries', 'list', '--json', ...state.args], state.env);
    expect(objectsOf(json).at(-1)).toEqual({
      kind: 'channel',
      state: 'broken',
      channel: 'cutover',
      since: expect.any(String),
      nextTryAt: expect.any(String),
      reason: expect.stringContaining('HTTP 410'),
    });
    const other = await run(['deliveries', 'list', '--channel', 'ops', ...state.args], state.env);
    expect(other.out).not.toContain('broken since');

    const inVain = await run(['deliveries', 'retry', ...state.args], state.env);
    expect(inVain).toMatchObject({ code: 1, err: '' });
    expect(inVain.out).toContain('1 delivery was pending: 0 delivered, 1 still pending.');
    expect(inVain.out).toMatch(/^channel cutover broken since /m);

    world.receiver.answer('/cutover', { status: 204 });
    const mistyped = await run(['deliveries', 'retry', '--channel', 'cutovre', ...state.args], state.env);
    expect(mistyped).toMatchObject({ code: 2, out: '' });
    expect(mistyped.err).toBe(
      'dcs-migration-watch: command line: the configuration has no channel cutovre (did you mean cutover?); it has ops, cutover\n',
    );
    const ran = await run(
      ['deliveries', 'retry', '--channel', 'cutover', '--json', ...state.args],
      state.env,
    );
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(objectsOf(ran).at(-1)).toMatchObject({ kind: 'retried', result: 'delivered', channel: 'cutover' });
    const nothing = await run(['deliveries', 'retry', ...state.args], state.env);
    expect(nothing.code).toBe(0);
    expect(nothing.out).toMatch(/^Nothing is pending\./);
    expect(await world.tick({ store, config })).toMatchObject({
      delivered: 0,
      pending: 0,
      brokenChannels: 0,
    });
    expect(world.receiver.at('/cutover')).toHaveLength(3);
  });

  test('that die again are said once each, in the time zone of the settings, and end it with 1', async () => {
    const state = await make();
    await oneRefused(state);
    await appendFile(join(folder, 'watch.yml'), 'settings: { timeZone: Asia/Shanghai }\n');
    world.receiver.answer('/cutover', { status: 422 });
    const ran = await run(['deliveries', 'redrive', ...state.args], state.env);
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(linesOf(ran)).toEqual([
      expect.stringMatching(
        /^dead again \(HTTP 422.*\): evt_\w+ to cutover, dead since \S+ \S+ UTC\+8 \(refused\): name of task-1: /,
      ),
      '1 dead letter matches: 1 put back, 0 delivered, 0 pending, 1 dead again, 0 left.',
    ]);
    const quiet = await run(['deliveries', 'redrive', '--quiet', ...state.args], state.env);
    expect(quiet).toMatchObject({ code: 1, out: '' });
    expect(quiet.err).toContain('was given up (refused after 1 attempt)');
  });

  test('are redriven with a report in JSON lines', async () => {
    const state = await make();
    await oneRefused(state);
    world.receiver.answer('/cutover', { status: 503 });
    const ran = await run(['deliveries', 'redrive', '--json', ...state.args], state.env);
    expect(ran.code).toBe(0);
    expect(objectsOf(ran)).toContainEqual(expect.objectContaining({ kind: 'put_back', channel: 'cutover' }));
    expect(objectsOf(ran).at(-1)).toMatchObject({
      kind: 'redriven',
      result: 'pending',
      why: 'HTTP 503',
      channel: 'cutover',
      eventId: expect.stringMatching(/^evt_/),
    });
  });
});

describe('one line reports', () => {
  test('a missing state file, which is not created', async () => {
    for (const verb of ['list', 'redrive']) {
      const ran = await run(['deliveries', verb, '--state', 'none.db']);
      expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('no state file none.db') });
      expect((await run(['deliveries', verb])).err).toContain('.state/watch.db');
    }
    expect(existsSync(join(folder, 'none.db'))).toBe(false);
    expect(existsSync(join(folder, '.state'))).toBe(false);
  });

  test('a state file that is something else, which is not changed', async () => {
    const ran = await run(['deliveries', 'list', '--state', 'watch.yml']);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('watch.yml') });
  });

  test('a table that is missing, or cannot be reached', async () => {
    const missing = await run(['deliveries', 'list'], { ...dynalite.env, STATE_TABLE: 'no-such-table' });
    expect(missing).toMatchObject({ code: 2, out: '', err: expect.stringContaining('no-such-table') });
    const closed = {
      ...dynalite.env,
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      AWS_MAX_ATTEMPTS: '1',
    };
    const unreachable = await run(['deliveries', 'list'], { ...closed, STATE_TABLE: 'watch' });
    expect(unreachable).toMatchObject({ code: 1, out: '', err: expect.stringContaining('watch') });
  });

  test('a missing configuration, or a wrong command line', async () => {
    expect(await run(['deliveries', 'list', '--config', 'none.yml'])).toMatchObject({ code: 2, out: '' });
    await rm(join(folder, 'watch.yml'));
    expect(await run(['deliveries', 'list'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no watch.yml'),
    });
    const misused = await run(['deliveries', 'lst']);
    expect(misused).toMatchObject({ code: 2, out: '' });
    expect(misused.err.trim().split('\n')).toHaveLength(1);
  });
});

test('the built command has the same help and the same results', async () => {
  const help = await runBuilt('deliveries', '--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('--dry-run');
  expect((await runBuilt('--help')).out).toMatch(/^ {2}deliveries .*list/m);

  const store = openSqliteStore({ file: join(folder, 'state.db'), now: Date.now });
  await oneRefused({ open: () => store, args: [], env: {} });
  await store.close();
  const ran = await runBuilt('deliveries', 'redrive', '--state', 'state.db');
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 delivered') });
});
