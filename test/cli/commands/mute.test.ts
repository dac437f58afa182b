import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../lib/store/sqlite/sqlite.ts';
import { createCommandLine, type Ran } from '../../support/command-line.ts';
import { useWorld } from '../../support/use-world.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET, type World } from '../../support/world.ts';

const world = useWorld();

const MINUTE = 60_000;
const ENV = { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET };
const OPS = ['--channel', 'ops', '--for', '2h', '--why', 'maintenance'];
const TASKS = ['task-1', 'task-2'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-mute-'));
  return () => rm(folder, { recursive: true });
});

const storeOf = (made: World) => openSqliteStore({ file: join(folder, 'state.db'), now: made.clock.now });

/** A watcher that has ticked once, with its configuration and its state in a folder. */
async function watched(): Promise<World> {
  const made = await world({ tasks: TASKS });
  await writeFile(
    join(folder, 'watch.yml'),
    `
projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: ${made.simulator.endpoint}
    allowInsecure: true
    tasks: [task-1, { id: task-2, name: orders cache }]
groups:
  orders: { tasks: [task-1, task-2] }
channels:
  ops: { type: slack, url: "${made.receiver.url('/ops')}", allowInsecure: true }
  cutover: { type: webhook, url: "${made.receiver.url('/cutover')}", secret: "\${SIGNING_SECRET}", allowInsecure: true }
settings: { timeZone: Asia/Shanghai }
`,
  );
  for (const id of TASKS) made.status(id, 'FULLMIGRATING');
  await tickIn(made);
  return made;
}

async function tickIn(made: World) {
  const store = storeOf(made);
  try {
    return await made.tick({ store });
  } finally {
    await store.close();
  }
}

function run(made: World, ...args: readonly string[]): Promise<Ran> {
  const state = args.includes('--state') ? [] : ['--state', 'state.db'];
  return createCommandLine({ cwd: folder, env: ENV, clock: made.clock }).run(...args, ...state);
}

describe('mute', () => {
  it('says what is muted until when, for whom, and that programs are not', async () => {
    const made = await watched();
    const { code, out, err } = await run(made, 'mute', ...OPS);
    expect({ code, err }).toStrictEqual({ code: 0, err: '' });
    expect(out.trimEnd().split('\n')).toStrictEqual([
      'Muted until 2026-01-05 10:10:00 UTC+8: channel ops (maintenance).',
      'Held for ops: sent afterwards, in one message.',
      'Programs are never muted: cutover.',
      'It holds from the next tick on, and ends by itself. To end it now: dcs-migration-watch unmute --channel ops',
    ]);
    made.status('task-1', 'INCRMIGEATING');
    expect(await tickIn(made)).toMatchObject({ events: 1, delivered: 1, pending: 1 });
    expect(made.slack('ops')).toHaveLength(1);
    made.clock.advance(120 * MINUTE);
    expect(await tickIn(made)).toMatchObject({ delivered: 1, pending: 0 });
    expect((await run(made, 'mute')).out).toBe('Nothing is muted.\n');
  });

  it('takes a task by its id in either spelling or its name, a project by its id or its name, and a group', async () => {
    const made = await watched();
    const subjects: readonly (readonly [option: string, typed: string, target: string])[] = [
      ['--task', 'TASK2', 'task-2'],
      ['--task', 'orders cache', 'task-2'],
      ['--task', 'name of task-1', 'task-1'],
      ['--project', 'prod', PROJECT_ID],
      ['--project', PROJECT_ID, PROJECT_ID],
      ['--group', 'orders', 'orders'],
    ];
    for (const [option, typed, target] of subjects) {
      const ran = await run(made, 'mute', option, typed, '--for', '5m', '--why', 'known', '--json');
      expect(ran).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(ran.out)).toMatchObject({ target, held: ['ops'], programs: ['cutover'] });
    }
    const listed = JSON.parse((await run(made, 'mute', '--json')).out);
    expect(listed.map(({ scope, target }: Record<string, string>) => `${scope} ${target}`)).toStrictEqual([
      'task task-2',
      'task task-1',
      `project ${PROJECT_ID}`,
      'group orders',
    ]);
  });

  it('lists what is muted now, until when, and why', async () => {
    const made = await watched();
    await run(made, 'mute', ...OPS);
    const { out } = await run(made, 'mute');
    expect(out.trimEnd().split('\n')).toStrictEqual([
      'MUTED        FROM                       UNTIL                      WHY',
      'channel ops  2026-01-05 08:10:00 UTC+8  2026-01-05 10:10:00 UTC+8  maintenance',
    ]);
  });

  it.each([
    [
      ['--channel', 'opps', '--for', '2h', '--why', 'x'],
      'no channel opps; did you mean ops? it has ops, cutover',
    ],
    [['--channel', 'cutover', '--for', '2h', '--why', 'x'], 'channel cutover (webhook) is for programs'],
    [['--task', 'task-3', '--for', '2h', '--why', 'x'], 'a task task-3 (did you mean task-1?)'],
    [['--group', 'order', '--for', '2h', '--why', 'x'], 'no group order; did you mean orders? it has orders'],
    [['--project', 'test', '--for', '2h', '--why', 'x'], 'no project test; it has prod'],
    [
      ['--channel', 'ops', '--task', 'task-1', '--for', '2h', '--why', 'x'],
      'mute needs exactly one of --task',
    ],
    [['--for', '2h', '--why', 'x'], 'mute needs exactly one of --task, --group, --project and --channel'],
    [['--channel', 'ops', '--why', 'x'], 'mute needs --for'],
    [['--channel', 'ops', '--for', '2h'], 'mute needs --why'],
    [
      ['--channel', 'ops', '--for', '4m', '--why', 'x'],
      '--for expects a span from 5m to 30d, such as 2h, found "4m"',
    ],
    [['--channel', 'ops', '--for', '31d', '--why', 'x'], '--for expects a span from 5m to 30d'],
    [['--channel', 'ops', '--for', 'soon', '--why', 'x'], '--for expects a span from 5m to 30d'],
    [['--channel', 'ops', '--for', '2h', '--why', ' '], '--why expects a reason of 1 to 200 characters'],
    [['--channel', 'ops', '--for', '2h', '--why', 'x'.repeat(201)], '--why expects a reason'],
  ])('refuses %j', async (args, problem) => {
    const made = await watched();
    const { code, err } = await run(made, 'mute', ...args);
    expect(err).toContain(problem);
    expect(code).toBe(2);
    expect((await run(made, 'mute')).out).toBe('Nothing is muted.\n');
  });

  it('makes no state, neither of a mistyped file nor in one that no watcher has used', async () => {
    const made = await watched();
    const missing = await run(made, 'mute', ...OPS, '--state', 'stat.db');
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no state file stat.db'),
    });
    expect(existsSync(join(folder, 'stat.db'))).toBe(false);
    const empty = openSqliteStore({ file: join(folder, 'empty.db'), now: made.clock.now });
    await empty.load('watcher');
    await empty.close();
    const ran = await run(made, 'mute', ...OPS, '--state', 'empty.db');
    expect(ran).toMatchObject({
      code: 2,
      err: expect.stringContaining('no watcher has run with this state'),
    });
  });

  it('of the same subject replaces the one before, and not without bound', async () => {
    const made = await watched();
    await run(made, 'mute', ...OPS);
    await run(made, 'mute', '--channel', 'ops', '--for', '10m', '--why', 'shorter');
    const [one, ...others] = JSON.parse((await run(made, 'mute', '--json')).out);
    expect(one).toMatchObject({ why: 'shorter', until: '2026-01-05T00:20:00.000Z' });
    expect(others).toStrictEqual([]);
  });
});

describe('unmute', () => {
  it('ends a mute, and the next tick sends what it held', async () => {
    const made = await watched();
    await run(made, 'mute', ...OPS);
    made.status('task-1', 'INCRMIGEATING');
    await tickIn(made);
    made.clock.advance(MINUTE);
    const ran = await run(made, 'unmute', '--channel', 'ops');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toBe('No longer muted: channel ops.\nWhat was held is told by the next tick.\n');
    expect(await tickIn(made)).toMatchObject({ delivered: 1, pending: 0 });
  });

  it('ends all, and says so where nothing is muted', async () => {
    const made = await watched();
    await run(made, 'mute', ...OPS);
    await run(made, 'mute', '--task', 'task-1', '--for', '1h', '--why', 'known');
    const ended = JSON.parse((await run(made, 'unmute', '--all', '--json')).out);
    expect(ended.map(({ scope }: Record<string, string>) => scope)).toStrictEqual(['task', 'channel']);
    expect(await run(made, 'unmute', '--all')).toMatchObject({ code: 0, out: 'Nothing was muted.\n' });
  });

  it('refuses no subject, several, and one that nobody knows', async () => {
    const made = await watched();
    for (const args of [[], ['--all', '--channel', 'ops'], ['--channel', 'ops', '--group', 'orders']]) {
      const ran = await run(made, 'unmute', ...args);
      expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('unmute needs exactly one of') });
    }
    const ran = await run(made, 'unmute', '--channel', 'opps');
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('did you mean ops?') });
  });
});
