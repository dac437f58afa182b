import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };

const exec = promisify(execFile);
const BIN = resolve('node_modules/.bin');

let folder: string;
let prefix: string;
let bytes: number;
const env = { PATH: `${BIN}:${process.env['PATH']}`, HOME: '/nonexistent' };

/** What `npm pack` does, in a copy: other tests use the built files of this folder meanwhile. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-tarball-'));
  prefix = join(folder, 'prefix');
  const source = join(folder, 'source');
  const always = ['package.json', 'README.md', 'LICENSE'];
  for await (const file of glob([...manifest.files, ...always])) {
    await mkdir(dirname(join(source, file)), { recursive: true });
    await cp(file, join(source, file), { recursive: true });
  }
  await exec(join(BIN, 'clean-package'), [], { cwd: source });
  const home = { ...env, HOME: folder };
  const packed = await exec('npm', ['pack', '--ignore-scripts', '--json'], { cwd: source, env: home });
  const [{ filename, size }] = JSON.parse(packed.stdout);
  bytes = size;
  const install = ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', prefix];
  await exec('npm', [...install, join(source, filename)], { env: home });
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('the tarball, installed', () => {
  const command = (...args: string[]) =>
    exec(join(prefix, 'bin/dcs-migration-watch'), args, { cwd: folder, env });

  it('needs no other package, and has no scripts', async () => {
    const installed = join(prefix, 'lib/node_modules/dcs-migration-watch');
    const {
      dependencies,
      scripts,
      engines,
      private: hidden,
    } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    expect({ dependencies, scripts, hidden }).toEqual({});
    expect(engines).toEqual({ node: '>=22.18' });
    expect(existsSync(join(installed, 'node_modules'))).toBe(false);
    expect(bytes).toBeLessThan(2_000_000);
  });

  it('runs: its version, its help, and a rehearsal', async () => {
    expect((await command('--version')).stdout).toBe(`dcs-migration-watch ${manifest.version}\n`);
    expect((await command('--help')).stdout).toMatch(/^Usage: dcs-migration-watch /);
    const { stdout } = await command('--scenario', 'cutover');
    expect(stdout).toContain('READY');
  }, 60_000);

  it('has a manual page with every command', async () => {
    const page = await readFile(join(prefix, 'share/man/man1/dcs-migration-watch.1'), 'utf8');
    for (const words of ['deliveries list', 'completion', 'watch']) expect(page).toContain(`.SS ${words}`);
  });
});

describe('the manifest', () => {
  it('is ready to be published', () => {
    expect(manifest).not.toHaveProperty('private');
    expect(manifest.scripts.prepack).toContain('clean-package');
    expect(manifest.scripts.postpack).toBe('clean-package restore');
  });
});
