import { newRecord } from '../../migration/model/state.ts';
import { loadRecord, WATCHER_KEY } from '../../records/records.ts';
import { type ChannelBook, type ChannelBookInput, openChannelBook } from '../channel-health.ts';

/**
 * What is known of the channels, as it is stored now.
 *
 * @param project in whose name something is said of the channels
 * @throws {StoreError}
 */
export async function openBook(
  project: ChannelBookInput['project'],
  {
    store,
    log,
    channels,
    clock,
  }: Omit<ChannelBookInput, 'held' | 'project'> & { readonly clock: { now(): number } },
): Promise<ChannelBook> {
  const empty = { key: WATCHER_KEY, rev: 0, record: newRecord(new Date(clock.now())) };
  const held = (await loadRecord(store, WATCHER_KEY)) ?? empty;
  return openChannelBook({ store, log, channels, held, project });
}
