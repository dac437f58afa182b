import { stateConfigOf } from '../../lib/config/state/state-config.ts';
import { statusSource } from '../../lib/runtime/status-source.ts';
import { type ReadHistory, readHistory, readStatus } from '../../lib/status/read.ts';
import type { Status } from '../../lib/status/status.ts';
import type { World } from '../support/world.ts';

/** The status of a world now. */
export async function statusIn({ config, store, clock }: World): Promise<Status> {
  return readStatus(
    await statusSource({ config: await stateConfigOf(config), store, now: new Date(clock.now()) }),
  );
}

/** The history of one task of a world. */
export async function historyIn({ config, store, clock }: World, wanted: string): Promise<ReadHistory> {
  return readHistory(
    await statusSource({ config: await stateConfigOf(config), store, now: new Date(clock.now()) }),
    wanted,
  );
}
