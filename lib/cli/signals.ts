import { readFileSync } from 'node:fs';
import { systemClock } from '../base/system-clock.ts';
import type { Env } from '../config/source.ts';

/** What may happen to a program that runs until it is told to stop. */
export interface Signals {
  /** Aborted when it is to stop; the reason says why, where that is not plain. */
  readonly stopping: AbortSignal;
  /** Ends a wait when somebody asks for the configuration to be read again. */
  reloading(): AbortSignal;
}

/** A terminal signals whole groups of processes, and those that started us pass it on: so long it is the same one. */
const ONE_CTRL_C_MS = 1000;
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
/** So often it is asked whether whoever started us is still there. */
const PARENT_EVERY_MS = 500;
/** Set by `bin/dcs-migration-watch.js` for the process that it starts and stands for. */
const TIED = 'DCS_MIGRATION_WATCH_TIED';

/**
 * Listens to the signals of a service: SIGTERM and SIGINT stop it, SIGHUP has its configuration read again. Where a
 * terminal was there at the start, SIGHUP says that it was closed, and stops it, too. So does the loss of the parent
 * where that stands for this process: npm that is ended leaves what it started behind.
 *
 * @param hasTerminal whether a terminal is read from or written to
 */
export function listenToSignals(env: Env, hasTerminal: boolean): Signals {
  const stop = new AbortController();
  let reload = new AbortController();
  const end = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    process.once(signal, () => {
      stop.abort(signal);
      const since = systemClock.elapsed();
      // A second time is meant: the record and its lease survive that, too.
      process.on(signal, () => {
        if (systemClock.elapsed() - since >= ONE_CTRL_C_MS) process.exit(128 + NUMBERS[signal]);
      });
    });
  };
  end('SIGINT');
  end('SIGTERM');
  if (hasTerminal) end('SIGHUP');
  else process.on('SIGHUP', () => reload.abort());
  const isTied = env['npm_lifecycle_event'] !== undefined || env[TIED] !== undefined;
  if (isTied) watchParent(() => stop.abort('the process that started it is gone'));
  return {
    stopping: stop.signal,
    reloading() {
      if (reload.signal.aborted) reload = new AbortController();
      return reload.signal;
    },
  };
}

function watchParent(lost: () => void): void {
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    lost();
  }, PARENT_EVERY_MS);
  timer.unref();
}

/** Who started this process, and who started that: npm puts a shell between, which outlives it. */
function ancestors(): string {
  const parent = process.ppid;
  return `${parent} ${parentOf(parent) ?? ''}`;
}

/** Linux alone says so in a file (proc_pid_stat(5)); elsewhere the direct parent has to do. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, a name in brackets, may have blanks and brackets in it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}
