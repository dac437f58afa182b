import { newRecord } from '../../migration/model/state.ts';
import { loadRecord, WATCHER_KEY } from '../../records/records.ts';
import { type ChannelHealth, type ChannelHealthInput, openChannelHealth } from '../channel-health.ts';

/**
 * What is known of the channels, as it is stored now.
 *
 * @param project in whose name something is said of the channels
 * @throws {StoreError}
 */
export async function openStoredHealth(
  project: ChannelHealthInput['project'],
  {
    store,
    log,
    channels,
    clock,
  }: Omit<ChannelHealthInput, 'held' | 'project'> & { readonly clock: { now(): number } },
): Promise<ChannelHealth> {
  const empty = { key: WATCHER_KEY, rev: 0, record: newRecord(new Date(clock.now())) };
  const held = (await loadRecord(store, WATCHER_KEY)) ?? empty;
  return openChannelHealth({ store, log, channels, held, project });
}
