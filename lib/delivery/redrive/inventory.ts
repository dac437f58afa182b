import { GROUPS_PARTITION, projectPartition, WATCHER_KEY } from '../../records/keys.ts';
import { loadPartitions, loadWatcher, removedPartitions } from '../../records/partition.ts';
import type { StoredRecord } from '../../records/record.ts';
import type { HeldRecord } from '../../records/records.ts';
import type { Store } from '../../store/store.ts';
import type { BrokenChannel } from '../../telemetry/health.ts';
import { type HeldDeadLetter, loadDeadLetters } from '../dead-letters.ts';
import { brokenIn, type KnownChannel } from '../health/health-record.ts';
import { type MutableChannel, type MutableGroup, withMutes } from '../mutes.ts';
import { deliveryName, redriveCount } from '../outbox/outbox.ts';

/** Everything that is stored about deliveries. */
export interface Inventory {
  readonly records: readonly HeldRecord[];
  /** Dead letters that were not requeued. */
  readonly deadLetters: readonly HeldDeadLetter[];
  /** Items that could not be read, one line each. */
  readonly problems: readonly string[];
}

/**
 * Reads the records of these projects, of removed ones with pending deliveries, and of the groups; and all dead letters.
 *
 * @param projectIds the ids of Huawei Cloud
 * @throws {StoreError}
 */
export async function loadInventory(store: Store, projectIds: Iterable<string>): Promise<Inventory> {
  const records: HeldRecord[] = [];
  const problems: string[] = [];
  const watcher = await loadWatcher(store);
  const configured = [...new Set([...projectIds].map(projectPartition)), GROUPS_PARTITION];
  const partitions = await loadPartitions(store, [...configured, ...removedPartitions(watcher, configured)]);
  for (const { all, newer, unreadable } of [...partitions.values(), watcher]) {
    records.push(...all());
    for (const record of newer)
      problems.push(`record ${record} was written by a newer version: use that version`);
    for (const record of unreadable) problems.push(`record ${record} is unreadable`);
  }
  const { deadLetters, unreadable } = await loadOpenDeadLetters(store);
  return { records, deadLetters, problems: [...problems, ...unreadable] };
}

/** Dead letters that were not requeued, and a line for each that cannot be read. */
export async function loadOpenDeadLetters(
  store: Store,
): Promise<{ readonly deadLetters: readonly HeldDeadLetter[]; readonly unreadable: readonly string[] }> {
  const { deadLetters, unreadable } = await loadDeadLetters(store);
  return {
    deadLetters: lastOfEach(deadLetters).filter(({ deadLetter }) => deadLetter.redrivenAt === undefined),
    unreadable: unreadable.map((id) => `dead letter ${id} is unreadable`),
  };
}

/** The last dead letter of each delivery: a delivery that was requeued and died again has several. */
function lastOfEach(deadLetters: readonly HeldDeadLetter[]): readonly HeldDeadLetter[] {
  const byDelivery = Map.groupBy(deadLetters, ({ deadLetter }) =>
    deliveryName(deadLetter.event.id, deadLetter.channel),
  );
  return [...byDelivery.values()].flatMap((group) =>
    group
      .toSorted((a, b) => redriveCount(b.deadLetter.delivery) - redriveCount(a.deadLetter.delivery))
      .slice(0, 1),
  );
}

/** The broken channels, by the stored health. */
export function brokenChannels(
  { records }: { readonly records: readonly HeldRecord[] },
  channels: Iterable<KnownChannel>,
): readonly BrokenChannel[] {
  const record = watcherIn(records);
  return record === undefined ? [] : brokenIn(record, channels);
}

interface MutedInput<C> {
  readonly channels: ReadonlyMap<string, C>;
  readonly groups: readonly MutableGroup[];
  readonly now: Date;
}

/** The configured channels with the mutes that are stored. */
export function mutedChannels<C extends MutableChannel>(
  { records }: { readonly records: readonly HeldRecord[] },
  { channels, groups, now }: MutedInput<C>,
): ReadonlyMap<string, C> {
  return withMutes({ channels, record: watcherIn(records), groups, now });
}

function watcherIn(records: readonly HeldRecord[]): StoredRecord | undefined {
  return records.find(({ key }) => key.partition === WATCHER_KEY.partition)?.record;
}
