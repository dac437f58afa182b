import { resolve } from 'node:path';

/** The command as it is built: its start costs a fifth of a start of the sources. */
export const PROGRAM = resolve('dist/local.cjs');

/** The command as `npm start` runs it in a clone. */
export const SOURCES = resolve('functions/local.ts');

/** A command that hangs is ended; a busy machine needs far less. */
export const LONGEST_RUN_MS = 100_000;
