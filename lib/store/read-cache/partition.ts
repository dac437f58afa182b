import type { Item } from '../store.ts';
import type { Generation } from './generations.ts';

/**
 * The longest use of cached items. A run killed between two writes, or a version without a cache, announces nothing.
 */
const CACHED_FOR_MS = 10 * 60_000;

/** The copy of one partition in this process. */
export interface CachedPartition {
  readonly name: string;
  /** The number of its items when they were last read. */
  count: number;
  /** Items by id, in the order of the store; absent where they may be out of date. */
  items: Map<string, Item> | undefined;
  /** Milliseconds since the epoch. */
  readAt: number;
  generation: Generation | undefined;
  /** The announcement since the last read, running or done; absent if this process has not written. */
  announced: Promise<void> | undefined;
  /** The running read; reset by a save that ends meanwhile, which the read may have missed. */
  reading: symbol | undefined;
}

export function newPartition(name: string, count: number): CachedPartition {
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

/** @param now milliseconds since the epoch */
export function isCurrent(
  { generation: before, readAt }: CachedPartition,
  { nonce }: Generation,
  now: number,
): boolean {
  // Mutant survives, `before?.nonce` → `before.nonce`: what is cached has a generation.
  return before?.nonce === nonce && Math.abs(now - readAt) < CACHED_FOR_MS;
}

/** @param now milliseconds since the epoch */
export function unexpired(items: ReadonlyMap<string, Item>, now: number): Item[] {
  const seconds = Math.floor(now / 1000);
  return [...items.values()].filter(({ expiresAt }) => expiresAt === undefined || expiresAt > seconds);
}

/** Drops the partitions with the oldest reads until the others have at most `mostItems` items. */
export function dropOldest(partitions: Iterable<CachedPartition>, mostItems: number): void {
  const cached = [...partitions].filter(({ items }) => items !== undefined);
  let total = cached.reduce((sum, { count }) => sum + count, 0);
  for (const partition of cached.toSorted((a, b) => a.readAt - b.readAt)) {
    if (total <= mostItems) return;
    partition.items = undefined;
    total -= partition.count;
  }
}
