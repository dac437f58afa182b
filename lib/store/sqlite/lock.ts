import { setTimeout as sleep } from 'node:timers/promises';
import { isLocked, onFile } from './errors.ts';

/**
 * How long SQLite itself waits for another process, in milliseconds. It blocks the whole program: no answer of a receiver
 * is read meanwhile, and what arrived would pass for a time-out.
 */
export const BLOCKING_WAIT_MS = 25;
/** A backup or a person may hold the lock for long. What is already sent would be sent again if it could not be written. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Runs work on the file as soon as no other process has it locked. */
export type WhenUnlocked = <T>(work: () => T) => Promise<T>;

/**
 * Makes a way to wait for a locked file without blocking the program. All waits in a row together are bounded: once one
 * was in vain, the next are short until the file is free again.
 *
 * @returns rejects with a {@link StoreError}: `unavailable` when the file stayed locked
 */
export function createWhenUnlocked(file: string, patienceMs = PATIENCE_MS): WhenUnlocked {
  let lockedSince: number | undefined;

  return async (work) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const result = work();
        lockedSince = undefined;
        return result;
      } catch (error) {
        lockedSince = isLocked(error) ? (lockedSince ?? performance.now()) : undefined;
        if (lockedSince === undefined || performance.now() - lockedSince >= patienceMs)
          return fail(file, error);
      }
      await sleep(pauseMs);
    }
  };
}

function fail(file: string, error: unknown): never {
  return onFile(file, () => {
    throw error;
  });
}
