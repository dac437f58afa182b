import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { zipSync } from 'fflate';
import { median } from './world.ts';

const PAIRS = 25;
const BUNDLE = resolve('dist/watch.cjs');

/** Time from spawn to handler loaded, of the bundle against an empty handler; in pairs, one after the other. */
export async function benchStart(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-bench-'));
  const empty = join(folder, 'empty.cjs');
  await writeFile(empty, 'exports.handler = async () => ({});\n');
  const pairs: { empty: number; ours: number }[] = [];
  for (let pair = 0; pair < PAIRS + 2; pair += 1) {
    const measured = { empty: await loadMs(empty), ours: await loadMs(BUNDLE) };
    if (pair >= 2) pairs.push(measured);
  }
  await rm(folder, { recursive: true });

  const ratio = median(pairs.map(({ empty, ours }) => ours / empty));
  return [
    `start of the function: ${ratio.toFixed(2)}× an empty handler (at most 2.5×)`,
    `(${median(pairs.map(({ ours }) => ours)).toFixed(0)} ms against ${median(pairs.map(({ empty }) => empty)).toFixed(0)} ms, ${PAIRS} pairs);`,
    `zip ${((await zipBytes()) / 1000).toFixed(0)} kB (at most 640 kB)`,
  ].join(' ');
}

/** What the package holds, without a configuration. */
async function zipBytes(): Promise<number> {
  const parts = (await readdir('dist/watch-parts')).map((name) => `dist/watch-parts/${name}`);
  const files = await Promise.all(
    ['dist/watch.cjs', ...parts].map(async (path) => [path, await readFile(path)] as const),
  );
  return zipSync(Object.fromEntries(files)).length;
}

async function loadMs(file: string): Promise<number> {
  const load = `if (typeof require(${JSON.stringify(file)}).handler !== 'function') process.exitCode = 3; process.exit()`;
  const started = performance.now();
  const child = spawn(process.execPath, ['-e', load], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${file} has no handler`);
  return performance.now() - started;
}
