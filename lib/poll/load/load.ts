import { count } from '../../base/text.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import { registerPartitions } from './partitions.ts';
import { assertStateIsNotMigrated } from './state-guard.ts';
import { loadTickRecords, type TickRecords } from './tick-records.ts';

/**
 * Reads all records, and registers the partitions where deliveries may be pending from now on.
 *
 * @throws {StoreError} when the store cannot be read, or takes part in a migration
 */
export async function load(commit: Commit, context: TickContext): Promise<TickRecords> {
  const known = await loadTickRecords(context);
  assertStateIsNotMigrated(known, context);
  reportUnreadable(known, context);
  return registerPartitions(known, commit, context);
}

/** Logs which records this version cannot work with. */
function reportUnreadable(known: TickRecords, { log, stats }: TickContext): void {
  for (const [{ newer, unreadable }, where] of partitionsByName(known)) {
    if (newer.size > 0) {
      stats.failedRecords += newer.size;
      const message = `${where}: ${count(newer.size, 'record')} written by a newer version; their tasks are not watched. Deploy the newest version (first: ${[...newer][0]})`;
      log({ kind: 'problem', message });
    }
    for (const id of unreadable) {
      const message = `${where}: the record ${id} is unreadable; it is set aside, and the next look starts a new one`;
      log({ kind: 'problem', message });
    }
  }
}

function partitionsByName({
  byProject,
  groups,
  watcher,
  removed,
}: TickRecords): [PartitionRecords, string][] {
  return [
    ...[...byProject].map(([records, [project]]): [PartitionRecords, string] => [
      records,
      `project ${project?.name}`,
    ]),
    ...[...removed].map(([partition, records]): [PartitionRecords, string] => [
      records,
      `removed ${partition.replace(':', ' ')}`,
    ]),
    ...(groups === undefined ? [] : [[groups, 'the groups'] satisfies [PartitionRecords, string]]),
    [watcher, 'the whole configuration'],
  ];
}
