import type { Writable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import { jsonLine, textLine } from '../../telemetry/describe.ts';
import type { LogEntry } from '../../telemetry/log.ts';
import { createOutput, type Output } from './output.ts';
import { listenToSignals, type SignalSource, type Signals } from './signals.ts';

/** The process that the command line runs in: Node's own, or one that a test makes. */
export interface Host extends SignalSource {
  readonly env: Env;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  cwd(): string;
}

/** Where a command runs and to whom it speaks. */
export interface Terminal {
  readonly env: Env;
  /** Relative paths start here. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Somebody reads the lines: they go neither into a file nor to a program. */
  readonly isReadAlong: boolean;
  /** The width of the terminal that the lines go to, where it is one. */
  readonly columns: number | undefined;
  /** A terminal is read from or written to. */
  readonly hasTerminal: boolean;
  /** One line of the result. */
  write(line: string): void;
  /** One line about what is wrong. */
  complain(line: string): void;
  /** Sets what happens when no more lines can be written; the process ends with 1 until then. */
  onWriteFailure: Output['onWriteFailure'];
  /** Listens from now on to the signals of a service. */
  signals(): Signals;
}

const NAME = 'dcs-migration-watch: ';

/** @param asJson whether a line about lost lines is JSON, as the lines around it */
export function createTerminal(host: Host, clock: Clock, asJson: boolean): Terminal {
  const { env, stdin, stdout, stderr } = host;
  const lines = createOutput(stdout, (message) => logLine({ kind: 'problem', message }, clock, asJson));
  const complaints = createOutput(stderr, (message) => `${NAME}${message}`);
  const hasTerminal = Boolean(stdin.isTTY || stdout.isTTY || stderr.isTTY);
  return {
    env,
    cwd: host.cwd(),
    clock,
    isReadAlong: Boolean(stdout.isTTY),
    columns: stdout.columns,
    hasTerminal,
    write: lines.write,
    complain: (line) => complaints.write(`${NAME}${line}`),
    onWriteFailure: lines.onWriteFailure,
    signals: () => listenToSignals(host, clock, hasTerminal),
  };
}

/** An entry of the log as a line of the result. */
export function logLine(entry: LogEntry, clock: Clock, asJson: boolean): string {
  const now = new Date(clock.now());
  return asJson ? jsonLine(entry, now) : textLine(entry, now);
}
