import { EventEmitter } from 'node:events';
import { type Readable, Writable } from 'node:stream';
import { defined } from '../../lib/base/defined.ts';
import type { Clock } from '../../lib/base/time/clock.ts';
import { systemClock } from '../../lib/base/time/system-clock.ts';
import { main } from '../../lib/cli/cli.ts';

/** What a command line came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A process for the command line that is part of this one. */
export interface CommandLine {
  /** Runs one command line to its end. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Sends a signal to the command that runs. */
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void;
  /** All lines so far of the command that runs, or ran last. */
  out(): string;
  /** Resolves when they have this in them. */
  printed(words: string): Promise<void>;
}

export interface CommandLineOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Somebody sits at a terminal. */
  readonly isTTY?: boolean;
  /** Keys of somebody at a terminal. */
  readonly stdin?: Readable & { readonly isTTY: boolean };
  /** The width of the terminal. */
  readonly columns?: number | undefined;
}

/** The command line in this process: several hundred times as fast as one that is started. */
export function createCommandLine({
  cwd,
  env = {},
  clock = systemClock,
  isTTY = false,
  columns,
  stdin,
}: CommandLineOptions): CommandLine {
  let process = new EventEmitter();
  let [stdout, stderr] = [collect(isTTY, columns), collect(isTTY, columns)];

  return {
    async run(...args) {
      process = new EventEmitter();
      [stdout, stderr] = [collect(isTTY, columns), collect(isTTY, columns)];
      const { promise: exited, resolve: exit } = Promise.withResolvers<number>();
      const host = {
        env,
        cwd: () => cwd,
        stdin: stdin ?? { isTTY },
        stdout: stdout.stream,
        stderr: stderr.stream,
        ppid: 1,
        on: (signal: string, listener: () => void) => process.on(signal, listener),
        exit,
      };
      const code = await Promise.race([main(args, host, clock), exited]);
      return { code, out: stdout.text(), err: stderr.text() };
    },
    kill: (signal) => void process.emit(signal),
    out: () => stdout.text(),
    printed: (words) => stdout.printed(words),
  };
}

function collect(isTTY: boolean, columns: number | undefined) {
  let text = '';
  const written = new EventEmitter();
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk;
      written.emit('line');
      done();
    },
  });
  return {
    stream: Object.assign(stream, defined({ isTTY, columns })),
    text: () => text,
    async printed(words: string) {
      while (!text.includes(words)) await new Promise((resolve) => written.once('line', resolve));
    },
  };
}
