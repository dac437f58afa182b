import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
/** Of ES2024, Node 20 has these already. */
const KNOWN_TO_NODE_20 = ['isWellFormed', 'toWellFormed'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-shims-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the function's code uses that ES2023 does not have, as the compiler names it. */
async function newerNames(): Promise<string[]> {
  const config = {
    extends: resolve('tsconfig.json'),
    compilerOptions: { lib: ['es2023'], typeRoots: [resolve('node_modules/@types')] },
    include: [],
    files: [resolve('functions/functiongraph.ts'), resolve('lib/http/undici-deep.d.ts')],
  };
  const file = join(folder, 'tsconfig.json');
  await writeFile(file, JSON.stringify(config));
  const { stdout } = await run('node_modules/.bin/tsc', ['--project', file]).catch((error: unknown) =>
    Object(error),
  );
  const names = String(stdout).matchAll(/TS2550: Property '(\w+)' does not exist on type '(\w+)'/g);
  return [
    ...new Set([...names].map(([, name = '', type]) => `${String(type).replace('Constructor', '')}.${name}`)),
  ];
}

describe('the shims for Node 20', () => {
  it('are all that the function needs of newer versions of the language', async () => {
    const used = (await newerNames()).filter(
      (name) => !KNOWN_TO_NODE_20.some((known) => name.endsWith(known)),
    );
    const shims = await readFile('scripts/functiongraph/shims.ts', 'utf8');
    const made = [...shims.matchAll(/^(\w+\.\w+) \?\?=/gm)].map(([, name]) => name);
    // URL is part of Node, not of the language.
    expect(made.filter((name) => name !== 'URL.parse').toSorted()).toEqual(used.toSorted());
  });
});
