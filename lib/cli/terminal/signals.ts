import { readFileSync } from 'node:fs';
import type { Env } from '../../base/env.ts';
import type { Clock } from '../../base/time/clock.ts';

type Signal = keyof typeof NUMBERS;

/** The part of a process that signals concern. */
export interface SignalSource {
  readonly env: Env;
  /** The id of its parent. */
  readonly ppid: number;
  on(signal: Signal, listener: () => void): unknown;
  exit(code: number): void;
}

/** The signals to a program that runs until it is stopped. */
export interface Signals {
  /** Aborted when it is to stop; the reason says why, where that is not plain. */
  readonly stopping: AbortSignal;
  /** Ends a wait when somebody asks for the configuration to be read again. */
  reloading(): AbortSignal;
  /** Stops it as a signal does. */
  stop(signal: Signal): void;
}

/** A terminal signals whole groups of processes, and npm passes it on: for so long it is the same Ctrl-C. */
const ONE_CTRL_C_MS = 1000;
/** `bin/dcs-migration-watch.js` passes every signal on, on a busy machine later than that: a Ctrl-C comes twice. */
const SIGNALS_PER_CTRL_C = { direct: 1, tied: 2 } as const;
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const PARENT_CHECK_EVERY_MS = 500;
/** Set by `bin/dcs-migration-watch.js` for the process that it starts and stands for. */
const TIED = 'DCS_MIGRATION_WATCH_TIED';

/**
 * Listens to the signals of a service: SIGTERM and SIGINT stop it, SIGHUP has its configuration read again. Where a
 * terminal was there at the start, SIGHUP says that it was closed, and stops it, too. So does the loss of the parent
 * where that stands for this process: npm that is ended leaves what it started behind.
 *
 * @param hasTerminal whether a terminal is read from or written to
 */
export function listenToSignals(source: SignalSource, clock: Clock, hasTerminal: boolean): Signals {
  const stopping = new AbortController();
  let reload = new AbortController();
  const stop = (reason: string) => stopping.abort(reason);
  for (const signal of hasTerminal ? ALL : TO_SERVICES) stopOn(signal, source, clock, stop);
  if (!hasTerminal) source.on('SIGHUP', () => reload.abort());
  if (isTied(source)) watchParent(source, () => stop('the process that started it is gone'));
  return {
    stopping: stopping.signal,
    reloading() {
      if (reload.signal.aborted) reload = new AbortController();
      return reload.signal;
    },
    stop,
  };
}

const TO_SERVICES = ['SIGINT', 'SIGTERM'] as const;
const ALL = [...TO_SERVICES, 'SIGHUP'] as const;

/**
 * A second Ctrl-C ends the process at once: the record and its lease survive that, too. The listener stays: in the moment
 * between two of them the signal would have its default effect, and end the process amid its tick.
 */
function stopOn(signal: Signal, source: SignalSource, clock: Clock, stop: (reason: string) => void): void {
  const ofOneCtrlC = source.env[TIED] === undefined ? SIGNALS_PER_CTRL_C.direct : SIGNALS_PER_CTRL_C.tied;
  let received = 0;
  let since = 0;
  source.on(signal, () => {
    received += 1;
    if (received === 1) {
      since = clock.elapsed();
      stop(signal);
    } else if (received > ofOneCtrlC && clock.elapsed() - since >= ONE_CTRL_C_MS) {
      source.exit(128 + NUMBERS[signal]);
    }
  });
}

function isTied({ env }: SignalSource): boolean {
  return env['npm_lifecycle_event'] !== undefined || env[TIED] !== undefined;
}

function watchParent(source: SignalSource, lost: () => void): void {
  const before = ancestors(source);
  const timer = setInterval(() => {
    if (ancestors(source) === before) return;
    clearInterval(timer);
    lost();
  }, PARENT_CHECK_EVERY_MS);
  timer.unref();
}

/** The parent and its own parent: npm puts a shell between, which outlives it. */
function ancestors({ ppid }: SignalSource): string {
  return `${ppid} ${parentOf(ppid) ?? ''}`;
}

/** Linux alone has it in a file (proc_pid_stat(5)); elsewhere the direct parent has to do. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, a name in brackets, may have blanks and brackets in it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}
