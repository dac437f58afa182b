import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './errors.ts';
import { onFile } from './sqlite-errors.ts';

/** "DCSW", in the header of every file of ours (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x44435357;
/** Grows when older code could not use the tables any more. */
const TABLES_VERSION = 1;

/** How long a write waits for another process to finish its own, in milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

const CREATE = `
  CREATE TABLE items (
    partition TEXT NOT NULL,
    id TEXT NOT NULL,
    rev INTEGER NOT NULL CHECK (rev >= 1),
    nonce TEXT NOT NULL,
    body TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (partition, id)
  ) STRICT;
  CREATE INDEX items_by_expiry ON items (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${TABLES_VERSION};
`;

/**
 * Opens our database, and makes it where there is none. A file that is something else is never written to.
 *
 * @throws {StoreError}
 */
export function openDatabase(file: string): DatabaseSync {
  return onFile(file, () => {
    makePrivateFile(file);
    // Absolute, because SQLite reads a meaning into `:memory:` and `file:…`.
    const db = new DatabaseSync(resolve(file), { timeout: BUSY_TIMEOUT_MS });
    try {
      const isFresh = identify(db, file) === 'fresh';
      useWriteAheadLog(db, file);
      if (isFresh) createTables(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** The first page is never smaller (https://www.sqlite.org/fileformat.html#pages). */
const SMALLEST_DATABASE_BYTES = 512;

/**
 * Makes the file if it is missing: SQLite would make it readable for all; its log files take the mode of the database.
 *
 * A file that is there is not opened: closing it would drop the locks that this process holds on it for another store
 * (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
function makePrivateFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(dirname(resolve(file)), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    return;
  }
  if (!found.isFile()) {
    const kind = found.isDirectory() ? 'is a folder' : 'is not a regular file';
    throw new StoreError(
      'denied',
      `${file} ${kind}, not an SQLite file: name a file, for instance in that folder.`,
    );
  }
  // SQLite would take a file of no or one byte for a new database, and throw away what is in the log beside it.
  if (found.size < SMALLEST_DATABASE_BYTES && (found.size > 0 || hasLog(file))) {
    throw new StoreError('corrupt', `${file} is not a database: choose another file. It was not touched.`);
  }
}

function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function identify(db: DatabaseSync, file: string): 'ours' | 'fresh' {
  const id = numberOf(db, 'SELECT application_id FROM pragma_application_id');
  const version = numberOf(db, 'SELECT user_version FROM pragma_user_version');
  const tables = numberOf(db, 'SELECT count(*) FROM sqlite_schema');
  if (id === 0 && version === 0 && tables === 0) return 'fresh';
  if (id !== APPLICATION_ID) {
    throw new StoreError(
      'corrupt',
      `${file} is a database of another program: choose another file. It was not touched.`,
    );
  }
  if (version !== TABLES_VERSION) {
    throw new StoreError(
      'corrupt',
      `${file} was written by another version of this program (tables ${version}, this one knows ${TABLES_VERSION}): use that version, or choose another file. It was not touched.`,
    );
  }
  return 'ours';
}

/** Not every file system has the shared memory that the log needs; SQLite then stays in its old mode without a word. */
function useWriteAheadLog(db: DatabaseSync, file: string): void {
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') {
    throw new StoreError(
      'denied',
      `${file} is on a file system without write-ahead log: put it on a local disk.`,
    );
  }
  // In this mode a commit is on the disk only with FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
  db.exec('PRAGMA synchronous = FULL');
}

/** All or nothing, and only once when two processes begin together. */
function createTables(db: DatabaseSync, file: string): void {
  db.exec('BEGIN IMMEDIATE');
  if (identify(db, file) === 'fresh') db.exec(CREATE);
  db.exec('COMMIT');
}

function numberOf(db: DatabaseSync, sql: string): number {
  const [value] = Object.values(db.prepare(sql).get() ?? {});
  return Number(value);
}
