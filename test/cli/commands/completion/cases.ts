import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommandLine } from '../../../support/command-line.ts';

/** A line that somebody began to type, words that complete it, and words that do not. */
export const CASES: readonly (readonly [
  line: string,
  expected: readonly string[],
  others: readonly string[],
])[] = [
  ['', ['watch', 'rehearse', 'deliveries', 'completion'], ['list']],
  ['del', ['deliveries'], ['watch']],
  ['deliveries ', ['list', 'retry', 'redrive'], ['watch']],
  ['deliveries list --s', ['--state', '--since'], ['--channel', '--until']],
  ['deliveries redrive --', ['--until', '--dry-run'], ['--once']],
  ['watch --on', ['--once'], ['--json']],
  ['watch --config w', ['watch.yml'], ['watch']],
  ['completion ', ['bash', 'zsh', 'fish'], ['list']],
];

/** A folder with the script of each shell, and a file to complete. */
export async function scriptsFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dcs-migration-watch-completion-'));
  writeFileSync(join(folder, 'watch.yml'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await createCommandLine({ cwd: folder }).run('completion', shell);
    writeFileSync(join(folder, `script.${shell}`), out);
  }
  return folder;
}

/** The words that a script of a shell prints. */
export function wordsIn(folder: string, shell: string, script: string): string[] {
  return execFileSync(shell, ['-c', script], { cwd: folder, encoding: 'utf8' }).trim().split(/\s+/);
}
