import type { Env } from '../config/source.ts';

/** Done; the work could not be done; the configuration or the command line is wrong. */
export const EXIT = { done: 0, failed: 1, misused: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where a command runs and to whom it speaks. */
export interface Terminal {
  readonly env: Env;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** One line of the result. */
  write(line: string): void;
  /** One line about what is wrong. */
  complain(line: string): void;
}

/** What the parser of the command line says: the first sentence, without the hints for programmers behind it. */
export function firstSentence(error: unknown): string {
  const [first = ''] = error instanceof Error ? error.message.split(/\.(?:\s|$)/) : [];
  return first === '' ? 'not understood' : first;
}

/** The SQLite file where no option names one. */
export const DEFAULT_STATE = '.state/watch.db';
