import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { LONGEST_RUN_MS, PROGRAM, SOURCES } from '../support/program.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const BIN = resolve('bin/dcs-migration-watch.js');
const ENV = { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET };

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
  world.status('task-1', 'FULLMIGRATING');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-local-'));
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
  cutover: { type: webhook, url: "${world.receiver.url('/cutover')}", secret: "\${SIGNING_SECRET}", allowInsecure: true }
`,
  );
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(() => world.close());

/** What the command does is tested in this process: test/cli. */
describe('a process of the command', () => {
  test.each([
    ['from its sources', SOURCES],
    ['as it is built', PROGRAM],
  ])('makes one tick %s, and ends with 0', async (_how, program) => {
    const started = promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program, '--once'],
      { cwd: folder, env: ENV, timeout: LONGEST_RUN_MS },
    );
    const { stdout, stderr } = await started;
    expect(stderr).toBe('');
    expect(stdout).toContain('looked at 1 task');
  });

  test('prints its version, in the built form', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--version']);
    expect(stdout).toBe(`dcs-migration-watch ${manifest.version}\n`);
  });

  test('ends with 2 and one line, in the built form, when its command line is wrong', async () => {
    const ended = promisify(execFile)(process.execPath, [PROGRAM, '--onse'], { cwd: folder, env: ENV });
    await expect(ended).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^dcs-migration-watch: .*--onse.*\n$/),
    });
  });

  test('says in one line which Node it needs, as it is built, on one that is too old', async () => {
    const pretend = join(folder, 'pretend.cjs');
    await writeFile(pretend, `Object.defineProperty(process, 'versions', { value: { node: '20.15.0' } });`);
    const ended = promisify(execFile)(process.execPath, ['--require', pretend, PROGRAM, '--once'], {
      cwd: folder,
    });
    await expect(ended).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'dcs-migration-watch: needs Node 22.18 or newer, but runs on Node 20.15.0. Install Node 24, or use "npm start", which brings its own.\n',
    });
  });

  test('rehearses, in the built form, without a configuration', async () => {
    await rm(join(folder, 'watch.yml'));
    const options = { cwd: folder, env: {}, timeout: LONGEST_RUN_MS };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM], options);
    expect(stderr).toBe('');
    expect(stdout).toContain('The whole migration, watched since');
  });

  test('is what npm start starts', async () => {
    const { stdout } = await promisify(execFile)('npm', ['start', '--silent', '--', '--version']);
    expect(stdout).toBe(`dcs-migration-watch ${manifest.version}\n`);
  });

  test('finishes its tick when a terminal signals all processes, and its parent passes the signal on', async () => {
    const child = spawn(process.execPath, [BIN], {
      cwd: folder,
      env: ENV,
      detached: true,
    });
    const { pid = 0 } = child;
    expect(pid).toBeGreaterThan(1);
    let out = '';
    let signals = 0;
    for await (const chunk of child.stdout) {
      out += String(chunk);
      if (signals > 0 || !out.includes('tick:')) continue;
      // A process group of its own: only processes that this test has started.
      process.kill(-pid, 'SIGINT');
      signals += 1;
    }
    if (child.exitCode === null) await once(child, 'exit');
    expect(signals).toBe(1);
    expect(out, `ended with ${child.exitCode}`).toContain('stopped');
    // The signal that is passed on may meet the program when it has already ended its work, and listens no more.
    expect([0, 128]).toContain(child.exitCode);
  });
});
