import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, scriptsFolder, wordsIn } from '../cli/commands/completion/cases.ts';

let folder: string;
beforeAll(async () => {
  folder = await scriptsFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** CI installs the shells; where one is not, its tests are named as left out. */
const isLeftOut = (shell: string) => process.env['SHELLS_REQUIRED'] === undefined && !isThere(shell);

function isThere(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(isLeftOut('fish'))('completion in fish', () => {
  it.each(CASES)('of "dcs-migration-watch %s"', (line, expected, others) => {
    const script = `source script.fish; complete -C 'dcs-migration-watch ${line}' | cut -f1`;
    const words = wordsIn(folder, 'fish', script);
    expect(words).toEqual(expect.arrayContaining([...expected]));
    for (const other of others) expect(words).not.toContain(other);
  });
});

describe.skipIf(isLeftOut('zsh'))('completion in zsh', () => {
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
      const words = wordsIn(folder, 'zsh', script);
      expect(words).toEqual(expect.arrayContaining([...expected]));
      for (const other of others) expect(words).not.toContain(other);
    },
  );
});
