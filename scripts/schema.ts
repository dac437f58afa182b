/**
 * Writes `watch.schema.json` from the schema that the program itself checks configurations with. With `--check` it
 * writes nothing and fails if the file is not what it would write. Takes another file as its argument.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { configJsonSchema } from '../lib/config/json-schema.ts';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const file = positionals[0] ?? fileURLToPath(new URL('../watch.schema.json', import.meta.url));
const wanted = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

if (!values.check) {
  await writeFile(file, wanted);
} else if ((await readFile(file, 'utf8').catch(() => undefined)) !== wanted) {
  console.error(`${file} is not what lib/config/schema.ts says: run "npm run schema" and commit the result`);
  process.exitCode = 1;
}
