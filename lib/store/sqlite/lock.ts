import { setTimeout as sleep } from 'node:timers/promises';
import { isLocked, onFile } from './errors.ts';

/**
 * Milliseconds that SQLite itself waits for another process. The wait blocks the whole program, so that a receiver's
 * answer would be read too late and count as a time-out.
 */
export const BLOCKING_WAIT_MS = 25;
/**
 * The longest wait for a lock, which a backup or a person may hold for long. A message whose acknowledgement cannot be
 * written would be sent again.
 */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Runs work on the file once no other process has it locked. */
export type WhenUnlocked = <T>(work: () => T) => Promise<T>;

/**
 * Waits for a locked file without blocking the program. The sum of waits in a row is bounded: after one in vain, the
 * next ones are short until the file is free again.
 *
 * @returns a function that rejects with a {@link StoreError} `unavailable` when the file stays locked
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
