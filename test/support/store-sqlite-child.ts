/**
 * A process of its own at an SQLite store: `count FILE TIMES` raises one counter TIMES times against all others and
 * prints each revision it saved; `fill FILE` writes until the store refuses, then prints the error. Both print `ready`
 * first, and open the file at the first line of input, so that several can begin together.
 */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { StoreError } from '../../lib/store/errors.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';

const [job, file = '', times = '0'] = process.argv.slice(2);
const COUNTER = { partition: 'p', id: 'counter' };

process.stdout.write('ready\n');
await text(process.stdin);
const store = openSqliteStore({ file, now: Date.now });
if (job === 'count') await count(store, Number(times));
else await fill(store);
await store.close();

async function count(store: Store, times: number): Promise<void> {
  for (let saved = 0; saved < times; ) {
    const rev = ((await store.get(COUNTER))?.rev ?? 0) + 1;
    if ((await store.save({ key: COUNTER, rev, nonce: randomUUID(), body: '{}' })) === 'conflict') continue;
    saved += 1;
    await print(`${rev}\n`);
  }
}

/** A reader that is busy makes writes wait in this process: nothing goes on before the line has left it. */
function print(line: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(line, () => resolve()));
}

async function fill(store: Store): Promise<void> {
  try {
    for (let n = 0; ; n += 1) {
      const key = { partition: 'p', id: String(n).padStart(9, '0') };
      await store.save({ key, rev: 1, nonce: randomUUID(), body: 'x'.repeat(100_000) });
      process.stdout.write(`${key.id}\n`);
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    process.stdout.write(`${error.code} ${error.message}\n`);
  }
}
