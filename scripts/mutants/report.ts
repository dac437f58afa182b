import { tableOf } from '../tables.ts';
import { type Exception, exceptionsIn } from './exceptions.ts';
import { readSource } from './source.ts';
import { GROUPS, type Group, TARGETS } from './targets.ts';

/** One change of the product, and the result of the tests. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The line of the product in which it begins, without its indentation. */
  readonly code: string;
  readonly mutator: string;
  readonly from: string;
  readonly to: string;
  /** A run without an end counts as found, but a slow machine looks the same: it has a column of its own. */
  readonly end: 'killed' | 'timeout' | 'survived';
}

export type Results = ReadonlyMap<Group, readonly Mutant[]>;

export interface Evaluation {
  readonly table: string;
  /** Survivors that no exception names. */
  readonly survivors: readonly Mutant[];
  /** Exceptions that nothing needs: what they named was killed, or is there no more. */
  readonly stale: readonly string[];
}

/** They stand beside the code that they are about. */
const EXCEPTIONS = TARGETS.flatMap(({ file }) => exceptionsIn(readSource(file)));

const HEAD = [
  'group',
  'mutants',
  'killed',
  'timed out',
  'survived',
  'score',
  'named exceptions',
  'score without them',
];

/** Exceptions are checked in the files that were tried. */
export function evaluate(results: Results): Evaluation {
  const tried = [...results.values()].flat();
  const survived = tried.filter(({ end }) => end === 'survived');
  const files = new Set(tried.map(({ file }) => file));
  const rows = GROUPS.flatMap((group) => {
    const mutants = results.get(group);
    return mutants === undefined ? [] : [row(group, mutants)];
  });
  if (rows.length > 1) rows.push(row('**all**', tried));
  const isNeedless = (exception: Exception) => !survived.some((mutant) => isNamedBy(mutant, exception));
  return {
    table: tableOf(HEAD, rows),
    survivors: survived.filter((mutant) => !isException(mutant)),
    stale: EXCEPTIONS.filter(({ file }) => files.has(file))
      .filter(isNeedless)
      .map(shownException),
  };
}

function row(name: string, mutants: readonly Mutant[]): readonly (string | number)[] {
  const count = (end: Mutant['end']) => mutants.filter((mutant) => mutant.end === end).length;
  const found = count('killed') + count('timeout');
  const named = mutants.filter((mutant) => mutant.end === 'survived' && isException(mutant)).length;
  return [
    name,
    mutants.length,
    count('killed'),
    count('timeout'),
    count('survived'),
    percent(found, mutants.length),
    named,
    percent(found, mutants.length - named),
  ];
}

/** Cut, not rounded: only all is 100 %. */
function percent(part: number, whole: number): string {
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
}

function isException(mutant: Mutant): boolean {
  return EXCEPTIONS.some((exception) => isNamedBy(mutant, exception));
}

function isNamedBy({ file, line, from, to }: Mutant, exception: Exception): boolean {
  const [first, last] = exception.lines;
  const isThere = file === exception.file && line >= first && line <= last;
  return isThere && from === exception.from && to === exception.to;
}

function shownException({ file, lines: [line], from, to }: Exception): string {
  return `${file}:${line}: ${from} → ${to}`;
}

/** A mutant in two lines: where it is, and what was changed. */
export function shown({ file, line, code, mutator, from, to }: Mutant): string {
  return `${file}:${line} (${mutator}) ${code}\n    ${from} → ${to}`;
}
