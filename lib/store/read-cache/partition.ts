import type { Item } from '../store.ts';
import type { Generation } from './generations.ts';

/** A run that was killed between two writes, or a version of this program without a cache, announced nothing. */
const CACHED_FOR_MS = 10 * 60_000;

/** One partition as this process knows it. */
export interface CachedPartition {
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

/** Forgets the partitions that were read longest ago until the others have at most so many items. */
export function dropOldest(partitions: Iterable<CachedPartition>, mostItems: number): void {
  const cached = [...partitions].filter(({ items }) => items !== undefined);
  let total = cached.reduce((sum, { count }) => sum + count, 0);
  for (const partition of cached.toSorted((a, b) => a.readAt - b.readAt)) {
    if (total <= mostItems) return;
    partition.items = undefined;
    total -= partition.count;
  }
}
