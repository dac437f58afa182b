import * as z from 'zod/mini';
import { nearest } from '../../base/nearest.ts';
import type { Path } from '../path.ts';
import type { ConfigFile, FileSchema } from '../schema/file.ts';
import { isSettings, type Value } from '../yaml/tree.ts';
import type { ProblemAt } from './problem-at.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** The file in its right form, or all problems of its form. */
export type Shape =
  | { readonly file: ConfigFile; readonly problems: readonly [] }
  | { readonly file?: undefined; readonly problems: readonly ProblemAt[] };

/** Checks a file with the schema. Its problems repeat no value of the file. */
export function checkShape(value: Value, schema: FileSchema): Shape {
  const result = parse(value, schema);
  if (result.success) return { file: result.data, problems: [] };
  const { issues } = result.error;
  return {
    problems: issues.flatMap((issue, i) => [
      ...problemsOf(issue, []),
      ...(i < MOST_NAMES ? behindName(issue, value, schema) : []),
    ]),
  };
}

function parse(value: Value, schema: FileSchema) {
  return z.safeParse(schema, value, { error: inWords });
}

/** Wrong names whose values are parsed again. */
const MOST_NAMES = 50;
const GOOD_NAME = 'name';

/** Problems of the value behind a wrong name. The parser skips it, so it is parsed again under a good name. */
function behindName({ code, path }: Issue, value: Value, schema: FileSchema): ProblemAt[] {
  const [section, name, ...inner] = path;
  if (code !== 'invalid_key' || typeof section !== 'string' || typeof name !== 'string' || inner.length > 0) {
    return [];
  }
  const entries = isSettings(value) ? value[section] : undefined;
  if (!isSettings(value) || !isSettings(entries) || !Object.hasOwn(entries, name)) return [];
  const { error } = parse({ ...value, [section]: { [GOOD_NAME]: entries[name] ?? null } }, schema);
  const found = (error?.issues ?? []).flatMap((issue) => problemsOf(issue, []));
  return found.flatMap(({ path: [at, as, ...rest], message }) =>
    at === section && as === GOOD_NAME ? [{ path: [section, name, ...rest], message }] : [],
  );
}

/** The words of a problem for which the schema has none. */
function inWords(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? 'another type'}${foundWords(issue.input)}${quotes(issue)}`;
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}`;
    case 'unrecognized_keys':
      return unknownKeys(issue.keys, knownKeys(issue.inst));
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'array' ? ' entry' : ''}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}`;
    default:
      return 'is not valid here';
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list (- …)',
  object: 'settings (name: value)',
  record: 'settings (name: value)',
};

function foundWords(input: unknown): string {
  if (input === undefined) return ', but it is missing';
  if (input === null) return ', but it has no value';
  if (Array.isArray(input)) return ', but it is a list';
  return `, but it is ${FOUND[typeof input]}`;
}

const FOUND: Readonly<Partial<Record<string, string>>> = {
  object: 'a group of settings',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

/** Advice to use quotes: YAML reads 12 as a number and true as a boolean, even where a name is meant. */
function quotes({ expected, input }: RawIssue & { code: 'invalid_type' }): string {
  const isScalar = typeof input === 'number' || typeof input === 'boolean';
  return expected === 'string' && isScalar ? '; put it in quotes' : '';
}

/** One line for each unknown key, with the most likely setting first. */
function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const expected = `expected one of ${known.join(', ')}`;
  return keys
    .map((key) => nearest(key, known))
    .map((meant) => (meant === undefined ? expected : `did you mean ${meant}? (${expected})`))
    .map((hint) => `is not a known setting; ${hint}`)
    .join('\n');
}

function knownKeys(schema: unknown): string[] {
  return schema instanceof z.ZodMiniObject ? Object.keys(schema.shape) : [];
}

function problemsOf(issue: Issue, parent: Path): ProblemAt[] {
  const path = [...parent, ...issue.path.filter((step) => typeof step !== 'symbol')];
  if (issue.code === 'unrecognized_keys') {
    // An unknown name in credentials may itself be an access key, so it is not repeated.
    const messages = issue.message.split('\n');
    if (path.at(-1) === 'credentials') return [{ path, message: `one entry: ${messages[0] ?? ''}` }];
    return issue.keys.map((key, i) => ({ path: [...path, key], message: messages[i] ?? '', isOfName: true }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  }
  const branch = issue.code === 'invalid_union' ? branchMeant(issue.errors) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => problemsOf(inner, path));
  return [{ path, message: issue.message }];
}

/** The problems of the intended form among several: those that lie deeper than the type of the whole. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.some(({ code, path }) => !OF_THE_WHOLE.has(code) || path.length > 0),
  );
}

const OF_THE_WHOLE: ReadonlySet<Issue['code']> = new Set(['invalid_type', 'invalid_value']);
