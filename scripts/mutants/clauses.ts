import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './report.ts';
import { readSource, type Source } from './source.ts';
import type { Target } from './targets.ts';

/**
 * Mutants inside a text. Stryker takes a whole string away, which any test notices; what matters in a condition of SQL
 * or DynamoDB is each of its clauses.
 */
type Edit = readonly [at: number, from: string, to: string];

/** A piece of code, and its replacement. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/<=/g, '<'],
  [/<=/g, '>'],
  [/<(?![=>])/g, '<='],
  [/<(?![=>])/g, '>'],
  [/>(?!=)/g, '>='],
  [/>(?!=)/g, '<'],
  [/(?<=(?:^|WHERE |AND )[\w.]+ )=/g, '<>'],
  [/\bAND\b/g, 'OR'],
  [/\bOR\b/g, 'AND'],
  [/\bNOT (?!NULL)/g, ''],
  [/\bIS NULL\b/g, 'IS NOT NULL'],
  [/\bORDER BY id\b/g, ''],
  [/\bORDER BY id\b/g, 'ORDER BY id DESC'],
  [/ - 1\b/g, ''],
  [/\s*\bWHERE\b.*$/gs, ''],
  [/,\s*\w+ = (?:excluded\.|:)\w+/g, ''],
  [/(?<=SET )\w+ = (?:excluded\.|:)\w+,/g, ''],
];

/** Every edit of a condition: each rule at each of its places, and each term taken away. */
export function editsOf(text: string): Edit[] {
  const replaced = RULES.flatMap(([pattern, to]) =>
    [...text.matchAll(pattern)].map((match): Edit => [match.index, match[0], to]),
  );
  return [...replaced, ...termsOf(text).map(([at, term]): Edit => [at, term, ''])];
}

/** Each operand of AND and OR with the connective beside it, the connective before it if there is one. */
function termsOf(text: string): readonly (readonly [at: number, term: string])[] {
  const found: [number, string][] = [];
  for (const connective of text.matchAll(/\s+(?:AND|OR)\b/g)) {
    const after = connective.index + connective[0].length;
    found.push([connective.index, text.slice(connective.index, endOfTerm(text, after))]);
    const start = startOfTerm(text, connective.index);
    if (!/(?:AND|OR)\s+$/.test(text.slice(0, start))) found.push([start, text.slice(start, after)]);
  }
  return found;
}

const BEFORE_TERM = /(?:^|WHERE|AND|OR)$/;

function endOfTerm(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth < 0) return at;
    if (depth === 0 && /^\s+(?:AND|OR|ORDER)\b/.test(text.slice(at))) return at;
  }
  return text.length;
}

function startOfTerm(text: string, before: number): number {
  let depth = 0;
  for (let at = before; at > 0; at -= 1) {
    if (text[at - 1] === ')') depth += 1;
    if (text[at - 1] === '(') depth -= 1;
    if (depth < 0) return at;
    if (depth === 0 && /\s/.test(text[at - 1] ?? '') && BEFORE_TERM.test(text.slice(0, at).trimEnd()))
      return at;
  }
  return 0;
}

/**
 * Tries the clauses of a target one by one, with its tests.
 *
 * @throws {Error} when the tests fail although nothing is changed
 */
export async function clauseMutants({ file, clauses = [], tests }: Target): Promise<Mutant[]> {
  const source = readSource(file);
  const mutants = clauses.flatMap((name) => {
    const { text, offset } = source.stringOf(name);
    return editsOf(text).map(([at, from, to]) => ({ name, at: offset + at, from, to }));
  });
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  try {
    const passes = (text: string) => testsPass(file, text, tests, folder);
    if (mutants.length > 0 && !(await passes(source.text))) throw new Error(`the tests of ${file} fail`);
    const results: Mutant[] = [];
    for (const { at, from, to } of mutants) {
      const survives = await passes(source.text.slice(0, at) + to + source.text.slice(at + from.length));
      results.push({
        ...placeOf(source, at),
        mutator: 'Clause',
        from,
        to,
        end: survives ? 'survived' : 'killed',
      });
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function placeOf({ file, text, lines }: Source, at: number): Pick<Mutant, 'file' | 'line' | 'code'> {
  const line = text.slice(0, at + 1).split('\n').length;
  return { file, line, code: lines[line - 1]?.trim() ?? '' };
}

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs tests with another text in place of a file. */
async function testsPass(
  file: string,
  text: string,
  tests: readonly string[],
  folder: string,
): Promise<boolean> {
  const instead = join(folder, 'instead.ts');
  await writeFile(instead, text);
  const env = { ...process.env, MUTANTS_TESTS: tests.join(), MUTANTS_FILE: file, MUTANTS_INSTEAD: instead };
  const child = spawn(process.execPath, [VITEST, 'run', '--bail=1', '--config', CONFIG_FILE], {
    env,
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  return code === 0;
}

/** Which tests run, and with what in place of what: read by this configuration from the environment. */
export const CONFIG_FILE = 'scripts/mutants/vitest.config.ts';
