import { type Driver, inByteOrder, withRules } from './driver.ts';
import type { Item, Store } from './store.ts';

/**
 * A store that lives as long as its process: for rehearsals and tests.
 *
 * @param now milliseconds since the epoch
 */
export function createMemoryStore({ now }: { now: () => number }): Store {
  return withRules({ place: 'The memory store', now }, memoryDriver());
}

function memoryDriver(): Driver {
  const partitions = new Map<string, Map<string, Item>>();

  return {
    async all(partition) {
      return inByteOrder([...(partitions.get(partition)?.values() ?? [])]);
    },

    async one({ partition, id }) {
      return partitions.get(partition)?.get(id);
    },

    async put(item, nowSeconds) {
      const { partition, id } = item.key;
      const items = partitions.get(partition) ?? new Map<string, Item>();
      if (revisionOf(items.get(id), nowSeconds) !== item.rev - 1) return false;
      partitions.set(partition, items.set(id, { ...item, key: { partition, id } }));
      // Mutant survives, `true` → `false`: the rules read what is stored and find the write: saved, one read later.
      return true;
    },

    /** The items end with the driver. */
    async close() {},
  };
}

/** The revision on which the next write builds; 0 when no item is stored, or it has expired. */
function revisionOf(stored: Item | undefined, nowSeconds: number): number {
  if (stored === undefined) return 0;
  const { rev, expiresAt = Number.POSITIVE_INFINITY } = stored;
  return expiresAt > nowSeconds ? rev : 0;
}
