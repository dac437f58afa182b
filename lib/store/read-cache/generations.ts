import { randomUUID } from 'node:crypto';
import type { ItemKey, Store } from '../store.ts';

/** A stored item that counts the announced writes to a partition. Each announcement gives it a new nonce. */
export interface Generation {
  /** 0 before the first announcement. */
  readonly rev: number;
  readonly nonce: string;
}

export interface Generations {
  read(partition: string): Promise<Generation>;
  /** The next generation, and whether it directly follows the given one. Another process may have been first. */
  advance(partition: string, from: Generation): Promise<{ generation: Generation; isNext: boolean }>;
}

const PARTITION = 'generations';
/** A partition without writes for this long is no longer in use. */
const KEPT_SECONDS = 30 * 24 * 3600;
// Mutant survives, `''` → `"Stryker was here!"`: no generation has either.
const NEVER: Generation = { rev: 0, nonce: '' };

/** @param now milliseconds since the epoch */
export function createGenerations(store: Store, now: () => number): Generations {
  return {
    async read(partition) {
      return (await store.get(keyOf(partition))) ?? NEVER;
    },
    async advance(partition, { rev }) {
      const generation = { rev: rev + 1, nonce: randomUUID() };
      const expiresAt = Math.floor(now() / 1000) + KEPT_SECONDS;
      const saved = await store.save({ key: keyOf(partition), body: '', expiresAt, ...generation });
      return { generation, isNext: saved === 'saved' };
    },
  };
}

function keyOf(partition: string): ItemKey {
  return { partition: PARTITION, id: partition };
}
