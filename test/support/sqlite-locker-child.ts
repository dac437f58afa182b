/**
 * A process of its own that locks an SQLite file: `FILE` on the command line; `write` (its write lock) or `exclusive` (all
 * of it) on its standard input takes the lock, `free` gives it back. Each is answered with the same word when it is done.
 */
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';

const [file = ''] = process.argv.slice(2);
let db: DatabaseSync | undefined;

for await (const order of createInterface({ input: process.stdin })) {
  db?.close();
  db = undefined;
  if (order !== 'free') {
    db = new DatabaseSync(file, { timeout: 5000 });
    if (order === 'exclusive') db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('BEGIN IMMEDIATE');
  }
  process.stdout.write(`${order}\n`);
}
