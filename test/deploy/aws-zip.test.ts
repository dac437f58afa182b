import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
let folder: string;
let zip: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-aws-'));
  zip = await written('one');
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string): Promise<Uint8Array> {
  await run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'scripts/package-aws.ts',
    join(folder, name),
  ]);
  return readFile(join(folder, name, 'dcs-migration-watch.zip'));
}

describe('the zip that is released for AWS', () => {
  it('has the code and no configuration, and lies beside its template', async () => {
    const files = Object.keys(unzipSync(zip));
    expect(files).toContain('dist/watch.mjs');
    expect(files.filter((name) => !/^dist\/(?:watch-parts\/.*\.cjs|watch\.[cm]js)$/.test(name))).toEqual([]);
    expect(await readFile(join(folder, 'one/template.yaml'), 'utf8')).toBe(
      await readFile('deploy/aws/template.yaml', 'utf8'),
    );
  });

  it('is at most 670 kB, and has the same bytes for the same files', async () => {
    expect(zip.length).toBeLessThanOrEqual(670_000);
    expect(Buffer.compare(zip, await written('two'))).toBe(0);
  });

  it('says what is missing when it is invoked without a configuration', async () => {
    const root = join(folder, 'unpacked');
    for (const [path, content] of Object.entries(unzipSync(zip))) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    const entry = pathToFileURL(join(root, 'dist/watch.mjs')).href;
    const program = `import(${JSON.stringify(entry)}).then(({ handler }) => handler()).catch((error) => console.log(error.message))`;
    const env = { LAMBDA_TASK_ROOT: root, STATE_TABLE: 'table', AWS_REGION: 'eu-west-1' };
    const { stdout } = await run(process.execPath, ['-e', program], { env });
    expect(stdout).toBe('there is no configuration: put watch.yml into the package, or set WATCH_CONFIG\n');
  });
});
