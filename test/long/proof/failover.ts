import { inByteOrder, withRules } from '../../../lib/store/driver.ts';
import { StoreError } from '../../../lib/store/errors.ts';
import type { Item, Store } from '../../../lib/store/store.ts';

type Partitions = Map<string, ReadonlyMap<string, Item>>;

/** A store like a Redis with one replica: what the replica has not confirmed is lost when the master fails. */
export interface FailoverStore extends Store {
  /** The store of a process of its own, which reads nothing after a write that was not confirmed before one is. */
  open(): Store;
  /** No write is confirmed from now on; each is made on the master, and ends as not known. */
  loseReplica(): void;
  isAlone(): boolean;
  /** @returns what was written meanwhile, in order: now it is confirmed */
  replicaReturns(): readonly Item[];
  /** The replica becomes the master; what was written meanwhile is gone. */
  failOver(): void;
}

/** @param now milliseconds since the epoch */
export function createFailoverStore(now: () => number): FailoverStore {
  let master: Partitions = new Map();
  let replica: Partitions | undefined;
  let unconfirmed: Item[] = [];

  const confirmed = (item: Item): true => {
    if (replica === undefined) return true;
    unconfirmed.push(item);
    throw new StoreError('unavailable', 'no replica confirmed the write');
  };

  const store = withRules(
    { place: 'The store with a replica', now },
    {
      async all(partition) {
        return inByteOrder([...(master.get(partition)?.values() ?? [])]);
      },
      async one({ partition, id }) {
        return master.get(partition)?.get(id);
      },
      async put(item, nowSeconds, replaces) {
        const { partition, id } = item.key;
        const items = master.get(partition);
        const stored = items?.get(id);
        if (stored?.rev === item.rev && stored.nonce === item.nonce) return confirmed(item);
        const isAlive = stored !== undefined && (stored.expiresAt ?? Number.POSITIVE_INFINITY) > nowSeconds;
        if ((isAlive ? stored.rev : 0) !== item.rev - 1) return false;
        if (isAlive && replaces !== undefined && stored.nonce !== replaces) return false;
        master.set(partition, new Map(items).set(id, item));
        return confirmed(item);
      },
      async close() {},
    },
  );

  const calm = (): readonly Item[] => {
    const written = unconfirmed;
    unconfirmed = [];
    replica = undefined;
    return written;
  };

  const open = (): Store => {
    let isDoubtful = false;
    const assertKnown = () => {
      isDoubtful &&= replica !== undefined;
      if (isDoubtful) throw new StoreError('unavailable', 'no replica confirms what is read');
    };
    return {
      async load(partition) {
        assertKnown();
        return store.load(partition);
      },
      async get(key) {
        assertKnown();
        return store.get(key);
      },
      async save(item) {
        try {
          return await store.save(item);
        } catch (error) {
          isDoubtful = true;
          throw error;
        }
      },
      close: async () => undefined,
    };
  };

  return {
    ...store,
    open,
    loseReplica() {
      replica = new Map(master);
    },
    isAlone: () => replica !== undefined,
    replicaReturns: calm,
    failOver() {
      master = replica ?? master;
      calm();
    },
  };
}
