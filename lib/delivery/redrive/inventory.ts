import type { Channel } from '../../channels/channel.ts';
import {
  formerPartitions,
  GROUPS_PARTITION,
  type HeldRecord,
  loadPartitions,
  loadWatcher,
  projectPartition,
  WATCHER_KEY,
} from '../../records/records.ts';
import type { Store } from '../../store/store.ts';
import type { BrokenChannel } from '../../telemetry/health.ts';
import { type HeldDeadLetter, loadDeadLetters } from '../dead-letters.ts';
import { brokenIn } from '../health-record.ts';
import { redriveCount } from '../outbox/outbox.ts';

/** All that is stored about deliveries: what is owed, what arrived last, what is dead. */
export interface Inventory {
  readonly records: readonly HeldRecord[];
  /** The dead letters that nobody has put back. */
  readonly deadLetters: readonly HeldDeadLetter[];
  /** What could not be read, one line each. */
  readonly problems: readonly string[];
}

/**
 * Reads the records of these projects, of those that the configuration had before and that still owe something, and of
 * the groups; and all dead letters.
 *
 * @param projectIds the ids of Huawei Cloud
 * @throws {StoreError}
 */
export async function loadInventory(store: Store, projectIds: Iterable<string>): Promise<Inventory> {
  const records: HeldRecord[] = [];
  const problems: string[] = [];
  const watcher = await loadWatcher(store);
  const configured = [...new Set([...projectIds].map(projectPartition)), GROUPS_PARTITION];
  const partitions = await loadPartitions(store, [...configured, ...formerPartitions(watcher, configured)]);
  for (const { all, newer, unreadable } of [...partitions.values(), watcher]) {
    records.push(...all());
    for (const record of newer)
      problems.push(`record ${record} was written by a newer version: use that version`);
    for (const record of unreadable) problems.push(`record ${record} is unreadable`);
  }
  const { letters, unreadable } = await loadOpenDeadLetters(store);
  return { records, deadLetters: letters, problems: [...problems, ...unreadable] };
}

/** The dead letters that nobody has put back, and a line for each that cannot be read. */
export async function loadOpenDeadLetters(
  store: Store,
): Promise<{ readonly letters: readonly HeldDeadLetter[]; readonly unreadable: readonly string[] }> {
  const { letters, unreadable } = await loadDeadLetters(store);
  return {
    letters: lastOfEach(letters).filter(({ letter }) => letter.redrivenAt === undefined),
    unreadable: unreadable.map((id) => `dead letter ${id} is unreadable`),
  };
}

/** A delivery that was put back and died again has several letters: the last one says how it stands. */
function lastOfEach(letters: readonly HeldDeadLetter[]): readonly HeldDeadLetter[] {
  const byDelivery = Map.groupBy(letters, ({ letter }) => `${letter.event.id} ${letter.channel}`);
  return [...byDelivery.values()].flatMap((group) =>
    group.toSorted((a, b) => redriveCount(b.letter.delivery) - redriveCount(a.letter.delivery)).slice(0, 1),
  );
}

/** The configured channels that are broken, as far as is stored. */
export function brokenChannels(
  { records }: Pick<Inventory, 'records'>,
  channels: ReadonlyMap<string, Channel>,
): readonly BrokenChannel[] {
  const watcher = records.find(({ key }) => key.partition === WATCHER_KEY.partition);
  return watcher === undefined ? [] : brokenIn(watcher.record, channels);
}
