import { StoreError } from './errors.ts';
import type { Item, ItemKey, Store } from './store.ts';

/** Keeps the items of a store, with one conditional write. `withRules` adds the rules of all stores. */
export interface Driver {
  /** Every item of the partition, expired ones too, ordered by the UTF-8 bytes of `id`. */
  all(partition: string): Promise<Item[]>;
  one(key: ItemKey): Promise<Item | undefined>;
  /**
   * Writes `item` in one atomic step if the item that is stored and has not expired by `nowSeconds` has revision
   * `item.rev - 1`, or, for revision 1, if there is none.
   *
   * @param replaces the nonce that the stored item must also have. A store that never loses what was read may ignore
   * it, since the revision is enough there
   * @returns whether it was written
   */
  put(item: Item, nowSeconds: number, replaces?: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * DynamoDB's limits (developer guide, "Quotas and limits"). All stores keep to them, so that no store takes an item
 * that another refuses.
 */
const MOST_BYTES = { partition: 2048, id: 1024, item: 400 * 1024 } as const;
/** DynamoDB counts the names of the attributes too (25 bytes) and at most 21 bytes for each of the two numbers. */
const OVERHEAD_BYTES = 25 + 2 * 21;

/**
 * Makes a store of a driver, with the rules of all stores. An expired item is absent, although its deletion may be days
 * late. A refused write that turns out to be ours counts as saved. Every store refuses an item that one of them could
 * not take. A closed store refuses every request.
 *
 * @param place names the table or file in messages
 * @param now milliseconds since the epoch
 */
export function withRules({ place, now }: { place: string; now: () => number }, driver: Driver): Store {
  let closed = false;
  const assertOpen = () => {
    if (closed)
      throw new StoreError('unavailable', `${place} was closed before this request; open it again.`);
  };
  const nowSeconds = () => Math.floor(now() / 1000);
  const isAlive = ({ expiresAt }: Item) => expiresAt === undefined || expiresAt > nowSeconds();

  return {
    async load(partition) {
      assertOpen();
      return (await driver.all(partition)).filter(isAlive);
    },

    async get(key) {
      assertOpen();
      const item = await driver.one(key);
      return item !== undefined && isAlive(item) ? item : undefined;
    },

    async save({ replaces, ...item }) {
      assertOpen();
      assertStorable(item, place);
      if (await driver.put(item, nowSeconds(), replaces)) return 'saved';
      const stored = await driver.one(item.key);
      return stored?.rev === item.rev && stored.nonce === item.nonce ? 'saved' : 'conflict';
    },

    async close() {
      if (closed) return;
      closed = true;
      await driver.close();
    },
  };
}

/** @throws {StoreError} `denied`, when no store could take the item */
function assertStorable(item: Item, place: string): void {
  const problem = problemOf(item);
  if (problem === undefined) return;
  throw new StoreError('denied', `${place} cannot take ${named(item.key)}: ${problem}.`);
}

function problemOf({ key: { partition, id }, nonce, body }: Item): string | undefined {
  if (partition === '' || id === '') return 'partition and id must not be empty';
  if (![partition, id, nonce, body].every((text) => text.isWellFormed())) {
    return 'it contains half of a surrogate pair, which UTF-8 cannot encode; escape it';
  }
  const bytes = {
    partition: Buffer.byteLength(partition),
    id: Buffer.byteLength(id),
    item:
      OVERHEAD_BYTES + [partition, id, nonce, body].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  };
  for (const part of ['partition', 'id', 'item'] as const) {
    if (bytes[part] > MOST_BYTES[part]) {
      return `its ${part} has ${bytes[part]} bytes, but at most ${MOST_BYTES[part]} are allowed; make it smaller`;
    }
  }
  return undefined;
}

/** Names an item in quotes and cut, because a message is one line. */
function named({ partition, id }: ItemKey): string {
  return `item ${JSON.stringify(`${partition}/${id}`.slice(0, 120))}`;
}

/** Sorts like SQLite and DynamoDB. JavaScript compares UTF-16 units, which puts U+FFFD after an emoji. */
export function inByteOrder(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, bytes: Buffer.from(item.key.id) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item);
}
