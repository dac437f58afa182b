import { resolve } from 'node:path';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { defined } from '../../base/defined.ts';
import { type Driver, withRules } from '../driver.ts';
import type { Item, Store } from '../store.ts';
import { isLocked, onFile } from './errors.ts';
import { guardIdentity, type NamedFile, openDatabase } from './file.ts';
import { createWhenUnlocked, type WhenUnlocked } from './lock.ts';

const COLUMNS = 'partition, id, rev, nonce, body, expires_at';

/** Checks columns again that the table already restricts, because a changed table can hold anything. */
const IS_REVISION = `typeof(items.rev) IN ('integer', 'real')
  AND items.rev BETWEEN 1 AND ${Number.MAX_SAFE_INTEGER} AND items.rev = CAST(items.rev AS INTEGER)`;
const HAS_EXPIRY = `typeof(items.expires_at) IN ('integer', 'real')
  AND items.expires_at BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`;
const IS_EXPIRED = `${HAS_EXPIRY} AND items.expires_at <= :nowSeconds`;

/** Reads a damaged item with its readable parts. A body of another type becomes text, to be kept aside. */
const READ = `
  SELECT partition, id,
    CASE WHEN ${IS_REVISION} THEN CAST(rev AS INTEGER) ELSE 0 END AS rev,
    CASE typeof(nonce) WHEN 'text' THEN nonce ELSE '' END AS nonce,
    CASE typeof(body) WHEN 'text' THEN body WHEN 'null' THEN '' ELSE quote(body) END AS body,
    CASE WHEN ${HAS_EXPIRY} THEN expires_at END AS expires_at
  FROM items`;
// Mutant survives, `ORDER BY id` → nothing: read by its primary key, a partition comes in the order of its ids anyway.
const ALL = `${READ} WHERE partition = ? ORDER BY id`;
const ONE = `${READ} WHERE partition = ? AND id = ?`;
const FIRST = `
  INSERT INTO items (${COLUMNS}) VALUES (:partition, :id, :rev, :nonce, :body, :expiresAt)
  ON CONFLICT (partition, id) DO UPDATE
  SET rev = excluded.rev, nonce = excluded.nonce, body = excluded.body, expires_at = excluded.expires_at
  WHERE (${IS_EXPIRED}) OR NOT (${IS_REVISION})`;
const NEXT = `
  UPDATE items SET rev = :rev, nonce = :nonce, body = :body, expires_at = :expiresAt
  WHERE partition = :partition AND id = :id AND rev = :rev - 1
  AND NOT (${IS_EXPIRED})`;
const COLLECT_GARBAGE = `DELETE FROM items WHERE ${IS_EXPIRED}`;

export interface SqliteSettings {
  /** The name in messages. */
  readonly file: string;
  /** The folder for relative names; default: that of the process. */
  readonly folder?: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds to wait in all while other processes have the file locked; default: a minute. */
  readonly patienceMs?: number;
}

/**
 * A store in one SQLite file, for one machine. Several processes may have it open at once; a finished save is on the
 * disk. Opening makes the file (mode 0600) and its folder (0700) where they are missing, and drops expired items. While
 * another process has it locked, requests wait without blocking the program.
 *
 * @throws {StoreError} `corrupt` (not a database, another program's, a newer version's; it is left as it is), `denied`
 * (a folder, not writable), `unavailable` (locked, disk full)
 */
export function openSqliteStore(settings: SqliteSettings): Store {
  const { file, patienceMs } = settings;
  return onFile(file, () => openNow(settings, createWhenUnlocked(file, patienceMs)));
}

/** Opens the store once no other process has the file locked. */
export function openSqliteStoreWhenUnlocked(settings: SqliteSettings): Promise<Store> {
  const whenUnlocked = createWhenUnlocked(settings.file, settings.patienceMs);
  return whenUnlocked(() => openNow(settings, whenUnlocked));
}

/** @throws errors of SQLite and the file system, and our own {@link StoreError} */
function openNow({ file, folder = '', now }: SqliteSettings, whenUnlocked: WhenUnlocked): Store {
  const named = { path: resolve(folder, file), name: file };
  const db = openDatabase(named);
  try {
    const driver = sqliteDriver(db, named, whenUnlocked);
    collectGarbage(db, Math.floor(now() / 1000));
    return withRules({ place: `The SQLite file ${file}`, now }, driver);
  } catch (error) {
    // Mutant survives, `db.close();` → `;`: the file is given back when the program ends, which it does then.
    db.close();
    throw error;
  }
}

/** Deletes expired items. While another process writes, that waits for the next opening. */
function collectGarbage(db: DatabaseSync, nowSeconds: number): void {
  try {
    db.prepare(COLLECT_GARBAGE).run({ nowSeconds });
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
}

function sqliteDriver(db: DatabaseSync, file: NamedFile, whenUnlocked: WhenUnlocked): Driver {
  const assertSameFile = guardIdentity(file);
  const onSameFile = <T>(work: () => T): Promise<T> =>
    whenUnlocked(() => {
      assertSameFile();
      return work();
    });
  const all = db.prepare(ALL);
  const one = db.prepare(ONE);
  const first = db.prepare(FIRST);
  const next = db.prepare(NEXT);

  return {
    async all(partition) {
      return onSameFile(() => all.all(partition).map(toItem));
    },

    async one({ partition, id }) {
      const row = await onSameFile(() => one.get(partition, id));
      return row && toItem(row);
    },

    async put({ key, rev, nonce, body, expiresAt = null }, nowSeconds) {
      const save = rev === 1 ? first : next;
      const { changes } = await onSameFile(() =>
        save.run({ ...key, rev, nonce, body, expiresAt, nowSeconds }),
      );
      // Mutant survives, `changes === 1` → `false`: the rules read the item again and know the write by its nonce.
      return changes === 1;
    },

    async close() {
      onFile(file.name, () => db.close());
    },
  };
}

function toItem(row: Record<string, SQLOutputValue>): Item {
  const expiresAt = row['expires_at'];
  return defined({
    key: { partition: String(row['partition']), id: String(row['id']) },
    rev: Number(row['rev']),
    nonce: String(row['nonce']),
    body: String(row['body']),
    expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
  });
}
