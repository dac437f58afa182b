import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from '../support/program.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

const NODE = [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM];
const ENV = {
  PATH: process.env['PATH'] ?? '',
  HUAWEICLOUD_SDK_AK: ACCESS_KEY,
  HUAWEICLOUD_SDK_SK: SECRET_KEY,
};
let world: World;
let folder: string;
const started: Service[] = [];

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
  world.status('task-1', 'FULLMIGRATING');
});
afterAll(() => world.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-service-'));
});
afterEach(async () => {
  for (const service of started.splice(0)) await service.end();
});

/** A process that ticks for ever, and what it says. */
interface Service {
  readonly child: ChildProcess;
  /** Resolves with the text so far when it has this in it, from a place on; fails when the process ends without. */
  printed(words: string | RegExp, from?: number): Promise<string>;
  /** Resolves when nobody can write to its output any more: it, and all that it started, has ended. */
  readonly closed: Promise<string>;
  end(): Promise<void>;
}

function start(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Service {
  const child = spawn(command, args, { cwd: folder, env: { ...ENV, ...env }, detached: true });
  let out = '';
  let wake = () => {};
  const hear = (chunk: unknown) => {
    out += String(chunk);
    wake();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let isClosed = false;
  const closed = once(child, 'close').then(() => {
    isClosed = true;
    wake();
    return out;
  });
  const service: Service = {
    child,
    closed,
    async printed(words, from = 0) {
      for (;;) {
        const heard = out.slice(from);
        if (typeof words === 'string' ? heard.includes(words) : words.test(heard)) return out;
        if (isClosed) throw new Error(`it ended without ${words}:\n${out}`);
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    },
    async end() {
      if (isClosed || child.pid === undefined) return;
      // A process group of its own: only what this test has started.
      process.kill(-child.pid, 'SIGKILL');
      await closed;
    },
  };
  started.push(service);
  return service;
}

function configure(name: string, interval = '1s'): Promise<void> {
  return writeFile(
    join(folder, 'watch.yml'),
    `
projects:
  - { id: ${PROJECT_ID}, name: ${name}, region: cn-north-4, endpoint: ${world.simulator.endpoint}, allowInsecure: true, tasks: [task-1] }
channels:
  ops: { type: slack, url: "${world.receiver.url('/slack')}", allowInsecure: true }
settings: { interval: ${interval} }
`,
  );
}

describe('a service', () => {
  test('reads its configuration again on SIGHUP, at once', async () => {
    await configure('prod', '24h');
    const service = start(NODE);
    await service.printed('tick:');
    await configure('renamed', '24h');
    service.child.kill('SIGHUP');
    const out = await service.printed('the configuration has changed; the new one is now in use');
    expect(out).toContain('SIGHUP: reading the configuration again');
    service.child.kill('SIGTERM');
    expect(await service.closed).toContain('stopped');
    expect(service.child.exitCode).toBe(0);
  });

  test('keeps the old configuration when the new one is bad, says so, and uses it once it is corrected', async () => {
    await configure('prod');
    // With --json every tick has a line.
    const service = start([...NODE, '--json']);
    await service.printed('tick:');
    await writeFile(join(folder, 'watch.yml'), 'projects: [');
    const broken = await service.printed('stays in use');
    await service.printed('tick:', broken.length);
    await configure('renamed');
    await service.printed('is now in use');
  });

  test.each(
    [
      { what: 'npm', command: ['npm', 'start', '--silent'] },
      { what: 'the installed command', command: [process.execPath, resolve('bin/dcs-migration-watch.js')] },
    ].flatMap(({ what, command }) =>
      (['SIGTERM', 'SIGKILL'] as const).map((signal) => ({ what, command, signal })),
    ),
  )('ends after its tick when its parent, $what, gets $signal alone', async ({ command, signal }) => {
    await configure('prod');
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { start: NODE.map((part) => JSON.stringify(part)).join(' ') } }),
    );
    const service = start(command);
    await service.printed('tick:');
    service.child.kill(signal);
    // The output closes only when what it started has ended, too.
    expect(await service.closed).toMatch(/stopped(?:: the process that started it is gone)?\n/);
  });

  test('goes on when a shell that started it in the background is gone', async () => {
    await configure('prod');
    const service = start([
      'sh',
      '-c',
      `${NODE.map((part) => JSON.stringify(part)).join(' ')} --json & echo left`,
    ]);
    await once(service.child, 'exit');
    const out = await service.printed('tick:');
    await service.printed('tick:', out.length);
    await service.printed('tick:', out.length + 200);
  });
});

describe('the command without a configuration', () => {
  test.each([
    ['a service manager', { INVOCATION_ID: '0123456789abcdef' }, []],
    ['a state table', { STATE_TABLE: 'watch' }, []],
    ['--once', {}, ['--once']],
  ])('refuses to rehearse for %s, and says what it looked for', async (_what, env, args) => {
    const service = start([...NODE, ...args], env);
    const out = await service.closed;
    expect(service.child.exitCode).toBe(2);
    expect(out).toMatch(/looked for watch\.yml and watch\.yaml in .*, found nothing like it/);
    expect(out.trim().split('\n')).toHaveLength(1);
  });

  test('accepts watch.yaml', async () => {
    await configure('prod', '24h');
    await start(['mv', 'watch.yml', 'watch.yaml']).closed;
    await start(NODE).printed('looked at 1 task');
  });

  test('refuses both files together', async () => {
    await configure('prod');
    await start(['cp', 'watch.yml', 'watch.yaml']).closed;
    const service = start(NODE);
    expect(await service.closed).toContain('there are both watch.yml and watch.yaml');
    expect(service.child.exitCode).toBe(2);
  });

  test('shows the right command line when npm took its options', async () => {
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { start: NODE.map((part) => JSON.stringify(part)).join(' ') } }),
    );
    const service = start(['npm', 'start', '--once', '--silent']);
    expect(await service.closed).toContain('type: npm start -- --once');
    expect(service.child.exitCode).toBe(2);
  });
});
