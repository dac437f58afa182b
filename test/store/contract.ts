import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eachAtMost } from '../../lib/base/concurrency.ts';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';
import { newRecord } from '../../lib/records/record.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { openStore, type StoreChoice } from '../../lib/store/index.ts';
import type { Item, ItemKey, Saved, Store } from '../../lib/store/store.ts';

const START = Date.parse('2026-01-05T00:10:11.400Z');
/** What can be read as long as it is whole. */
/** A key under which such a record stands. */
const RECORD_KEY = { partition: 'project:p', id: 'task:t1' };
const RECORD = encodeRecord(newRecord(new Date(START)));
const START_SECONDS = Math.floor(START / 1000);

/** One place where items live, with as many clients as a test opens. */
export interface Place {
  open(): Store;
  /** Damages a stored item in one of the ways that were named. */
  damage?(key: ItemKey, way: string): Promise<void>;
  close(): Promise<void>;
}

/** More than a page of a query holds: that is 1 MB in DynamoDB. */
const MANY = { count: 1500, bodyBytes: 1500 } as const;
/** As many as the AWS SDK has connections; what waits for one longer than the connection time-out fails. */
const AT_ONCE = 50;

/**
 * What holds for a kind of store in the registry.
 *
 * @param choose its settings; they may need a folder or a table that exists by then
 */
export function describeChoice(choose: () => StoreChoice): void {
  it('is opened by the settings of its kind', async () => {
    const store = await openStore(choose(), Date.now);
    const item = newItem();
    expect(await store.save(item)).toBe('saved');
    expect(await store.load(item.key.partition)).toStrictEqual([item]);
    await store.close();
  });
}

/**
 * What holds for every store.
 *
 * @param ways in which an item can be damaged there: `body: a number`. What keeps items in memory has none
 */
export function describeStore(
  name: string,
  settle: (now: () => number) => Promise<Place>,
  ways: readonly string[] = [],
): void {
  describe(`${name}, as every store,`, () => {
    let ms = START;
    let place: Place;
    let store: Store;
    beforeAll(async () => {
      place = await settle(() => ms);
      store = place.open();
    });
    beforeEach(() => {
      ms = START;
    });
    afterAll(async () => {
      await store.close();
      await place.close();
    });

    it('has no item before a save', async () => {
      const key = newKey();

      expect(await store.load(key.partition)).toEqual([]);
      expect(await store.get(key)).toBeUndefined();
    });

    it('gives back what was saved, under its own key only', async () => {
      const item = newItem({ expiresAt: START_SECONDS + 60 });
      const other = newItem({ key: { partition: item.key.partition, id: 'other' } });

      expect(await store.save(item)).toBe('saved');
      expect(await store.save(other)).toBe('saved');

      expect(await store.get(item.key)).toStrictEqual(item);
      expect(await store.get({ ...item.key, id: 'third' })).toBeUndefined();
      expect(await store.load(item.key.partition)).toStrictEqual([other, item]);
      expect(await store.load(`${item.key.partition}2`)).toEqual([]);
    });

    it('replaces the whole item with the next revision', async () => {
      const first = newItem({ expiresAt: START_SECONDS + 60 });
      const second = newItem({ key: first.key, rev: 2, body: '{"n":2}' });
      await store.save(first);

      expect(await store.save(second)).toBe('saved');

      expect(await store.get(first.key)).toStrictEqual(second);
    });

    it.each([
      { stored: 0, saved: 2 },
      { stored: 1, saved: 1 },
      { stored: 2, saved: 1 },
      { stored: 2, saved: 2 },
      { stored: 2, saved: 4 },
    ])('refuses revision $saved over revision $stored and changes nothing', async ({ stored, saved }) => {
      const key = newKey();
      for (let rev = 1; rev <= stored; rev += 1) await store.save(newItem({ key, rev }));
      const before = await store.get(key);

      expect(await store.save(newItem({ key, rev: saved }))).toBe('conflict');

      expect(before?.rev ?? 0).toBe(stored);
      expect(await store.get(key)).toStrictEqual(before);
    });

    it('recognises its own repeated write, until somebody overwrites it', async () => {
      const item = newItem({ body: '"mine"' });
      await store.save(item);

      expect(await store.save(item)).toBe('saved');
      expect(await store.save({ ...item, nonce: 'another' })).toBe('conflict');
      await store.save(newItem({ key: item.key, rev: 2 }));
      expect(await store.save(item)).toBe('conflict');
    });

    it('lets exactly one of many clients win a revision', async () => {
      const clients = [store, place.open(), place.open(), place.open()];
      const key = newKey();
      for (const rev of [1, 2, 3]) {
        const results = await Promise.all(clients.map((client) => client.save(newItem({ key, rev }))));
        expect(results.filter((result) => result === 'saved')).toHaveLength(1);
      }
      for (const client of clients) expect((await client.get(key))?.rev).toBe(3);
    });

    it('shows one client at once what another saved', async () => {
      const item = newItem();
      await place.open().save(item);

      expect(await store.get(item.key)).toStrictEqual(item);
      expect(await store.load(item.key.partition)).toStrictEqual([item]);
    });

    it('loads in the order of the bytes of the ids', async () => {
      const { partition } = newKey();
      const ordered = ['!', '10', '9', 'A', 'a', 'a/b', 'ab', 'é', '\u{fffd}', '\u{1f600}', '\u{1f600}a'];
      for (const id of ordered.toReversed()) await store.save(newItem({ key: { partition, id } }));

      expect((await store.load(partition)).map(({ key }) => key.id)).toEqual(ordered);
    });

    it('loads a partition that is larger than a page, each item once and in order', async () => {
      const { partition } = newKey();
      const ids = Array.from({ length: MANY.count }, (_, n) => String(n).padStart(5, '0'));
      const body = JSON.stringify('x'.repeat(MANY.bodyBytes));
      const results: Saved[] = [];
      await eachAtMost(AT_ONCE, ids, async (id) => {
        results.push(await store.save(newItem({ key: { partition, id }, body })));
      });

      expect(results).toEqual(ids.map(() => 'saved'));
      const items = await store.load(partition);
      expect(items.map(({ key }) => key.id)).toEqual(ids);
      expect(items.every((item) => item.body === body)).toBe(true);
    });

    it('treats an expired item as absent from its second on, and lets a first revision replace it', async () => {
      const old = newItem({ expiresAt: START_SECONDS + 10 });
      const next = newItem({ key: old.key, rev: 2 });
      const anew = newItem({ key: old.key });
      await store.save(old);

      ms = (START_SECONDS + 10) * 1000 - 1;
      expect(await store.get(old.key)).toStrictEqual(old);
      expect(await store.save(anew)).toBe('conflict');

      ms = (START_SECONDS + 10) * 1000;
      expect(await store.get(old.key)).toBeUndefined();
      expect(await store.load(old.key.partition)).toEqual([]);
      expect(await store.save(next)).toBe('conflict');
      expect(await store.save(anew)).toBe('saved');
      expect(await store.load(old.key.partition)).toStrictEqual([anew]);
    });

    it.each([
      [
        'emoji and line separators',
        JSON.stringify({ name: '\u{1f680} \u2028 \u2029 \u0000 \u202e &<!channel>' }),
      ],
      ['escaped halves of a surrogate pair', JSON.stringify('\ud800 and \udc00')],
      ['what is no JSON', '{"half":'],
      ['nothing', ''],
      ['a control character in the raw', 'a\u0000b\u001b'],
      ['250 KB of text of four bytes a character', '\u{1f600}'.repeat(62_500)],
    ])('keeps a body of %s byte for byte', async (_words, body) => {
      const item = newItem({ body });

      expect(await store.save(item)).toBe('saved');

      expect(await store.get(item.key)).toStrictEqual(item);
    });

    it.each([
      ['quotes, SQL and patterns', 'a quote \' " ` and -- ; DROP TABLE items', '%_*?[a]'],
      ['control characters', '\u0000', '\u0000\u0001'],
      ['the names of built-in properties', '__proto__', 'constructor'],
      ['white space alone', ' ', '\n'],
      ['2048 and 1024 bytes of emoji', '\u{1f600}'.repeat(512), '\u{1f600}'.repeat(256)],
      ['placeholders', ':pk', '#sk'],
    ])('accepts a key of %s', async (_words, partition, id) => {
      const item = newItem({ key: { partition, id } });

      expect(await store.save(item)).toBe('saved');

      expect(await store.get(item.key)).toStrictEqual(item);
      expect(await store.load(partition)).toStrictEqual([item]);
    });

    it.each<[string, Partial<Item>, string]>([
      ['400 KB', { body: `"${'x'.repeat(400 * 1024)}"` }, 'its item has 409'],
      [
        'a partition over 2048 bytes',
        { key: { partition: 'é'.repeat(1025), id: 'a' } },
        'its partition has 2050 bytes, but at most 2048 are allowed; make it smaller',
      ],
      [
        'an id over 1024 bytes',
        { key: { partition: 'p', id: 'é'.repeat(513) } },
        'its id has 1026 bytes, but at most 1024 are allowed; make it smaller',
      ],
      ['an empty partition', { key: { partition: '', id: 'a' } }, 'partition and id must not be empty'],
      ['an empty id', { key: { partition: 'p', id: '' } }, 'partition and id must not be empty'],
      [
        'half of a surrogate pair in its id',
        { key: { partition: 'p', id: '\ud800' } },
        'it contains half of a surrogate pair, which UTF-8 cannot encode; escape it',
      ],
      ['half of a surrogate pair in its body', { body: '\udc00' }, 'half of a surrogate pair'],
    ])('refuses an item with %s in one line that names it, without its body', async (_words, part, why) => {
      const error = await failureOf(store.save(newItem(part)));

      expect(error.code).toBe('denied');
      expect(error.message).toMatch(/^The .* cannot take item ".{1,400}": .*\.$/);
      expect(error.message).toContain(why);
      expect(error.message).not.toContain('xxx');
    });

    it('accepts an item of 400 KB as DynamoDB counts, and refuses one byte more', async () => {
      const item = newItem({ expiresAt: START_SECONDS + 60 });
      const { key, nonce } = item;
      // The names of the six attributes have 25 bytes; a number counts as 21 at most.
      const texts = Buffer.byteLength(key.partition + key.id + nonce) + 25 + 2 * 21;
      const body = 'x'.repeat(400 * 1024 - texts);

      expect((await failureOf(store.save({ ...item, body: `${body}x` }))).message).toContain(
        'its item has 409601 bytes, but at most 409600 are allowed; make it smaller',
      );
      expect(await store.save({ ...item, body })).toBe('saved');
      expect((await store.get(key))?.body).toHaveLength(body.length);
    });

    it.each(ways)(
      'loads an item that was damaged (%s) beside the others, and the next save replaces it',
      async (way) => {
        const { partition } = newKey();
        const key = { partition, id: 'a' };
        const other = newItem({ key: { partition, id: 'b' } });
        for (const rev of [1, 2]) await store.save(newItem({ key, rev, body: RECORD }));
        await store.save(other);
        await place.damage?.(key, way);

        const loaded = await store.load(partition);
        const [damaged] = loaded;
        expect(loaded).toEqual([damaged, other]);
        expect(await store.get(key)).toStrictEqual(damaged);
        expect(damaged).toMatchObject({ key, ...leftOf(way) });
        expect(damaged).not.toHaveProperty('expiresAt');
        const isReadable = decodeRecord(RECORD_KEY, damaged?.body ?? '').kind === 'record';
        expect(isReadable).toBe(!way.startsWith('body:'));

        const rev = (damaged?.rev ?? 0) + 1;
        const writes = [newItem({ key, rev }), newItem({ key, rev })];
        const results = await Promise.all(writes.map((item) => store.save(item)));
        expect(results.toSorted()).toEqual(['conflict', 'saved']);
        expect(await store.load(partition)).toStrictEqual([writes[results.indexOf('saved')], other]);
      },
    );

    it('does not care that a caller changes an item after it was saved', async () => {
      const key = newKey();
      const item = { ...newItem({ key }), body: '"as saved"' };
      await store.save(item);
      item.body = '"changed"';

      expect((await store.get(key))?.body).toBe('"as saved"');
    });

    it('follows the rules in any sequence of saves by any clients at any time', async () => {
      const step = fc.record({
        id: fc.constantFrom('a', 'b'),
        rev: fc.integer({ min: 1, max: 4 }),
        nonce: fc.constantFrom('n1', 'n2', 'n3'),
        lifeSeconds: fc.option(fc.constantFrom(1, 30), { nil: undefined }),
        waitMs: fc.constantFrom(0, 0, 999, 20_000),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const { partition } = newKey();
          const model = new Map<string, Item>();
          for (const { id, rev, nonce, lifeSeconds, waitMs } of steps) {
            ms += waitMs;
            const seconds = Math.floor(ms / 1000);
            const expiry = lifeSeconds === undefined ? {} : { expiresAt: seconds + lifeSeconds };
            const item = { key: { partition, id }, rev, nonce, body: JSON.stringify(ms), ...expiry };

            expect(await store.save(item)).toBe(saveInModel(model, item, seconds));
            expect(await store.load(partition)).toStrictEqual(aliveIn(model, seconds));
          }
        }),
        { numRuns: 40 },
      );
    });

    it('closes, once or twice, and answers nothing after that', async () => {
      const own = await settle(() => ms);
      const closing = own.open();
      await closing.close();
      await closing.close();

      const errors = await Promise.all([
        failureOf(closing.load('p')),
        failureOf(closing.get(newKey())),
        failureOf(closing.save(newItem())),
      ]);

      for (const error of errors) expect(error).toMatchObject({ code: 'unavailable', message: /closed/ });
      await own.close();
    });
  });
}

/** What an item of revision 2 still says that was damaged. */
function leftOf(way: string): Partial<Item> {
  const [part] = way.split(':');
  return {
    rev: part === 'rev' ? 0 : 2,
    ...(part === 'nonce' && { nonce: '' }),
    ...(part !== 'body' && { body: RECORD }),
  };
}

/** The rules of `Store.save`, written as plainly as possible. */
function saveInModel(model: Map<string, Item>, item: Item, seconds: number): Saved {
  const stored = model.get(item.key.id);
  const current = stored && isAlive(stored, seconds) ? stored.rev : 0;
  if (current === item.rev - 1) {
    model.set(item.key.id, item);
    return 'saved';
  }
  return stored?.rev === item.rev && stored.nonce === item.nonce ? 'saved' : 'conflict';
}

function aliveIn(model: Map<string, Item>, seconds: number): Item[] {
  const alive = [...model.values()].filter((item) => isAlive(item, seconds));
  return alive.toSorted((a, b) => (a.key.id < b.key.id ? -1 : 1));
}

function isAlive({ expiresAt }: Item, seconds: number): boolean {
  return expiresAt === undefined || expiresAt > seconds;
}

/** A key that no other test has. */
export function newKey(): ItemKey {
  return { partition: `project:${randomUUID()}`, id: 'task:1' };
}

/** An item of revision 1 under a key of its own, unless overridden. */
export function newItem(part: Partial<Item> = {}): Item {
  return { key: newKey(), rev: 1, nonce: randomUUID(), body: '{}', ...part };
}

/** The error that a request ends with, which must be one of ours and must read well. */
export async function failureOf(request: Promise<unknown>): Promise<StoreError> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return storeError(error);
}

/** Checks what holds for every error of a store. */
export function storeError(error: unknown): StoreError {
  if (!(error instanceof StoreError)) throw new Error(`expected a StoreError, got ${String(error)}`);
  expect(error.message).toMatch(/^[^\n\r]+\.$/);
  expect(error.cause).toBeUndefined();
  return error;
}
