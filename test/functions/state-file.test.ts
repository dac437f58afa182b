import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from '../support/program.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

/** A tick that has begun before it happened may end after it. */
const UNDER_WAY = 1;

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
  world.status('task-1', 'FULLMIGRATING');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-state-'));
});
afterAll(() => world.close());

/**
 * The program with a tick a second; something happens after its first tick.
 *
 * @returns `later`: how many ticks came to their end after it had happened
 */
async function runUntilItEnds(afterFirstTick: (file: string) => Promise<unknown>) {
  const project = {
    id: PROJECT_ID,
    region: 'cn-north-4',
    endpoint: world.simulator.endpoint.href,
    allowInsecure: true,
    credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
    tasks: ['task-1'],
  };
  const channels = { ops: { type: 'slack', url: world.receiver.url('/ops'), allowInsecure: true } };
  const config = { projects: [project], channels, settings: { interval: '1s', requestsPerSecond: 100 } };
  await writeFile(join(folder, 'watch.yml'), JSON.stringify(config));
  const file = join(folder, 'watch.db');
  const flags = ['--disable-warning=ExperimentalWarning', PROGRAM];
  const child = spawn(process.execPath, [...flags, '--json', '--state', file], { cwd: folder, env: {} });
  const [exit, complaints] = [once(child, 'exit'), text(child.stderr)];
  let happenedAt: number | undefined;
  let later = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { kind, timestamp } = JSON.parse(line);
    if (kind !== 'tick') continue;
    if (happenedAt !== undefined && !(Date.parse(timestamp) <= happenedAt)) later += 1;
    if (happenedAt === undefined) {
      await afterFirstTick(file);
      happenedAt = Date.now();
    }
    if (later === 10) child.kill('SIGKILL');
  }
  const [code] = await exit;
  await rm(folder, { recursive: true });
  return { code, later, complaint: await complaints };
}

describe('a state file under a running program', () => {
  test('that is deleted is missed by the next tick, which says so and ends with 1', async () => {
    const { code, later, complaint } = await runUntilItEnds((file) => rm(file));
    expect(code).toBe(1);
    expect(later).toBeLessThanOrEqual(UNDER_WAY);
    expect(complaint).toMatch(/watch\.db was deleted while .* start the program again/);
    expect(complaint.trim().split('\n')).toHaveLength(1);
  });

  test('that is replaced is detected by the next tick, which says so and ends with 1', async () => {
    const { code, later, complaint } = await runUntilItEnds(async (file) => {
      await copyFile(file, `${file}.backup`);
      await rename(`${file}.backup`, file);
    });
    expect(code).toBe(1);
    expect(later).toBeLessThanOrEqual(UNDER_WAY);
    expect(complaint).toMatch(/watch\.db was replaced by another file while .* start the program again/);
  });
});
