/** Writes `.functiongraph/dcs-migration-watch.zip`: the function for Huawei Cloud FunctionGraph, with its configuration. Needs no network. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { ConfigError } from '../lib/config/errors.ts';
import { bundle } from './functiongraph/bundle.ts';
import { type Checked, checkedConfig } from './functiongraph/check.ts';

const FOLDER = '.functiongraph';
const ZIP = join(FOLDER, 'dcs-migration-watch.zip');
/** The same files make the same zip, so that nothing is deployed anew for nothing: no file has a time of its own. */
const TIME = new Date(2000, 0, 1);
/** The zip says that it was made on Unix, and that everybody may read the file. */
const READABLE = { os: 3, attrs: 0o100644 << 16, mtime: TIME, level: 9 } as const;

async function main(): Promise<number> {
  await rm(FOLDER, { recursive: true, force: true });
  try {
    await write(await checkedConfig());
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`Nothing is packaged, because the function could not run: ${error.message}\n`);
    return 2;
  }
}

async function write({ text, variables }: Checked): Promise<void> {
  const files: Zippable = {
    'index.js': [await bundle(), READABLE],
    'watch.yml': [new TextEncoder().encode(text), READABLE],
  };
  const zip = zipSync(files);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(ZIP, zip);
  const kilobytes = Math.round(zip.length / 1000);
  process.stdout.write(
    `${ZIP} (${kilobytes} kB): handler index.handler, initializer index.initializer.\nIts variables: ${['STATE_REDIS_URL', ...variables].join(', ')}.\n`,
  );
}

process.exitCode = await main();
