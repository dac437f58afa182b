import { randomUUID } from 'node:crypto';
import type { Item, ItemKey, LoadOptions, Saved, Store } from './store.ts';

/** Items. */
export interface ReadCacheLimits {
  /** A partition with fewer is read as a whole each time: that costs less than to ask whether somebody wrote to it. */
  readonly leastCached: number;
  /** Fewer than {@link leastCached}, so that no partition is cached by one process while others write to it in silence. */
  readonly leastAnnounced: number;
  /** Items of all partitions together. */
  readonly mostCached: number;
}

const LIMITS: ReadCacheLimits = { leastCached: 100, leastAnnounced: 50, mostCached: 20_000 };
/** A run that was killed between two writes, or a version of this program without a cache, announced nothing. */
const CACHED_FOR_MS = 10 * 60_000;

const PARTITION = 'generations';
/** A partition without writes for so long is no longer in use. */
const KEPT_SECONDS = 30 * 24 * 3600;
/** How often somebody announced to write to a partition, as a stored item: each time it gets another nonce. */
interface Generation {
  /** 0 if nobody ever did. */
  readonly rev: number;
  readonly nonce: string;
}

/** One partition as this process knows it. */
interface Partition {
  readonly name: string;
  /** The number of its items when they were last read. */
  count: number;
  /** By id, in the order of the store; absent where they may be out of date. */
  items: Map<string, Item> | undefined;
  /** Milliseconds since the epoch. */
  readAt: number;
  generation: Generation | undefined;
  /** Under way or done since the last read, if this process writes. */
  announced: Promise<void> | undefined;
  /** The read that is under way; none when a save has ended since it began: it may have missed that. */
  reading: symbol | undefined;
}

// Mutant survives, `''` → `"Stryker was here!"`: no generation has either.
const NEVER: Generation = { rev: 0, nonce: '' };

/**
 * A store that need not read a large partition again as long as nobody else writes to it. What was read stays in memory;
 * whoever writes announces it before the first write after a read, and once more at the next read or at the end: the
 * partition then has another generation, and is read anew.
 *
 * It is a cache: two runs that overlap may read what is a tick old, and ten minutes old after a crash. A save still
 * compares revisions, so nothing is written over what was not seen.
 *
 * @param now milliseconds since the epoch
 */
export function withReadCache(store: Store, now: () => number, limits = LIMITS): Store {
  const partitions = new Map<string, Partition>();

  async function load(name: string, { mayBeCached = false }: LoadOptions = {}): Promise<Item[]> {
    const known = partitions.get(name);
    if (mayBeCached && known !== undefined && known.count >= limits.leastCached) {
      return loadCached(known);
    }
    const items = await store.load(name);
    if (known === undefined) partitions.set(name, newPartition(name, items.length));
    else known.count = items.length;
    return items;
  }

  async function loadCached(partition: Partition): Promise<Item[]> {
    const generation = await newestOf(partition);
    if (partition.items !== undefined && isCurrent(partition, generation)) return alive(partition.items);
    const reading = Symbol(partition.name);
    partition.reading = reading;
    const readAt = now();
    const items = await store.load(partition.name);
    const byId =
      partition.reading === reading ? new Map(items.map((item) => [item.key.id, item])) : undefined;
    Object.assign(partition, { count: items.length, items: byId, readAt, generation });
    dropOldest();
    return items;
  }

  function isCurrent({ generation: before, readAt }: Partition, { nonce }: Generation): boolean {
    // Mutant survives, `before?.nonce` → `before.nonce`: what is cached has a generation.
    return before?.nonce === nonce && Math.abs(now() - readAt) < CACHED_FOR_MS;
  }

  /** The generation of now; what this process wrote since the last read begins one of its own. */
  async function newestOf(partition: Partition): Promise<Generation> {
    const { announced, name } = partition;
    partition.announced = undefined;
    if (announced !== undefined) await announce(partition);
    return readGeneration(name);
  }

  /**
   * What is cached stays, unless somebody else has announced a write since. Where yet another one does so at this very
   * moment, that one's announcement has to do.
   */
  async function announce(partition: Partition): Promise<void> {
    const { generation } = partition;
    if (generation !== undefined && (await advance(partition, generation))) return;
    partition.items = undefined;
    await advance(partition, await readGeneration(partition.name));
  }

  async function advance(partition: Partition, { rev }: Generation): Promise<boolean> {
    const generation = { rev: rev + 1, nonce: randomUUID() };
    const expiresAt = Math.floor(now() / 1000) + KEPT_SECONDS;
    const saved = await store.save({ key: keyOf(partition.name), body: '', expiresAt, ...generation });
    partition.generation = generation;
    return saved === 'saved';
  }

  async function readGeneration(name: string): Promise<Generation> {
    return (await store.get(keyOf(name))) ?? NEVER;
  }

  async function save(item: Item): Promise<Saved> {
    const partition = partitions.get(item.key.partition);
    if (partition === undefined || partition.count < limits.leastAnnounced) return store.save(item);
    try {
      await announceOnce(partition);
      const saved = await store.save(item);
      const { items } = partition;
      const isNext = saved === 'saved' && items?.get(item.key.id)?.rev === item.rev - 1;
      // Mutant survives, `items?.set` → `items.set`: where one of them is next, there are items.
      partition.items = isNext ? items?.set(item.key.id, item) : undefined;
      return saved;
    } catch (error) {
      partition.items = undefined;
      throw error;
    } finally {
      partition.reading = undefined;
    }
  }

  async function announceOnce(partition: Partition): Promise<void> {
    partition.announced ??= announce(partition);
    try {
      await partition.announced;
    } catch (error) {
      partition.announced = undefined;
      throw error;
    }
  }

  function alive(items: ReadonlyMap<string, Item>): Item[] {
    const seconds = Math.floor(now() / 1000);
    return [...items.values()].filter(({ expiresAt }) => expiresAt === undefined || expiresAt > seconds);
  }

  function dropOldest(): void {
    const cached = [...partitions.values()].filter(({ items }) => items !== undefined);
    let total = cached.reduce((sum, { count }) => sum + count, 0);
    for (const partition of cached.toSorted((a, b) => a.readAt - b.readAt)) {
      if (total <= limits.mostCached) return;
      partition.items = undefined;
      total -= partition.count;
    }
  }

  return {
    load,
    save,
    get: (key) => store.get(key),
    async close() {
      const written = [...partitions.values()].filter(({ announced }) => announced !== undefined);
      // Where this fails, others read what was written a few minutes later.
      await Promise.allSettled(written.map(announce));
      await store.close();
    },
  };
}

function newPartition(name: string, count: number): Partition {
  return {
    name,
    count,
    items: undefined,
    readAt: 0,
    generation: undefined,
    announced: undefined,
    reading: undefined,
  };
}

function keyOf(partition: string): ItemKey {
  return { partition: PARTITION, id: partition };
}
