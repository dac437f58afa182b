import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { codeOf } from '../../base/errors.ts';
import { StoreError } from '../errors.ts';
import { BLOCKING_WAIT_MS } from './lock.ts';

/** "DCSW", the mark in the header of our files (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x44435357;
/** Grows with each change that makes the tables unusable for older code. */
const TABLES_VERSION = 1;

/** The least size of the first page (https://www.sqlite.org/fileformat.html#pages). */
const SMALLEST_DATABASE_BYTES = 512;

const TABLES = `
  BEGIN;
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
  COMMIT;
`;

/** A file by its absolute path, and by the name that people gave. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/**
 * Opens our database, or makes it if there is no file. Any other file stays unchanged.
 *
 * @throws {StoreError} for our own checks; errors of SQLite and the file system pass unchanged
 */
export function openDatabase(file: NamedFile): DatabaseSync {
  const { path, name } = file;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) makeDatabase(file);
  else if (!found.isFile()) throw notAFile(name, found.isDirectory());
  // SQLite takes a file of at most one byte for a new database. Here it is a database that lost its content.
  else if (found.size < SMALLEST_DATABASE_BYTES) throw notADatabase(name);

  return connected(path, (db) => {
    assertOurs(db, name);
    useWriteAheadLog(db, name);
  });
}

/**
 * Makes a check that the file was not replaced. A program can write to a deleted file as long as it has it open, and
 * loses everything when it ends.
 *
 * @returns a check that throws a {@link StoreError} `lost` when the file was deleted or replaced
 */
export function guardIdentity({ path, name }: NamedFile): () => void {
  const opened = statSync(path, { bigint: true });
  return () => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found?.ino === opened.ino && found.dev === opened.dev) return;
    throw new StoreError(
      'lost',
      `The SQLite file ${name} was ${found === undefined ? 'deleted' : 'replaced by another file'} while this program was using it, so its state can no longer be saved: put the file back if it was moved, and start the program again. It continues with the file that it finds, or starts afresh if there is none.`,
    );
  };
}

/**
 * Makes the database under another name, and then links it to its own name in one step. Other processes that start at
 * the same moment, or after a crash, find a whole database or none; the first one stays.
 */
function makeDatabase({ path, name }: NamedFile): void {
  makeFolder(dirname(path));
  const temporary = `${path}.${randomUUID()}`;
  try {
    // SQLite itself would make the file readable for all. Its log files get the mode of the database.
    closeSync(openSync(temporary, 'wx', 0o600));
    connected(temporary, (db) => {
      useWriteAheadLog(db, name);
      db.exec(TABLES);
    }).close();
    linkUnlessThere(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Makes a folder and its parents, for this user alone. Node's own `recursive` loops for ever where a file system
 * refuses a folder with ENOENT, as /proc does (Node 24.21).
 */
function makeFolder(folder: string): void {
  if (isThere(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const isMadeByAnother = codeOf(error) === 'EEXIST' && isThere(folder);
    if (!isMadeByAnother) throw error;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function linkUnlessThere(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/**
 * Opens the file by a URL, because names like `:memory:` have a meaning for SQLite, and only a URL can forbid creating
 * the file.
 */
function connected(path: string, prepare: (db: DatabaseSync) => void): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', 'rw');
  const db = new DatabaseSync(url, { timeout: BLOCKING_WAIT_MS });
  try {
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function assertOurs(db: DatabaseSync, name: string): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new StoreError(
      'corrupt',
      `${name} is a database of another program: choose another file. It was not touched.`,
    );
  }
  const version = pragma(db, 'user_version');
  if (version !== TABLES_VERSION) {
    throw new StoreError(
      'corrupt',
      `${name} was written by another version of this program (tables ${version}, this one knows ${TABLES_VERSION}): use that version, or choose another file. It was not touched.`,
    );
  }
}

/** Refuses file systems without the shared memory that the log needs, on which SQLite silently keeps its old mode. */
function useWriteAheadLog(db: DatabaseSync, name: string): void {
  if (pragma(db, 'journal_mode = WAL') !== 'wal') {
    throw new StoreError(
      'denied',
      `${name} is on a file system without write-ahead log: put it on a local disk.`,
    );
  }
  // In WAL mode only FULL puts each commit on the disk: https://www.sqlite.org/pragma.html#pragma_synchronous
  db.exec('PRAGMA synchronous = FULL');
}

/** The answer to a pragma: one row with one value. */
function pragma(db: DatabaseSync, words: string) {
  return Object.values(db.prepare(`PRAGMA ${words}`).get() ?? {}).at(0);
}

function notAFile(name: string, isFolder: boolean): StoreError {
  const kind = isFolder ? 'is a folder' : 'is not a regular file';
  return new StoreError(
    'denied',
    `${name} ${kind}, not an SQLite file: name a file, for example in that folder.`,
  );
}

function notADatabase(name: string): StoreError {
  return new StoreError(
    'corrupt',
    `${name} is not a database, or was emptied: restore a backup, or delete it to start afresh.`,
  );
}
