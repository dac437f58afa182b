import { newRecord } from '../../migration/model/state.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import { WATCHER_KEY } from '../../records/keys.ts';
import { loadRecord } from '../../records/records.ts';
import { type ChannelHealth, openChannelHealth } from '../channel-health.ts';
import type { RedriveContext } from './context.ts';

/**
 * The health of the channels as it is stored now.
 *
 * @param project of its announcements
 * @throws {StoreError}
 */
export async function openStoredHealth(
  project: WatchedProject,
  { store, log, channels, clock }: RedriveContext,
): Promise<ChannelHealth> {
  const empty = { key: WATCHER_KEY, rev: 0, record: newRecord(new Date(clock.now())) };
  const held = (await loadRecord(store, WATCHER_KEY)) ?? empty;
  return openChannelHealth({ store, log, channels, held, project });
}
