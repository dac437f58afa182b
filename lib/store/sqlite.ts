import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type Driver, withRules } from './rules.ts';
import { onFile } from './sqlite-errors.ts';
import { openDatabase } from './sqlite-file.ts';
import type { Item, Store } from './store.ts';

const COLUMNS = 'partition, id, rev, nonce, body, expires_at';

const ALL = `SELECT ${COLUMNS} FROM items WHERE partition = ? ORDER BY id`;
const ONE = `SELECT ${COLUMNS} FROM items WHERE partition = ? AND id = ?`;
const FIRST = `
  INSERT INTO items (${COLUMNS}) VALUES (:partition, :id, :rev, :nonce, :body, :expiresAt)
  ON CONFLICT (partition, id) DO UPDATE
  SET rev = excluded.rev, nonce = excluded.nonce, body = excluded.body, expires_at = excluded.expires_at
  WHERE items.expires_at <= :nowSeconds`;
const NEXT = `
  UPDATE items SET rev = :rev, nonce = :nonce, body = :body, expires_at = :expiresAt
  WHERE partition = :partition AND id = :id AND rev = :rev - 1
  AND (expires_at IS NULL OR expires_at > :nowSeconds)`;
const COLLECT_GARBAGE = 'DELETE FROM items WHERE expires_at <= ?';

/**
 * A store in one SQLite file, for one machine. Several processes may have it open at once; a save is on the disk when it
 * is answered. Opening makes the file (mode 0600) and its folder (0700) where they are missing, and drops expired items.
 *
 * @param now milliseconds since the epoch
 * @throws {StoreError} `corrupt` (not a database, another program's, a newer version's; it is left as it is), `denied`
 *   (a folder, not writable), `unavailable` (locked for 5 seconds, disk full)
 */
export function openSqliteStore({ file, now }: { file: string; now: () => number }): Store {
  const db = openDatabase(file);
  try {
    const driver = onFile(file, () => sqliteDriver(db, file, Math.floor(now() / 1000)));
    return withRules({ place: `The SQLite file ${file}`, now }, driver);
  } catch (error) {
    db.close();
    throw error;
  }
}

function sqliteDriver(db: DatabaseSync, file: string, openedAt: number): Driver {
  db.prepare(COLLECT_GARBAGE).run(openedAt);
  const all = db.prepare(ALL);
  const one = db.prepare(ONE);
  const first = db.prepare(FIRST);
  const next = db.prepare(NEXT);

  return {
    async all(partition) {
      return onFile(file, () => all.all(partition).map(toItem));
    },

    async one({ partition, id }) {
      const row = onFile(file, () => one.get(partition, id));
      return row && toItem(row);
    },

    async put({ key, rev, nonce, body, expiresAt = null }, nowSeconds) {
      const save = rev === 1 ? first : next;
      const { changes } = onFile(file, () => save.run({ ...key, rev, nonce, body, expiresAt, nowSeconds }));
      return changes === 1;
    },

    async close() {
      onFile(file, () => db.close());
    },
  };
}

/** The table is STRICT, so every column has the type that it was declared with. */
function toItem(row: Record<string, SQLOutputValue>): Item {
  const expiresAt = row['expires_at'];
  return {
    key: { partition: String(row['partition']), id: String(row['id']) },
    rev: Number(row['rev']),
    nonce: String(row['nonce']),
    body: String(row['body']),
    ...(typeof expiresAt === 'number' && { expiresAt }),
  };
}
