import type { Generation, Generations } from './generations.ts';
import type { CachedPartition } from './partition.ts';

/**
 * Announces a write to a partition, so that other processes read it again. Our cached items stay, unless another
 * process has announced a write since. Of two processes that announce at the same moment, one announcement is enough.
 */
export async function announce(partition: CachedPartition, generations: Generations): Promise<void> {
  const { generation } = partition;
  if (generation !== undefined && (await advance(partition, generation, generations))) return;
  partition.items = undefined;
  await advance(partition, await generations.read(partition.name), generations);
}

/** Announces the first write after a read. After a failure, the next call announces again. */
export async function announceOnce(partition: CachedPartition, generations: Generations): Promise<void> {
  partition.announced ??= announce(partition, generations);
  try {
    await partition.announced;
  } catch (error) {
    partition.announced = undefined;
    throw error;
  }
}

/** The present generation. Writes of this process since the last read start a new one. */
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
