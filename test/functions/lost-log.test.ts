import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { PROGRAM } from '../support/program.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A world, and a folder whose configuration watches it every second. */
async function createStage(): Promise<{
  world: World;
  folder: string;
  request: (nth: number) => Promise<unknown>;
}> {
  const world = await createWorld({ time: 'real' });
  closing.push(() => world.close());
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-log-'));
  closing.push(() => rm(folder, { recursive: true }));
  const project = {
    id: PROJECT_ID,
    region: 'cn-north-4',
    endpoint: world.simulator.endpoint.href,
    allowInsecure: true,
    credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
    tasks: ['task-1'],
  };
  const url = world.receiver.url('/cutover');
  const channels = { cutover: { type: 'webhook', url, secret: SIGNING_SECRET, allowInsecure: true } };
  const config = { projects: [project], channels, settings: { interval: '1s', requestsPerSecond: 100 } };
  await writeFile(join(folder, 'watch.yml'), JSON.stringify(config));
  const received = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  let count = 0;
  world.receiver.answer('/cutover', () => {
    received[count]?.resolve();
    count += 1;
    return { status: 204 };
  });
  return { world, folder, request: async (nth) => received[nth - 1]?.promise };
}

const ARGS = ['--disable-warning=ExperimentalWarning', PROGRAM];

/** Changes are sent whatever happened to the log, and the program stops on request. */
async function expectToGoOn(
  child: ChildProcess,
  { world, request }: Pick<Awaited<ReturnType<typeof createStage>>, 'world' | 'request'>,
) {
  const exit = once(child, 'exit');
  await Promise.race([request(2), exit]);
  world.status('task-1', 'INCRMIGEATING');
  await Promise.race([request(3), exit]);
  expect(child.exitCode, 'it is still there').toBeNull();
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(world.events('cutover').map(({ type }) => type)).toEqual([
    'dcs.migration.first_seen',
    'dcs.migration.status_changed',
    'dcs.migration.status_changed',
  ]);
}

describe('a watcher goes on sending', () => {
  test('when the disk of its log and its errors is full', async () => {
    const stage = await createStage();
    stage.world.status('task-1', 'RUNNING');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, ARGS, {
      cwd: stage.folder,
      env: {},
      stdio: ['ignore', full, full],
    });
    closeSync(full);
    await Promise.race([stage.request(1), once(child, 'exit')]);
    stage.world.status('task-1', 'FULLMIGRATING');
    await expectToGoOn(child, stage);
  });

  test('when the reader of its log is gone, and there is no terminal', async () => {
    const stage = await createStage();
    stage.world.status('task-1', 'RUNNING');
    const child = spawn(process.execPath, ARGS, {
      cwd: stage.folder,
      env: {},
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await stage.request(1);
    child.stdout?.destroy();
    stage.world.status('task-1', 'FULLMIGRATING');
    await expectToGoOn(child, stage);
  });
});
