import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const script = (...args: string[]) => promisify(execFile)(process.execPath, ['scripts/schema.ts', ...args]);

test('npm run schema:check fails in one line over a file that has drifted, until npm run schema has written it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watch-schema-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await script(folder);
  const file = join(folder, 'watch.schema.json');
  await writeFile(file, '{}');

  await expect(script('--check', folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^\S+ is not what .* run "npm run schema".*\n$/),
  });
  expect(await readFile(file, 'utf8')).toBe('{}');
  await script(folder);
  await expect(script('--check', folder)).resolves.toMatchObject({ stdout: '', stderr: '' });
});
