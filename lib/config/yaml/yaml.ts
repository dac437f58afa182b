import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Problem } from '../errors.ts';
import { type Path, pathText } from '../path.ts';
import { sizeProblem } from './size.ts';
import { aliasTargets, offsetOf, plainValue, type Report, startOf, type Value } from './tree.ts';

/** The value of a file, with the lines of its parts. */
export interface Source {
  readonly value: Value;
  /** Problems of entries that were left out for an impossible or repeated key. */
  readonly problems: readonly Problem[];
  /** The line of a value (from 1), or of its surroundings if it is missing. */
  lineOf(path: Path): number;
}

/** An unreadable text. */
export interface Unreadable {
  readonly value?: undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML 1.2 even if a directive says otherwise. The parser's own messages are not used, because they quote the
 * file.
 */
const OPTIONS = {
  schema: 'core',
  // `plainValue` resolves merge keys, and bounds their expansion.
  merge: false,
  resolveKnownTags: false,
  // The parser compares each key with all before it; reading the tree finds repeated keys in one pass.
  uniqueKeys: false,
  stringKeys: true,
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** Reads a YAML text. Its problems have lines and repeat nothing of the text. */
export function readYaml(text: string): Source | Unreadable {
  const excess = sizeProblem(text);
  if (excess !== undefined) return { problems: [{ path: '', message: excess }] };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter });
  // An unknown tag is only a warning for the parser, which would ignore the tag and keep the value.
  const faults = [...document.errors, ...document.warnings].map((fault) => inWords(fault, lineCounter));
  if (faults.length > 0) return { problems: firstOfEachLine(faults) };

  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const problems: Problem[] = [];
  const report: Report = (message, node, path = []) => {
    problems.push({ path: pathText(path), line: lineAt(startOf(node)), message });
  };
  const targets = aliasTargets(document, report);
  const value = targets && plainValue(document.contents, targets, report);
  if (targets === undefined || value === undefined) return { problems };
  return { value, problems, lineOf: (path) => lineAt(offsetOf(document.contents, path, targets)) };
}

/** The first fault of each line, because one mistake often causes several. */
function firstOfEachLine(problems: readonly Problem[]): Problem[] {
  return [...Map.groupBy(problems, ({ line }) => line).values()].flatMap((group) => group.slice(0, 1));
}

const WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have an anchor or a tag',
  BAD_ALIAS: 'this alias or anchor has no valid name',
  BAD_DIRECTIVE: 'this directive is not known',
  BAD_DQ_ESCAPE: 'this escape sequence does not exist; in double quotes a backslash is written \\\\',
  BAD_INDENT: 'the indentation is wrong, or a closing bracket is missing',
  BAD_SCALAR_START: 'a text cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'two "key: value" on one line; put a text that contains ": " in quotes',
  MISSING_CHAR: 'a closing quote, a bracket, a comma or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line with its colon; is a colon missing?',
  MULTIPLE_DOCS: 'a second document begins (---); the file must hold one',
  NON_STRING_KEY: 'a key must be a text',
  RESOURCE_EXHAUSTION: 'the file nests too deeply',
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'tags (!…) are not supported',
  UNEXPECTED_TOKEN: `not expected here; within { } and [ ] a text with \${NAME} must be in quotes`,
};

function inWords({ code, pos }: YAMLError, lineCounter: LineCounter): Problem {
  const { line, col } = lineCounter.linePos(pos[0]);
  return { path: '', line, column: col, message: WORDS[code] ?? 'this is not valid YAML' };
}
