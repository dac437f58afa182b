import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCommandLine } from '../../../support/command-line.ts';
import { CASES, scriptsFolder, wordsIn } from './cases.ts';

let folder: string;
beforeAll(async () => {
  folder = await scriptsFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('completion in bash', () => {
  it.each(CASES)('of "dcs-migration-watch %s"', (line, expected, others) => {
    const typed = ['dcs-migration-watch', ...line.split(' ')].map((word) => `'${word}'`);
    const script = `. ./script.bash; COMP_WORDS=(${typed.join(' ')}); COMP_CWORD=${typed.length - 1}; _dcs_migration_watch; echo "\${COMPREPLY[@]}"`;
    const words = wordsIn(folder, 'bash', script);
    expect(words).toEqual(expect.arrayContaining([...expected]));
    for (const other of others) expect(words).not.toContain(other);
  });
});

describe('completion', () => {
  it('says which shells there are', async () => {
    const { code, err } = await createCommandLine({ cwd: folder }).run('completion', 'tcsh');
    expect(code).toBe(2);
    expect(err).toContain('bash, zsh, fish');
  });
});
