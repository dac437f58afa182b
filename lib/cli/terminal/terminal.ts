import { Readable, type Writable } from 'node:stream';
import type { Env } from '../../base/env.ts';
import type { Clock } from '../../base/time/clock.ts';
import { describe, jsonLine, textLine } from '../../telemetry/describe.ts';
import type { Log, LogEntry } from '../../telemetry/log.ts';
import { type Paint, painter } from './colours.ts';
import { createOutput, type Output } from './output.ts';
import { listenToSignals, type SignalSource, type Signals } from './signals.ts';
import { type Times, timesIn, withTimes, zoneOf } from './times.ts';
import { wrappedLine } from './wrapped-line.ts';

/** The process that the command line runs in: Node's own, or one that a test makes. */
export interface Host extends SignalSource {
  readonly env: Env;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  cwd(): string;
}

/** Somebody can be asked: keys come from one, questions go to the other. */
export interface Dialog {
  readonly input: Readable;
  readonly output: Writable;
}

/** Where a command runs and to whom it speaks. */
export interface Terminal {
  readonly env: Env;
  /** Relative paths start here. */
  readonly cwd: string;
  readonly clock: Clock;
  /** The words that call this program: those of npm in a clone. */
  readonly self: string;
  /** Somebody reads the lines: they go neither into a file nor to a program. */
  readonly isReadAlong: boolean;
  /** The width of the terminal that the lines go to, where it is one. */
  readonly columns: number | undefined;
  /** Absent where nobody can be asked. */
  readonly dialog: Dialog | undefined;
  /** A terminal is read from or written to. */
  readonly hasTerminal: boolean;
  readonly paint: Paint;
  /** The time zone of the machine. */
  readonly zone: string;
  /** Only what somebody must read is asked for, on standard error. */
  readonly isQuiet: boolean;
  /** One line of the result; none where only what somebody must read is asked for. */
  write(line: string): void;
  /** One line about what is wrong. */
  complain(line: string): void;
  /** Sets what happens when no more lines can be written; the process ends with 1 until then. */
  onWriteFailure: Output['onWriteFailure'];
  /**
   * Times as the readers want them.
   *
   * @param timeZone of the configuration; without one that of the machine
   */
  times(timeZone?: string): Times;
  /** The log, as lines of the result. */
  log(timeZone?: string): Log;
  /** Listens from now on to the signals of a service. */
  signals(): Signals;
}

const NAME = 'dcs-migration-watch: ';

/** How lines are printed. */
interface Style {
  /** Lines of the log are JSON. */
  readonly asJson: boolean;
  /** Only what somebody must read is printed, on standard error. */
  readonly isQuiet: boolean;
}

export function createTerminal(host: Host, clock: Clock, { asJson, isQuiet }: Style): Terminal {
  const { env, stdin, stdout, stderr } = host;
  const times = (timeZone = zoneOf(env)) => timesIn(timeZone);
  const lineIn = (timeZone = zoneOf(env)) => {
    const timeText = timeZone === 'UTC' ? undefined : timesIn(timeZone);
    return (entry: LogEntry, { columns, isTTY }: Host['stdout']) => {
      const now = new Date(clock.now());
      if (asJson) return jsonLine(entry, now);
      const line = textLine(entry, now, timeText);
      const read = timeText === undefined ? line : withTimes(line, timeText);
      return isTTY ? wrappedLine(read, columns) : read;
    };
  };
  const lines = createOutput(stdout, (message) => lineIn()({ kind: 'problem', message }, stdout));
  const complaints = createOutput(stderr, (message) => `${NAME}${message}`);
  const hasTerminal = Boolean(stdin.isTTY || stdout.isTTY || stderr.isTTY);
  const write = isQuiet ? () => undefined : lines.write;
  return {
    env,
    cwd: host.cwd(),
    clock,
    self: env['npm_lifecycle_event'] === 'start' ? 'npm start --' : 'dcs-migration-watch',
    isReadAlong: Boolean(stdout.isTTY),
    columns: stdout.columns,
    dialog:
      stdin instanceof Readable && stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined,
    hasTerminal,
    zone: zoneOf(env),
    paint: painter(env, Boolean(stdout.isTTY)),
    isQuiet,
    write,
    complain: (line) => complaints.write(`${NAME}${line}`),
    onWriteFailure: lines.onWriteFailure,
    times,
    log(timeZone) {
      const line = lineIn(timeZone);
      return (entry) => {
        if (!isQuiet) lines.write(line(entry, stdout));
        else if (describe(entry).level !== 'info') complaints.write(line(entry, stderr));
      };
    },
    signals: () => listenToSignals(host, clock, hasTerminal),
  };
}
