/**
 * Writes `watch.schema.json` from the schema that the program itself checks configurations with, and `schemas/`, a file
 * for each type of event. With `--check` it writes nothing and fails if a file is not what it would write, or is one too
 * many. Takes another folder than the project's as its argument.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { configJsonSchema } from '../lib/config/schema/json-schema.ts';
import { EVENT_TYPES } from '../lib/events/codes.ts';
import { eventJsonSchema } from './event-schemas.ts';

const EVENTS = 'schemas';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = positionals[0] ?? fileURLToPath(new URL('..', import.meta.url));
const wanted = new Map([
  ['watch.schema.json', configJsonSchema()],
  ...EVENT_TYPES.map((type) => [join(EVENTS, `${type}.json`), eventJsonSchema(type)] as const),
]);
const strays = (await readdir(join(folder, EVENTS)).catch(() => []))
  .map((name) => join(EVENTS, name))
  .filter((file) => !wanted.has(file));

for (const [file, schema] of wanted) await settle(file, `${JSON.stringify(schema, null, 2)}\n`);
for (const file of strays) await settle(file, undefined);

/** @param content nothing for a file that should not be there */
async function settle(file: string, content: string | undefined): Promise<void> {
  const path = join(folder, file);
  if (values.check) {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === content) return;
    console.error(`${path} is not what the code says: run "npm run schema" and commit the result`);
    process.exitCode = 1;
  } else if (content === undefined) {
    await rm(path);
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
