/**
 * Writes `docs/messages.md`: every message that people get, in all languages. With `--check` it writes nothing and fails if
 * the file is not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messagesPage } from './messages/page.ts';

const FILE = new URL('../docs/messages.md', import.meta.url);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const page = messagesPage();

if (!values.check) await writeFile(FILE, page);
else if ((await readFile(FILE, 'utf8').catch(() => '')) !== page) {
  console.error('docs/messages.md is not what the code says: run "npm run messages" and commit the result');
  process.exitCode = 1;
}
