import type { Terminal } from './terminal/terminal.ts';

/** Done; the work could not be done; the configuration or the command line is wrong. */
export const EXIT = { done: 0, failed: 1, misused: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One command of the command line. */
export interface Command {
  /** Its line in the overview: the words after `npm start --`; absent where an option does the same. */
  readonly usage?: string;
  /** Its purpose, behind its usage. */
  readonly about?: string;
  /** Its own text for --help; without one it shows the overview. */
  readonly help?: string;
  /**
   * @param args what follows its name on the command line
   * @returns `help` to have its help shown
   * @throws {ConfigError | StoreError}
   */
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode | 'help'>;
}

/** The first sentence of an error of `parseArgs`; hints for programmers follow behind it. */
export function firstSentence(error: unknown): string {
  const [first = ''] = error instanceof Error ? error.message.split(/\.(?:\s|$)/) : [];
  return first === '' ? 'not understood' : first;
}

/** The SQLite file where no option names one. */
export const DEFAULT_STATE = '.state/watch.db';
