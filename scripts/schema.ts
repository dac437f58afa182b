/**
 * Writes `watch.schema.json` from the schema that the program itself checks configurations with, and `schemas/`, a file
 * for each type of event. With `--check` it writes nothing and fails if a file is not what it would write, or is one too
 * many. Takes another folder than the project's as its argument.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { outdatedSchemaFiles, writeSchemaFiles } from './schema-files.ts';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = positionals[0] ?? fileURLToPath(new URL('..', import.meta.url));

if (values.check) {
  for (const path of await outdatedSchemaFiles(folder)) {
    console.error(`${path} is not what the code says: run "npm run schema" and commit the result`);
    process.exitCode = 1;
  }
} else {
  await writeSchemaFiles(folder);
}
