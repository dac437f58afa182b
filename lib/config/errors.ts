import { WatchError } from '../base/errors.ts';

/** One problem of a configuration. It never contains a value that could be secret. */
export interface Problem {
  /** The place, like `projects[0].tasks[1].id`; empty for the file as a whole. */
  readonly path: string;
  /** In the file, from 1. */
  readonly line?: number;
  /** In the line, from 1. */
  readonly column?: number;
  /** The unmet expectation. */
  readonly message: string;
}

/**
 * `no_config`: the configuration is missing or unreadable. `invalid_config`: it was read, and is refused as a whole.
 */
export type ConfigErrorCode = 'no_config' | 'invalid_config';

export class ConfigError extends WatchError {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ConfigErrorCode, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.code = code;
    this.problems = problems;
  }
}

/** Lines of one error message. */
const MOST_LINES = 500;

/**
 * Refuses a file with all its problems: a first line for the file, then one line for each, from top to bottom.
 *
 * @param untold the number of further problems
 */
export function refusal(file: string, problems: readonly Problem[], untold = 0): ConfigError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const all = problems.length + untold;
  const count = all === 1 ? 'one problem' : `${all} problems`;
  const more = all - Math.min(sorted.length, MOST_LINES);
  const lines = [`${file} is refused, it has ${count}:`, ...sorted.slice(0, MOST_LINES).map(problemLine)];
  if (more > 0) lines.push(`  … and ${more} more`);
  return new ConfigError('invalid_config', lines.join('\n'), sorted);
}

function problemLine({ path, line, column, message }: Problem): string {
  const position = line === undefined ? '' : `line ${line}${column === undefined ? '' : `:${column}`}: `;
  return `  ${position}${path === '' ? '' : `${path}: `}${message}`;
}
