import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDynamoClient, openDynamoStore } from '../../../lib/store/dynamodb/dynamodb.ts';
import { openRedisStore } from '../../../lib/store/redis/redis.ts';
import { openSqliteStore } from '../../../lib/store/sqlite/sqlite.ts';
import type { Item, Store } from '../../../lib/store/store.ts';
import { startRedis, startReplica } from '../../support/redis-server.ts';
import { type Dynalite, startDynalite } from '../../support/store-dynalite.ts';

/** Opens a store for one case. */
export type OpenStore = (now: () => number) => Store;

/** One store for all cases, one after the other: each has a part of it, and its own clock. */
function shared(make: (now: () => number) => Store): { readonly store: Store; readonly open: OpenStore } {
  let nowOfCase = Date.now;
  let cases = 0;
  const store = make(() => nowOfCase());
  return {
    store,
    open(now) {
      cases += 1;
      nowOfCase = now;
      return partOf(store, `case-${cases}`);
    },
  };
}

/** Works with a store in one SQLite file, which all cases share, one after the other. */
export async function withSqlite<T>(work: (open: OpenStore) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-proof-'));
  const { store, open } = shared((now) => openSqliteStore({ file: join(folder, 'proof.db'), now }));
  try {
    return await work(open);
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

/** Works with stores in one table of the DynamoDB API, which all cases share. */
export async function withDynamo<T>(
  work: (open: OpenStore, requests: Dynalite['requests']) => Promise<T>,
): Promise<T> {
  const dynalite = await startDynalite();
  await dynalite.createTable('proof');
  const client = createDynamoClient(dynalite.settings);
  let cases = 0;
  const open: OpenStore = (now) => {
    cases += 1;
    return partOf(openDynamoStore({ table: 'proof', now, client }), `case-${cases}`);
  };
  try {
    return await work(open, dynalite.requests);
  } finally {
    client.destroy();
    await dynalite.close();
  }
}

/** Works with a Redis that has a replica, which all cases share. */
export async function withRedis<T>(work: (open: OpenStore) => Promise<T>): Promise<T> {
  const master = await startRedis();
  const replica = await startReplica(master);
  const { store, open } = shared((now) => openRedisStore({ url: master.url(), now }));
  try {
    return await work(open);
  } finally {
    await store.close();
    await replica.close();
    await master.close();
  }
}

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
