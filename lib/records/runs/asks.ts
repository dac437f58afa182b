import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { fingerprintOfTexts } from '../../base/fingerprint.ts';
import { parseJson } from '../../base/json.ts';
import type { ItemKey, Store } from '../../store/store.ts';
import { TIME } from '../codec.ts';

/** The key of the times at which the runs of all projects were asked for. */
const KEY: ItemKey = { partition: 'runs', id: 'asks' };

const SHAPE = z.object({
  /** Fingerprint of the projects' ids. */
  projects: z.string(),
  /** ISO 8601, UTC. */
  at: z.array(TIME),
});

export interface Ask {
  readonly projectIds: readonly string[];
  readonly now: Date;
  /** The number of asks that are kept. */
  readonly keep: number;
}

/**
 * Notes that the runs of these projects are asked for.
 *
 * @returns the earlier asks for the same projects (ISO 8601, UTC), the oldest first
 * @throws {StoreError}
 */
export async function noteAsk(store: Store, { projectIds, now, keep }: Ask): Promise<readonly string[]> {
  const projects = fingerprintOfTexts(projectIds.toSorted());
  const item = await store.get(KEY);
  const before = item && SHAPE.safeParse(parseJson(item.body)).data;
  const earlier = before?.projects === projects ? before.at : [];
  const at = [...earlier, now.toISOString()].slice(-keep);
  const body = JSON.stringify({ projects, at });
  // An ask that another run notes at the same time is as good.
  await store.save({ key: KEY, rev: (item?.rev ?? 0) + 1, nonce: randomUUID(), body });
  return earlier;
}
