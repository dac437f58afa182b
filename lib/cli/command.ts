import type { CommandUnknownOpts, Command as Program } from '@commander-js/extra-typings';
import type { Terminal } from './terminal/terminal.ts';

/**
 * Done; the work could not be done, or the answer is no; the configuration or the command line is wrong; time ran out.
 */
export const EXIT = {
  done: 0,
  failed: 1,
  misused: 2,
  timedOut: 3,
  /** Stopped by a signal before its end: 128 and the number of the signal, as shells have it. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command line of the program with what was typed behind it, and what it does. */
export type Example = readonly [words: string, purpose: string];

/** The command line that commands are parts of. */
export interface Cli {
  readonly terminal: Terminal;
  /** A command to add arguments, options and an action to. */
  command(name: string, purpose: string, examples?: readonly Example[]): Program;
  /** The whole command line, with every command. */
  whole(): Promise<CommandUnknownOpts>;
  /** An action's work: its exit code is that of the command line. */
  ends(work: Promise<ExitCode>): Promise<void>;
}

/** The file of one command. */
export interface CommandModule {
  readonly command: (cli: Cli) => CommandUnknownOpts;
}

/** The SQLite file where no option names a state. */
export const DEFAULT_STATE = '.state/watch.db';
