import type { Item, Saved, Store, Write } from '../store.ts';
import { announce, announceOnce, currentGeneration } from './announcements.ts';
import { createGenerations, type Generations } from './generations.ts';
import { type CachedPartition, dropOldest, isCurrent, newPartition, unexpired } from './partition.ts';

/** Limits of the cache, in items. */
export interface ReadCacheLimits {
  /** A smaller partition is read each time, which costs less than asking for its generation. */
  readonly leastCached: number;
  /**
   * A smaller partition gets no announcements. It is below {@link leastCached}, so that no partition is cached by one
   * process while others write to it unannounced.
   */
  readonly leastAnnounced: number;
  /** Cached items of all partitions together. */
  readonly mostCached: number;
}

const LIMITS: ReadCacheLimits = { leastCached: 100, leastAnnounced: 50, mostCached: 20_000 };

/**
 * A store that keeps large partitions in memory until another process writes to them. Each process announces its
 * writes: before the first write after a read, and again at the next read or the end. An announcement gives the
 * partition a new generation, so that other processes read it again.
 *
 * Overlapping runs may read items that are a tick old, or ten minutes old after a crash. A save still compares
 * revisions, so it never overwrites an unseen item.
 *
 * @param now milliseconds since the epoch
 */
export function withReadCache(store: Store, now: () => number, limits = LIMITS): Store {
  const partitions = new Map<string, CachedPartition>();
  const generations = createGenerations(store, now);

  return {
    async load(name, { mayBeCached = false } = {}) {
      const known = partitions.get(name);
      if (mayBeCached && known !== undefined && known.count >= limits.leastCached) {
        const items = await loadCached(known, { store, generations, now });
        dropOldest(partitions.values(), limits.mostCached);
        return items;
      }
      const items = await store.load(name);
      if (known === undefined) partitions.set(name, newPartition(name, items.length));
      else known.count = items.length;
      return items;
    },
    async save(write) {
      const partition = partitions.get(write.key.partition);
      if (partition === undefined || partition.count < limits.leastAnnounced) return store.save(write);
      return saveAnnounced(write, partition, { store, generations });
    },
    get: (key) => store.get(key),
    async close() {
      const written = [...partitions.values()].filter(({ announced }) => announced !== undefined);
      // If this fails, other processes read these writes a few minutes later.
      await Promise.allSettled(written.map((partition) => announce(partition, generations)));
      await store.close();
    },
  };
}

interface Origin {
  readonly store: Store;
  readonly generations: Generations;
}

interface TimedOrigin extends Origin {
  readonly now: () => number;
}

async function loadCached(
  partition: CachedPartition,
  { store, generations, now }: TimedOrigin,
): Promise<Item[]> {
  const generation = await currentGeneration(partition, generations);
  if (partition.items !== undefined && isCurrent(partition, generation, now())) {
    return unexpired(partition.items, now());
  }
  const reading = Symbol(partition.name);
  partition.reading = reading;
  const readAt = now();
  const items = await store.load(partition.name);
  const byId = partition.reading === reading ? new Map(items.map((item) => [item.key.id, item])) : undefined;
  Object.assign(partition, { count: items.length, items: byId, readAt, generation });
  return items;
}

async function saveAnnounced(
  write: Write,
  partition: CachedPartition,
  { store, generations }: Origin,
): Promise<Saved> {
  try {
    await announceOnce(partition, generations);
    const saved = await store.save(write);
    const { replaces: _, ...item } = write;
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
