import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCommandLine } from '../../../support/command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dcs-migration-watch-completion-'));
  writeFileSync(join(folder, 'watch.yml'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await createCommandLine({ cwd: folder }).run('completion', shell);
    expect(code).toBe(0);
    writeFileSync(join(folder, `script.${shell}`), out);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const has = (shell: string) => {
  try {
    execFileSync(shell, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
};
const run = (shell: string, script: string) =>
  execFileSync(shell, ['-c', script], { cwd: folder, encoding: 'utf8' }).trim().split(/\s+/);

const CASES: readonly (readonly [line: string, expected: readonly string[], others: readonly string[]])[] = [
  ['', ['watch', 'rehearse', 'deliveries', 'completion'], ['list']],
  ['del', ['deliveries'], ['watch']],
  ['deliveries ', ['list', 'retry', 'redrive'], ['watch']],
  ['deliveries list --s', ['--state', '--since'], ['--channel', '--until']],
  ['deliveries redrive --', ['--until', '--dry-run'], ['--once']],
  ['watch --on', ['--once'], ['--json']],
  ['watch --config w', ['watch.yml'], ['watch']],
  ['completion ', ['bash', 'zsh', 'fish'], ['list']],
];

describe('completion in bash', () => {
  it.each(CASES)('of "dcs-migration-watch %s"', (line, expected, others) => {
    const typed = ['dcs-migration-watch', ...line.split(' ')].map((word) => `'${word}'`);
    const script = `. ./script.bash; COMP_WORDS=(${typed.join(' ')}); COMP_CWORD=${typed.length - 1}; _dcs_migration_watch; echo "\${COMPREPLY[@]}"`;
    const words = run('bash', script);
    expect(words).toEqual(expect.arrayContaining([...expected]));
    for (const other of others) expect(words).not.toContain(other);
  });
});

describe.runIf(has('fish'))('completion in fish', () => {
  it.each(CASES)('of "dcs-migration-watch %s"', (line, expected, others) => {
    const script = `source script.fish; complete -C 'dcs-migration-watch ${line}' | cut -f1`;
    const words = run('fish', script);
    expect(words).toEqual(expect.arrayContaining([...expected]));
    for (const other of others) expect(words).not.toContain(other);
  });
});

describe.runIf(has('zsh'))('completion in zsh', () => {
  /** The functions of zsh that offer words, with those that print them in their place. */
  const DOUBLES = `
    compdef() { :; }
    _describe() { local -a all=("\${(@P)2}"); print -l -- "\${all[@]%%:*}"; }
    _files() { print -l -- *; }
    _message() { :; }`;

  it.each(CASES.filter(([line]) => line.endsWith(' ') || line === '' || line.includes('--config')))(
    'of "dcs-migration-watch %s"',
    (line, expected, others) => {
      const typed = ['dcs-migration-watch', ...line.split(' ')].map((word) => `'${word}'`);
      const script = `${DOUBLES}\n. ./script.zsh; words=(${typed.join(' ')}); CURRENT=${typed.length}; _dcs_migration_watch`;
      const words = run('zsh', script);
      expect(words).toEqual(expect.arrayContaining([...expected]));
      for (const other of others) expect(words).not.toContain(other);
    },
  );
});

describe('completion', () => {
  it('says which shells there are', async () => {
    const { code, err } = await createCommandLine({ cwd: folder }).run('completion', 'tcsh');
    expect(code).toBe(2);
    expect(err).toContain('bash, zsh, fish');
  });
});
