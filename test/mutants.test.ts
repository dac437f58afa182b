import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../scripts/mutants/targets.ts';

describe('the targets of the mutants', () => {
  it('are files that exist, with the declarations that are named', () => {
    const missing = TARGETS.flatMap(({ file, only = [] }) => {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return text === '' ? [file] : only.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
    });
    expect(missing).toEqual([]);
  });

  it('have tests that exist', () => {
    expect(TARGETS.flatMap(({ tests }) => tests).filter((file) => !existsSync(file))).toEqual([]);
  });
});
