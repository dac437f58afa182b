import type { Proxies } from '../http/proxies.ts';
import { withReadCache } from './read-cache/read-cache.ts';
import type { RedisPlace } from './redis/address.ts';
import type { Store, Warn } from './store.ts';

type Clock = () => number;

/**
 * All kinds of stores. Each one is loaded only when it is chosen, because the AWS SDK alone takes most of a cold start.
 */
export const STORES = {
  memory: async (_settings: object, now: Clock) => (await import('./memory.ts')).createMemoryStore({ now }),
  sqlite: async (settings: { file: string; folder?: string }, now: Clock) =>
    (await import('./sqlite/sqlite.ts')).openSqliteStoreWhenUnlocked({ ...settings, now }),
  /**
   * A cache saves reads, which cost money.
   *
   * @param proxies the proxies on the way to AWS; nothing where there are none
   */
  dynamodb: async ({ table, proxies }: { table: string; proxies: Proxies | undefined }, now: Clock) =>
    withReadCache((await import('./dynamodb/dynamodb.ts')).openDynamoStore({ table, proxies, now }), now),
  /** Examines the Redis first: a state is not safe where keys are evicted, or where writes cannot be confirmed. */
  redis: async (place: RedisPlace, now: Clock, warn: Warn) =>
    (await import('./redis/redis.ts')).openFitRedisStore({ ...place, now }, warn),
};

type StoreKind = keyof typeof STORES;

/** A kind of store with its settings, for instance `{ kind: 'sqlite', file: '.state/watch.db' }`. */
export type StoreChoice<Kind extends StoreKind = StoreKind> = {
  [K in Kind]: { readonly kind: K } & Readonly<Parameters<(typeof STORES)[K]>[0]>;
}[Kind];

/** The registry with a type that links the opener of each kind to its choice. */
const OPENERS: {
  readonly [Kind in StoreKind]: (choice: StoreChoice<Kind>, now: Clock, warn: Warn) => Promise<Store>;
} = STORES;

/**
 * Opens the chosen store.
 *
 * @param now milliseconds since the epoch
 * @param warn called for each fact that makes the store less safe than it could be
 * @throws {StoreError} when the store is unusable at once; a table is only reached by the first request
 */
export function openStore<Kind extends StoreKind>(
  choice: StoreChoice<Kind>,
  now: Clock,
  warn: Warn = () => undefined,
): Promise<Store> {
  return OPENERS[choice.kind](choice, now, warn);
}
