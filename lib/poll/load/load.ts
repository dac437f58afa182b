import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import { type Known, loadKnown } from './known.ts';
import { registerPartitions } from './partitions.ts';
import { reportUnreadable } from './unreadable.ts';

/**
 * Reads what is known, and writes down where deliveries may be pending from now on.
 *
 * @throws {StoreError} when the store cannot be read
 */
export async function load(commit: Commit, context: TickContext): Promise<Known> {
  const known = await loadKnown(context);
  reportUnreadable(known, context);
  return registerPartitions(known, commit, context);
}
