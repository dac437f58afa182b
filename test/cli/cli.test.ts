import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../lib/cli/commands/index.ts';
import manifest from '../../package.json' with { type: 'json' };
import { createCommandLine } from '../support/command-line.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the registry of commands', () => {
  it('has each file and folder of commands/, and nothing else', () => {
    const found = readdirSync('lib/cli/commands').filter((name) => name !== 'index.ts');
    expect(found.map((name) => name.replace(/\.ts$/, '')).toSorted()).toEqual(
      Object.keys(COMMANDS).toSorted(),
    );
  });

  it.each(Object.entries(COMMANDS))('has a help text for %s', async (name) => {
    const { code, out, err } = await createCommandLine({ cwd: folder }).run(name, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: dcs-migration-watch ${name} `));
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('the examples of a help text', () => {
  const groups = ['tasks', 'deliveries'];

  it.each(Object.keys(COMMANDS))('use options and scenarios that %s has', async (name) => {
    const line = createCommandLine({ cwd: folder });
    const { out } = await line.run(name, '--help');
    for (const example of out.match(/(?<=^ {2}dcs-migration-watch ).*/gm) ?? []) {
      const words = example.split(' ');
      const { out: help } = await line.run(...words.slice(0, groups.includes(name) ? 2 : 1), '--help');
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(help).toContain(`  ${option} `);
      const scenario = words[words.indexOf('--scenario') + 1];
      if (words.includes('--scenario')) expect(help).toMatch(new RegExp(`^ {3}${scenario} `, 'm'));
    }
  });
});

describe('the command line', () => {
  it('lists every command, and says what it does without one', async () => {
    const { code, out } = await createCommandLine({ cwd: folder }).run('--help');
    expect(code).toBe(0);
    for (const name of Object.keys(COMMANDS)) expect(out).toMatch(new RegExp(`^  ${name} .*\\w`, 'm'));
    expect(out).toContain('Options without a command, which are those of watch:');
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('says what to type in a clone, where npm calls it', async () => {
    const env = { npm_lifecycle_event: 'start' };
    const { out } = await createCommandLine({ cwd: folder, env }).run('--help');
    expect(out).toMatch(/^Usage: npm start -- \[command\]/);
  });

  it('corrects a mistyped option and a mistyped command', async () => {
    const { err } = await createCommandLine({ cwd: folder }).run('--onec');
    expect(err).toContain("unknown option '--onec' (did you mean --once?)");
    const { err: other } = await createCommandLine({ cwd: folder }).run('delivereis');
    expect(other).toContain("unknown command 'delivereis' (did you mean deliveries?)");
  });

  it.each([
    [['help'], /^Usage: dcs-migration-watch \[command\] /],
    [['help', 'mute'], /^Usage: dcs-migration-watch mute /],
    [['help', 'tasks', 'wait'], /^Usage: dcs-migration-watch tasks wait /],
  ])('shows help for %j as --help does', async (words, usage) => {
    const ran = await createCommandLine({ cwd: folder }).run(...words);
    expect(ran).toEqual({ code: 0, out: expect.stringMatching(usage), err: '' });
  });

  it('has no help for a command that is not there', async () => {
    const { code, out, err } = await createCommandLine({ cwd: folder }).run('help', 'mut');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain("unknown command 'mut' (did you mean mute?)");
  });

  it('names the option whose value is wrong, and the help that is about it', async () => {
    const line = createCommandLine({ cwd: folder });
    const { err } = await line.run('tasks', 'logs', 'ID', '--level', 'foo');
    expect(err).toBe(
      'dcs-migration-watch: command line: --level: expected one of INFO, WARN, ERROR, DEBUG; tasks logs --help shows the options\n',
    );
    const { err: other } = await line.run('tasks', 'wait', 'ID', '--for', 'full', '--interval', '3');
    expect(other).toMatch(/: --interval: expected a span .*; tasks wait --help shows the options\n$/);
  });

  it('shows help although only what must be read was asked for', async () => {
    const { out } = await createCommandLine({ cwd: folder }).run('--quiet', '--help');
    expect(out).toContain('--quiet');
  });

  it('prints its version', async () => {
    const { out } = await createCommandLine({ cwd: folder }).run('--version');
    expect(out).toBe(`dcs-migration-watch ${manifest.version}\n`);
  });

  it('refuses a word that is no command', async () => {
    const { code, out, err } = await createCommandLine({ cwd: folder }).run('frobnicate');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^dcs-migration-watch: command line: .*; --help shows the options\n$/);
  });
});

describe('watch', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ time: 'real' });
    world.status('task-1', 'FULLMIGRATING');
    const project = {
      id: PROJECT_ID,
      region: 'cn-north-4',
      endpoint: world.simulator.endpoint.href,
      allowInsecure: true,
      credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
      tasks: ['task-1'],
    };
    const channels = { ops: { type: 'slack', url: world.receiver.url('/slack'), allowInsecure: true } };
    const config = { projects: [project], channels, settings: { interval: '24h' } };
    await writeFile(join(folder, 'watch.yml'), JSON.stringify(config));
  });
  afterEach(() => world.close());

  it('stores one tick in the state file of its folder', async () => {
    const line = createCommandLine({ cwd: folder });
    expect(await line.run('watch', '--once')).toMatchObject({ code: 0, err: '' });
    expect((await line.run('--once')).out).toContain('no change');
  });

  it('names the state file as it was given', async () => {
    await writeFile(join(folder, 'some.db'), 'no database');
    const { err } = await createCommandLine({ cwd: folder }).run('--once', '--state', './some.db');
    expect(err).toContain(': ./some.db is not a database');
  });

  it('reads its configuration again on SIGHUP, and stops on SIGTERM', async () => {
    const line = createCommandLine({ cwd: folder });
    const ended = line.run();
    await line.printed('tick: ');
    line.kill('SIGHUP');
    await line.printed('SIGHUP: reading the configuration again');
    line.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, err: '' });
    expect(line.out().trimEnd()).toMatch(/stopped$/);
  });

  it('wraps its lines on a terminal, and nowhere else', async () => {
    const here = { cwd: folder, columns: 60 };
    const { out } = await createCommandLine({ ...here, isTTY: true }).run('--once');
    expect(out.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(out).toMatch(/^\d{4}-.*\n {2,}\S/m);
    const { out: piped } = await createCommandLine(here).run('--once');
    expect(piped).toMatch(/^.{61,}$/m);
    const { out: json } = await createCommandLine({ ...here, isTTY: true }).run('--once', '--json');
    for (const line of json.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('stops when its terminal is closed', async () => {
    const line = createCommandLine({ cwd: folder, isTTY: true });
    const ended = line.run();
    await line.printed('tick: ');
    line.kill('SIGHUP');
    expect(await ended).toMatchObject({ code: 0 });
  });
});
