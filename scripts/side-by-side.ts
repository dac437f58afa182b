/**
 * Runs scripts of package.json at the same time: a line for each that ends, with its output when it fails.
 *
 * `node scripts/side-by-side.ts types lint …`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

const NAME_COLUMNS = 14;

const names = process.argv.slice(2);
const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  await readFile('package.json', 'utf8'),
);
const succeeded = await Promise.all(names.map(run));
if (succeeded.includes(false)) process.exitCode = 1;

/** @returns whether it succeeded */
async function run(name: string): Promise<boolean> {
  const command = scripts[name];
  if (command === undefined) throw new TypeError(`package.json has no script ${name}`);
  const startedMs = performance.now();
  // npm has put the project's programs into PATH; another npm per script would cost half a second each.
  const child = spawn(`${command} 2>&1`, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✓' : '✗'} ${name.padEnd(NAME_COLUMNS)} ${seconds.padStart(5)} s`);
  if (code !== 0) console.log(output);
  return code === 0;
}
