import { globSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL, ALONE, LONG } from './support/suites.ts';

/** What a file shares with the others of its process, and would disturb them by. */
const DISTURBS = /'node:child_process'|support\/memory\.ts'|vi\.stubEnv|process\.chdir/;
const HERE = 'test/suites.test.ts';

const isIn = (patterns: readonly string[], file: string) =>
  patterns.some((pattern) => matchesGlob(file, pattern));

describe('the suite long', () => {
  it.each(LONG)('finds files at %s', (pattern) => {
    expect(globSync(pattern).length).toBeGreaterThan(0);
  });
});

describe('the suite alone', () => {
  it.each(ALONE)('finds files at %s', (pattern) => {
    expect(globSync(pattern).length).toBeGreaterThan(0);
  });

  it('has every file that measures memory, changes the environment or starts processes', () => {
    const fast = globSync(ALL).filter((file) => !isIn(LONG, file) && !isIn(ALONE, file) && file !== HERE);
    expect(fast.length).toBeGreaterThan(100);
    expect(fast.filter((file) => DISTURBS.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
