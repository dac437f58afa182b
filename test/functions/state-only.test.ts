import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import { PROGRAM } from '../support/program.ts';
import { createWorld, PROJECT_ID, type World } from '../support/world.ts';

let world: World;
let folder: string;
let state: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-state-only-'));
  state = join(folder, 'elsewhere.db');
  world = await createWorld({
    time: 'real',
    projects: [
      { name: 'prod', id: PROJECT_ID, tasks: [{ id: 'task-1', name: 'orders', labels: {} }, 'task-2'] },
    ],
    channels: { ops: { type: 'slack' }, cutover: { type: 'webhook' } },
    store: ({ now }) => openSqliteStore({ file: state, folder, now }),
  });
  world.status('task-1', 'FULLMIGRATING');
  world.status('task-2', 'INCRMIGEATING');
  world.receiver.answer('/cutover', { status: 410 });
  await world.tick();
  await world.tick();
});
beforeEach(() => rm(join(folder, 'watch.yml'), { force: true }));
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

/** A configuration whose keys, addresses and secrets are all somewhere else. */
const WITHOUT_SECRETS = `
projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: \${DCS_ENDPOINT}
    credentials: { accessKey: "\${AK}", secretKey: "\${secretsmanager:watch#sk}" }
    tasks: [{ id: task-1, name: orders }, task-2]
channels:
  ops: { type: slack, url: "\${SLACK_URL}" }
  cutover: { type: webhook, url: "\${file:/run/secrets/nowhere}", secret: "\${ssm:/watch/secret}" }
settings:
  heartbeat: \${HEARTBEAT}
`;

/** The program in a process that knows nothing. */
async function run(...args: readonly string[]) {
  const flags = ['--disable-warning=ExperimentalWarning', PROGRAM];
  const child = spawn(process.execPath, [...flags, ...args, '--state', state], { cwd: folder, env: {} });
  const [exit, out, err] = [once(child, 'exit'), text(child.stdout), text(child.stderr)];
  const [code] = await exit;
  return { code, out: await out, err: await err };
}

const write = (config: string) => writeFile(join(folder, 'watch.yml'), config);

describe('commands about the state, in an environment without a variable', () => {
  test.each([
    [['status'], 'orders'],
    [['status', '--max-age', '5m'], 'orders'],
    [['status', '--html', 'status.html'], 'status.html is written'],
    [['history', 'orders'], 'full'],
    [['history', 'orders', '--html', 'report.html'], 'report.html is written'],
    [['deliveries', 'list'], 'cutover'],
    [['mute', '--channel', 'ops', '--for', '1h', '--why', 'known'], 'Muted'],
    [['mute'], 'channel ops'],
    [['unmute', '--channel', 'ops'], 'No longer muted: channel ops'],
  ])('%j needs none of the secrets of its configuration', async (args, words) => {
    await write(WITHOUT_SECRETS);
    const { code, out, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(words);
  });

  test('status knows that a channel is broken although its settings are not known', async () => {
    await write(WITHOUT_SECRETS);
    expect((await run('status')).out).toMatch(/cutover \(webhook\): .*broken since/);
  });

  test.each([
    [
      'a mistyped setting',
      ['url: "${SLACK_URL}"', 'ulr: "${SLACK_URL}"'],
      /channels\.ops\.ulr: is not a known setting/,
    ],
    ['a type that there is not', ['type: slack', 'type: slakc'], /channels\.ops\.type: did you mean slack/],
    [
      'a reference of the wrong form',
      ['${SLACK_URL}', '${SLACK URL}'],
      /channels\.ops\.url: expected \$\{NAME\}/,
    ],
    ['a task twice', ['task-2]', 'task-1]'], /tasks\[1\]: is the same task/],
    ['a setting', ['heartbeat:', 'intervall:'], /settings\.intervall/],
  ])('%s is a mistake all the same', async (_what, [from = '', to = ''], problem) => {
    await write(WITHOUT_SECRETS.replace(from, to));
    const { code, out, err } = await run('status');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(problem);
  });

  test('what the state is found by is named, and taken from the state', async () => {
    await write(WITHOUT_SECRETS.replace(`id: ${PROJECT_ID}`, 'id: ${PROJECT}'));
    const { code, out, err } = await run('status');
    expect(err).toBe(
      'dcs-migration-watch: projects[0] is left out: the environment variable PROJECT is not set (projects[0].id)\n',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/task-2 +incremental/);
  });

  test('what would send still needs the secrets', async () => {
    await write(WITHOUT_SECRETS);
    const { code, err } = await run('deliveries', 'retry');
    expect(code).toBe(2);
    expect(err).toContain('the environment variable SLACK_URL is not set');
  });
});

describe('a state alone, without a configuration', () => {
  test.each([
    [['status'], /name of task-1 +full/],
    [['status'], /cutover \(webhook\): .*broken since/],
    [['history', 'task-2'], /incremental/],
    [['status', '--max-age', '5m', '--json'], /"intervalMs":60000/],
    [['deliveries', 'list'], /cutover/],
    [['mute', '--project', 'prod', '--for', '1h', '--why', 'known'], /Held for ops/],
    [['unmute', '--all'], /No longer muted: project prod/],
  ])('%j: it says what it knows', async (args, words) => {
    const { code, out, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(words);
  });
});
