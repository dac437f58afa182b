/**
 * Writes `.aws/`, or another folder: the function as a zip without a configuration, and the template that deploys it without a clone. Needs
 * no account and no network.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

const [, , FOLDER = '.aws'] = process.argv;
const ZIP = join(FOLDER, 'dcs-migration-watch.zip');
const TEMPLATE = 'deploy/aws/template.yaml';
/** The same files make the same zip, so that nothing is deployed anew for nothing: no file has a time of its own. */
const TIME = new Date(2000, 0, 1);
/** The zip says that it was made on Unix, and that everybody may read the file. */
const READABLE = { os: 3, attrs: 0o100644 << 16, mtime: TIME, level: 9 } as const;

async function filesOf(): Promise<Zippable> {
  const parts = (await readdir('dist/watch-parts')).toSorted().map((name) => `dist/watch-parts/${name}`);
  const files = ['dist/watch.mjs', 'dist/watch.cjs', ...parts];
  const zippable: Zippable = {};
  for (const file of files) zippable[file] = [await readFile(file), READABLE];
  return zippable;
}

const zip = zipSync(await filesOf());
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
await writeFile(ZIP, zip);
await copyFile(TEMPLATE, join(FOLDER, 'template.yaml'));
process.stdout.write(`${ZIP} (${Math.round(zip.length / 1000)} kB), for ${FOLDER}/template.yaml\n`);
