import type { Item, Store } from '../../lib/store/store.ts';

/** A part of a store that a case has for itself: its partitions have a name in front of theirs. */
export function partOf(store: Store, name: string): Store {
  const outside = (partition: string): string => `${name}/${partition}`;
  const inside = ({ key, ...item }: Item): Item => ({
    key: { partition: key.partition.slice(name.length + 1), id: key.id },
    ...item,
  });
  return {
    load: async (partition) => (await store.load(outside(partition))).map(inside),
    async get({ partition, id }) {
      const item = await store.get({ partition: outside(partition), id });
      return item && inside(item);
    },
    save: ({ key, ...item }) =>
      store.save({ key: { partition: outside(key.partition), id: key.id }, ...item }),
    close: async () => undefined,
  };
}
