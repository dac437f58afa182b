import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import type { Mutant } from './report.ts';
import { readSource, type Source } from './source.ts';
import type { Target } from './targets.ts';

type Result = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/**
 * Tries every mutant that Stryker makes of a target, with its tests.
 *
 * The tests are narrowed by Vitest's own configuration: with Stryker's `testFiles` a mutant of a constant is switched on
 * only after the constant was made, and survives whatever the tests say.
 *
 * @param workers how many are tried at a time
 */
export async function strykerMutants({ file, only, tests }: Target, workers: number): Promise<Mutant[]> {
  const source = readSource(file);
  const ranges = only?.map((name) => `${file}:${source.linesOf(name).join('-')}`) ?? [file];
  process.env['MUTANTS_TESTS'] = tests.join();
  const stryker = new Stryker({
    configFile: 'scripts/mutants/stryker.json',
    mutate: ranges,
    concurrency: workers,
    tempDirName: join(tmpdir(), 'mutants-stryker'),
  });
  const results = await stryker.runMutationTest();
  return results.map((result) => mutantOf(result, source));
}

/** A mutant that keeps a test file from loading is found. One that no test reaches survives. */
const ENDS = {
  Killed: 'killed',
  RuntimeError: 'killed',
  Timeout: 'timeout',
  Survived: 'survived',
  NoCoverage: 'survived',
} as const satisfies Partial<Record<Result['status'], Mutant['end']>>;

function mutantOf(result: Result, { file, lines }: Source): Mutant {
  const { status, location, mutatorName: mutator, replacement, fileName } = result;
  if (status === 'CompileError' || status === 'Ignored' || status === 'Pending') {
    throw new TypeError(`${relative('.', fileName)} has a mutant that was not tried (${status})`);
  }
  const { start, end } = location;
  const mutated = lines.slice(start.line - 1, end.line);
  const last = mutated.pop()?.slice(0, end.column - 1) ?? '';
  const from = [...mutated, last].join('\n').slice(start.column - 1);
  return {
    file,
    line: start.line,
    code: lines[start.line - 1]?.trim() ?? '',
    mutator,
    from: inOneLine(from),
    to: inOneLine(replacement),
    end: ENDS[status],
  };
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
