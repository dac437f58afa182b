import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../../../lib/store/dynamodb/dynamodb.ts';
import { openSqliteStore } from '../../../../lib/store/sqlite/sqlite.ts';
import { MINUTE } from '../../../poll/support.ts';
import { everyPhase, OTHER_PROJECT_ID } from '../../../status/story.ts';
import { createCommandLine, type Ran } from '../../../support/command-line.ts';
import { type Dynalite, startDynalite } from '../../../support/store-dynalite.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../../../support/world.ts';

let folder: string;
let made: World;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-status-'));
  // A watcher has it open.
  const store = ({ now }: Pick<World['clock'], 'now'>) =>
    openSqliteStore({ file: '.state/watch.db', folder, now });
  made = await everyPhase(createWorld, { store });
  await writeConfig(made);
});
afterAll(async () => {
  await made.close();
  await rm(folder, { recursive: true });
});

/** The configuration of a world as a file. */
async function writeConfig({ config, receiver }: World): Promise<void> {
  const projects = config.projects.map(({ id, name, region, endpoint, tasks }) => ({
    id,
    name,
    region,
    endpoint: endpoint.href,
    allowInsecure: true,
    credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
    tasks: tasks.map(({ id, labels }) => ({ id, labels })),
  }));
  const webhook = (name: string) => ({
    type: 'webhook',
    url: receiver.url(`/${name}`),
    secret: SIGNING_SECRET,
    allowInsecure: true,
  });
  const channels = {
    ops: { type: 'slack', url: receiver.url('/ops'), allowInsecure: true },
    cutover: webhook('cutover'),
    broken: webhook('broken'),
    strict: webhook('strict'),
  };
  const settings = { timeZone: 'Asia/Shanghai' };
  await writeFile(
    join(folder, 'watch.yml'),
    JSON.stringify({ projects, channels, groups: config.groups, settings }),
  );
}

function run(...args: readonly string[]): Promise<Ran> {
  return createCommandLine({ cwd: folder, clock: made.clock, columns: 80 }).run(...args);
}

describe('status', () => {
  it('reads the state of a watcher that runs, and writes nothing', async () => {
    const before = await everything(made);
    const { code, out, err } = await run('status');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('name of behind    incremental  36 min  lag 12 MB, keys …    no: lag, keys');
    expect(out).toContain('broken (webhook): ');
    expect(await everything(made)).toEqual(before);
    expect(await made.tick()).toMatchObject({ failedRecords: 0 });
  });

  it('prints one JSON document', async () => {
    const { out } = await run('status', '--json');
    const status = JSON.parse(out);
    expect(Object.keys(status)).toEqual([
      'at',
      'lastTick',
      'tasks',
      'groups',
      'projects',
      'channels',
      'mutes',
      'problems',
    ]);
    expect(status.tasks.find(({ id }: { id: string }) => id === 'behind')).toMatchObject({
      phase: 'incremental',
      lag: { bytes: 12_000_000 },
      readiness: { state: 'not ready', unmet: ['lag', 'keys'] },
    });
  });

  it('shows one task by its id or its name, and asks which one is meant', async () => {
    const { code, out } = await run('status', 'behind');
    expect(code).toBe(0);
    expect(out).toMatch(/^Task +name of behind \(behind\)$/m);
    expect(out).toMatch(/^Readiness +not ready \(lag, keys\): the lag/m);
    expect(out).toMatch(/^Lag +12 MB at 2026-01-05 08:\d\d:\d\d UTC\+8$/m);
    expect((await run('status', 'name of behind')).out).toBe(out);
    const json = JSON.parse((await run('status', 'behind', '--json')).out);
    expect(json.tasks).toHaveLength(1);
    expect(await run('status', 'behnid')).toMatchObject({
      code: 2,
      out: '',
      err: 'dcs-migration-watch: command line: no task behnid is known; did you mean behind?\n',
    });
  });

  it('exits with 1 when the last good tick is too old, and says so', async () => {
    expect(await run('status', '--max-age', '5m', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    made.clock.advance(10 * MINUTE);
    const { code, out, err } = await run('status', '--max-age', '5m', '--quiet');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^dcs-migration-watch: the last good tick began at 2026-01-05 08:\d\d:\d\d UTC\+8, 1\d min ago: longer than 5m\n$/,
    );
    made.clock.advance(-10 * MINUTE);
    const bad = await run('status', '--max-age', 'soon');
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('expected a span such as 90s, 5m or 2h');
  });

  it('makes no state file where there is none', async () => {
    const { code, err } = await run('status', '--state', 'other.db');
    expect(code).toBe(2);
    expect(err).toContain('there is no state file other.db');
    expect(existsSync(join(folder, 'other.db'))).toBe(false);
  });
});

async function everything({ store }: World) {
  const partitions = ['watcher', 'groups', 'dead', `project:${PROJECT_ID}`, `project:${OTHER_PROJECT_ID}`];
  return Promise.all(partitions.map((partition) => store.load(partition)));
}

describe('pages', () => {
  it('are written into files', async () => {
    const status = await run('status', '--html', 'status.html');
    expect(status).toEqual({ code: 0, out: 'status.html is written\n', err: '' });
    expect(await readFile(join(folder, 'status.html'), 'utf8')).toContain('name of behind');
    const { code } = await run('history', 'ready', '--html', join(folder, 'report.html'));
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('are written beside one JSON document', async () => {
    const status = await run('status', '--json', '--html', 'status.html');
    expect(JSON.parse(status.out)).toHaveProperty('tasks');
    const history = await run('history', 'ready', '--json', '--html', 'report.html');
    expect(JSON.parse(history.out)).toHaveProperty('task');
  });

  it('say where they could not be written', async () => {
    const { code, err } = await run('status', '--html', 'no/such/folder.html');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'dcs-migration-watch: no/such/folder.html could not be written (ENOENT)\n',
    });
  });
});

describe('history', () => {
  it('shows the phases of a task, and the deliveries of its events', async () => {
    const { code, out, err } = await run('history', 'ready');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const plain = out.replaceAll(/:\d\d:\d\d UTC/g, ':..:.. UTC').replaceAll(/\d+ (min|s)\b/g, 'n');
    expect(plain).toContain(`
FROM                       PHASE        STATUS         FOR
2026-01-05 08:..:.. UTC+8  full         FULLMIGRATING  n n
2026-01-05 08:..:.. UTC+8  incremental  INCRMIGEATING  n n
`);
    expect(plain).toContain(`
EVENTS
  2026-01-05 08:..:.. UTC+8  name of ready: now watched, status FULLMIGRATING
    (full)
    - broken: pending, next attempt 2026-01-05 08:..:.. UTC+8
    - cutover: delivered at 2026-01-05 08:..:.. UTC+8
    - ops: delivered at 2026-01-05 08:..:.. UTC+8
    - strict: dead (refused) at 2026-01-05 08:..:.. UTC+8
`);
  });

  it('prints one JSON document, and asks which task is meant', async () => {
    const history = JSON.parse((await run('history', 'copy', '--json')).out);
    expect(Object.keys(history)).toEqual(['at', 'task', 'phases', 'figures', 'events']);
    expect(history.figures.at(-1)).toMatchObject({ percent: 45 });
    expect(await run('history', 'coppy')).toMatchObject({
      code: 2,
      err: 'dcs-migration-watch: command line: no task coppy is known; did you mean copy?\n',
    });
  });
});

describe('status of a table', () => {
  let dynalite: Dynalite;
  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.close());

  it('reads it, and writes nothing', async () => {
    await dynalite.createTable('watch');
    const client = createDynamoClient(dynalite.settings);
    const there = await openDynamoStore({ table: 'watch', now: made.clock.now, client });
    for (const item of (await everything(made)).flat()) await there.save({ ...item, rev: 1 });
    for (const [name, value] of Object.entries(dynalite.env)) vi.stubEnv(name, value);
    const { PutItem } = dynalite.requests;
    const { code, out, err } = await run('status', '--state', 'dynamodb:watch');
    vi.unstubAllEnvs();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('name of ready     incremental  36 min  no lag, keys 0 %     ready');
    expect(dynalite.requests.PutItem).toBe(PutItem);
    client.destroy();
  });
});
