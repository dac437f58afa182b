import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreError } from '../../../lib/store/errors.ts';
import { openSqliteStore } from '../../../lib/store/sqlite/sqlite.ts';
import { damageColumn, SQLITE_DAMAGES } from '../../support/damage.ts';
import { describeChoice, describeStore, failureOf, newItem, storeError } from '../contract.ts';

const CHILD = fileURLToPath(new URL('../../support/store-sqlite-child.ts', import.meta.url));
const MAGIC = 'SQLite format 3\0';
const COUNTER = { partition: 'p', id: 'counter' };
const now = () => Date.parse('2026-01-05T00:10:11Z');

describeStore(
  'The SQLite store',
  async (now) => {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    const file = join(folder, 'watch.db');
    return {
      open: () => openSqliteStore({ file, now }),
      damage: async (key, way) => damageColumn(file, key, way),
      close: async () => rmSync(folder, { recursive: true }),
    };
  },
  SQLITE_DAMAGES,
);

describe('The SQLite file', () => {
  let folder: string;
  const newFile = () => join(folder, `${randomUUID()}.db`);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describeChoice(() => ({ kind: 'sqlite', file: newFile() }));

  it('is created with its folders, readable by its owner alone, like its log files', async () => {
    const file = join(folder, 'a', 'b', 'watch.db');
    const store = openSqliteStore({ file, now });
    await store.save(newItem());

    expect(['a', 'a/b'].map((path) => modeOf(join(folder, path)))).toEqual(['700', '700']);
    expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
    await store.close();
  });

  it('keeps what was saved when it is opened again, and leaves no log files behind', async () => {
    const file = newFile();
    const item = newItem();
    const first = openSqliteStore({ file, now });
    await first.save(item);
    await first.close();

    expect([`${file}-wal`, `${file}-shm`].map((path) => existsSync(path))).toEqual([false, false]);
    const second = openSqliteStore({ file, now });
    expect(await second.load(item.key.partition)).toStrictEqual([item]);
    await second.close();
  });

  it('drops expired items when it is opened, and no others', async () => {
    const file = newFile();
    const seconds = now() / 1000;
    const expiries = [undefined, seconds + 61, seconds + 60, seconds + 59];
    const first = openSqliteStore({ file, now });
    for (const expiresAt of expiries) await first.save(newItem(expiresAt === undefined ? {} : { expiresAt }));
    await first.close();

    await openSqliteStore({ file, now: () => now() + 60_000 }).close();

    const left = query(file, 'SELECT expires_at FROM items ORDER BY expires_at').map(
      (row) => row['expires_at'],
    );
    expect(left).toEqual([null, seconds + 61]);
  });

  it('keeps its expired items when another connection is writing as it is opened', async () => {
    const file = newFile();
    const first = openSqliteStore({ file, now });
    await first.save(newItem({ expiresAt: 1 }));
    await first.close();
    const writing = new DatabaseSync(file);
    writing.exec('BEGIN IMMEDIATE');

    const second = openSqliteStore({ file, now });
    writing.close();

    expect(query(file, 'SELECT expires_at FROM items')).toMatchObject([{ expires_at: 1 }]);
    await second.close();
  });

  it('is in write-ahead mode, where readers and a writer do not wait for each other', async () => {
    const file = newFile();
    await openSqliteStore({ file, now }).close();

    expect(query(file, 'PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'wal' }]);
  });

  it('may have any name', async () => {
    for (const name of [':memory:', 'file:a?mode=memory', '100% #1 & 2.db', ' \u{1f600}']) {
      const item = newItem();
      const first = openSqliteStore({ file: join(folder, name), now });
      await first.save(item);
      await first.close();

      const second = openSqliteStore({ file: join(folder, name), now });
      expect(await second.get(item.key)).toStrictEqual(item);
      await second.close();
      expect(existsSync(join(folder, name))).toBe(true);
    }
  });

  it('with a relative name lies in the folder that is given, otherwise in that of the process', async () => {
    const file = newFile();
    await openSqliteStore({ file: basename(file), folder, now }).close();
    expect(existsSync(file)).toBe(true);

    const store = openSqliteStore({ file: relative(process.cwd(), file), now });
    const item = newItem();
    await store.save(item);
    await store.close();
    expect(query(file, 'SELECT nonce FROM items')).toMatchObject([{ nonce: item.nonce }]);
  });

  it('leaves nothing else in its folder', async () => {
    const file = join(folder, 'alone', 'watch.db');
    await openSqliteStore({ file, now }).close();

    expect(readdirSync(dirname(file))).toEqual(['watch.db']);
  });

  describe('is refused and left as it is', () => {
    it.each<[string, RegExp, (file: string) => void | Promise<void>]>([
      [
        'when it is no database',
        /not a database/,
        (file) => writeFileSync(file, 'dear diary, '.repeat(1000)),
      ],
      // SQLite itself takes no or one byte for a new database, and writes over it.
      ['when it is empty', /not a database, or was emptied/, (file) => writeFileSync(file, '')],
      ['when it is one byte', /not a database/, (file) => writeFileSync(file, 'x')],
      ['when it is a short note', /not a database/, (file) => writeFileSync(file, 'x'.repeat(500))],
      [
        'when all but its beginning is lost',
        /not a database/,
        (file) => writeFileSync(file, MAGIC.padEnd(600)),
      ],
      ["when it is another program's", /another program/, (file) => make(file, 'CREATE TABLE notes (n)')],
      [
        "when it has another program's id",
        /another program/,
        (file) => make(file, 'PRAGMA application_id = 1196444487'),
      ],
      ['when it has a version but no id', /another program/, (file) => make(file, 'PRAGMA user_version = 1')],
      [
        'when it has tables of a newer version',
        /another version .*tables 2, this one knows 1/,
        async (file) => {
          await openSqliteStore({ file, now }).close();
          make(file, 'PRAGMA user_version = 2');
        },
      ],
    ])('%s', async (_words, message, prepare) => {
      const file = newFile();
      await prepare(file);
      const before = readFileSync(file);

      const error = failureToOpen(file);

      expect(error).toMatchObject({ code: 'corrupt', message });
      expect(error.message).toContain(file);
      expect(readFileSync(file).equals(before)).toBe(true);
    });
  });

  it('with overwritten pages is refused when it is opened, and is not replaced', async () => {
    const file = newFile();
    const whole = openSqliteStore({ file, now });
    for (let n = 0; n < 50; n += 1) {
      await whole.save(newItem({ key: { partition: 'p', id: String(n) }, body: 'x'.repeat(3000) }));
    }
    await whole.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, 4096));

    const error = failureToOpen(file);

    expect(error.code).toBe('corrupt');
    expect(error.message).toContain(file);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it.each([
    ['deleted', 'deleted', (file: string) => rmSync(file)],
    [
      'replaced',
      'replaced by another file',
      (file: string) => {
        writeFileSync(`${file}-new`, readFileSync(file));
        renameSync(`${file}-new`, file);
      },
    ],
  ])('that was %s while it is in use answers nothing more', async (_words, what, change) => {
    const file = newFile();
    const store = openSqliteStore({ file, now });
    const item = newItem();
    await store.save(item);
    change(file);

    for (const request of [store.load('p'), store.get(item.key), store.save(newItem())]) {
      expect(await failureOf(request)).toMatchObject({
        code: 'lost',
        message: expect.stringContaining(`was ${what} while`),
      });
    }
    await store.close();
  });

  it('without its table reports that', async () => {
    const file = newFile();
    const store = openSqliteStore({ file, now });
    await store.save(newItem());
    make(file, 'DROP TABLE items');

    expect(await failureOf(store.load('p'))).toMatchObject({ code: 'corrupt', message: /SQLite code 1\b/ });
    await store.close();
  });

  it.each<[string, RegExp, (path: string) => string]>([
    [
      'is a folder',
      /is a folder/,
      (path) => {
        mkdirSync(path);
        return path;
      },
    ],
    [
      'lies below a file',
      /ENOTDIR|EEXIST/,
      (path) => {
        writeFileSync(path, '');
        return join(path, 'watch.db');
      },
    ],
    [
      'lies deep below a file',
      /ENOTDIR|EEXIST/,
      (path) => {
        writeFileSync(path, '');
        return join(path, 'deep', 'watch.db');
      },
    ],
    ['has a name that is too long', /ENAMETOOLONG/, (path) => join(path, 'x'.repeat(300))],
    ['is a device', /not a regular file/, () => '/dev/null'],
  ])('is denied when it %s', (_words, message, prepare) => {
    const file = prepare(newFile());

    const error = failureToOpen(file);

    expect(error).toMatchObject({ code: 'denied', message });
    expect(error.message).toContain(file);
  });

  describe('without permission', () => {
    it('is denied when it is read-only', async () => {
      const file = newFile();
      await openSqliteStore({ file, now }).close();
      chmodSync(file, 0o444);

      const error = asNobody(() => failureToOpen(file));

      expect(error).toMatchObject({ code: 'denied', message: /SQLite code 8\b/ });
    });

    it('is denied when its folder is read-only, whether it exists or not', async () => {
      const inside = join(folder, 'read-only');
      const there = join(inside, 'there.db');
      await openSqliteStore({ file: there, now }).close();
      chmodSync(there, 0o666);
      chmodSync(inside, 0o555);

      const errors = asNobody(() => [failureToOpen(there), failureToOpen(join(inside, 'missing.db'))]);

      expect(errors.map(({ code }) => code)).toEqual(['denied', 'denied']);
      expect(existsSync(join(inside, 'missing.db'))).toBe(false);
      chmodSync(inside, 0o755);
    });
  });

  it('that cannot grow fails the save, and keeps what was saved before', async () => {
    const file = newFile();
    const limited = 'ulimit -f 4096 && exec "$0" "$@"';
    const child = spawn('sh', ['-c', limited, process.execPath, CHILD, 'fill', file]);

    child.stdin.end('go');
    const [, ...lines] = await linesOf(child);
    const last = lines.pop();

    expect(last).toMatch(/^unavailable .*SQLite code \d+.*disk/);
    expect(lines.length).toBeGreaterThan(0);
    expect(query(file, 'SELECT id FROM items ORDER BY id').map((row) => row['id'])).toEqual(lines);
  });

  it('counts correctly when six processes create it at once and raise one number', async () => {
    const file = newFile();
    const children = Array.from({ length: 6 }, () => run('count', file, '20'));
    await Promise.all(children.map((child) => child.stdout && once(child.stdout, 'readable')));
    for (const child of children) child.stdin?.end('go');

    const revs = (await Promise.all(children.map(linesOf))).flatMap((lines) => lines.slice(1).map(Number));

    expect(revs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    expect(children.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('has every acknowledged write when its process is killed', async () => {
    const file = newFile();
    const child = run('count', file, '1000000');
    child.stdin?.end('go');
    let printed = '';
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (printed.length > 500) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const last = Number(printed.trimEnd().split('\n').at(-1));

    const store = openSqliteStore({ file, now });
    const rev = (await store.get(COUNTER))?.rev ?? 0;
    expect(child.signalCode).toBe('SIGKILL');
    expect(last).toBeGreaterThan(100);
    expect([last, last + 1]).toContain(rev);
    await store.close();
  });
});

function failureToOpen(file: string): StoreError {
  try {
    openSqliteStore({ file, now });
  } catch (error) {
    return storeError(error);
  }
  throw new Error(`${file} was opened`);
}

/** Root may write anywhere, whatever the mode says; so root becomes nobody for a moment. */
function asNobody<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

function make(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

function query(file: string, sql: string) {
  const db = new DatabaseSync(file);
  const rows = db.prepare(sql).all();
  db.close();
  return rows;
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function run(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, ...args]);
}

async function linesOf(child: ChildProcess): Promise<string[]> {
  if (child.stdout === null) throw new Error('no output');
  const closed = once(child, 'close');
  const printed = await text(child.stdout);
  await closed;
  return printed.trimEnd().split('\n');
}
