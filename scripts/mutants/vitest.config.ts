import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { COMMON } from '../../vitest.config.ts';

const { MUTANTS_TESTS = '', MUTANTS_FILE, MUTANTS_INSTEAD } = process.env;

/** Puts another text in place of one file of ours. */
const instead = {
  name: 'instead',
  load(id: string) {
    if (MUTANTS_FILE === undefined || MUTANTS_INSTEAD === undefined) return null;
    return id === resolve(MUTANTS_FILE) ? readFileSync(MUTANTS_INSTEAD, 'utf8') : null;
  },
};

/** The tests of one target only: every mutant runs them anew. */
export default defineConfig({
  plugins: [instead],
  test: {
    ...COMMON,
    // Compiled code of one text must not be taken for another.
    fsModuleCache: false,
    include: MUTANTS_TESTS.split(','),
    setupFiles: ['scripts/mutants/setup.ts'],
    // A slow test is no failure; Stryker has a time limit of its own.
    testTimeout: 300_000,
  },
});
