import type { Generation, Generations } from './generations.ts';
import type { CachedPartition } from './partition.ts';

/**
 * Announces a write to a partition, so that other processes read it anew. Its cached items stay, unless somebody else has
 * announced a write since. If yet another process does so at this very moment, its announcement has to do.
 */
export async function announce(partition: CachedPartition, generations: Generations): Promise<void> {
  const { generation } = partition;
  if (generation !== undefined && (await advance(partition, generation, generations))) return;
  partition.items = undefined;
  await advance(partition, await generations.read(partition.name), generations);
}

/** Announces the first write after a read; a failed announcement is made again. */
export async function announceOnce(partition: CachedPartition, generations: Generations): Promise<void> {
  partition.announced ??= announce(partition, generations);
  try {
    await partition.announced;
  } catch (error) {
    partition.announced = undefined;
    throw error;
  }
}

/** The generation of now; what this process wrote since the last read begins one of its own. */
export async function currentGeneration(
  partition: CachedPartition,
  generations: Generations,
): Promise<Generation> {
  const { announced, name } = partition;
  partition.announced = undefined;
  if (announced !== undefined) await announce(partition, generations);
  return generations.read(name);
}

async function advance(
  partition: CachedPartition,
  from: Generation,
  generations: Generations,
): Promise<boolean> {
  const { generation, isNext } = await generations.advance(partition.name, from);
  partition.generation = generation;
  return isNext;
}
