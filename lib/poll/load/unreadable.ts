import { count } from '../../base/text.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { TickContext } from '../context.ts';
import type { Known } from './known.ts';

/** Logs which records this version cannot work with. */
export function reportUnreadable(known: Known, { log, stats }: TickContext): void {
  for (const [{ newer, unreadable }, where] of partitionsByName(known)) {
    if (newer.size > 0) {
      stats.failedRecords += newer.size;
      const message = `${where}: ${count(newer.size, 'record')} of a newer version left alone, nothing of it is watched; deploy the newest version (first: ${[...newer][0]})`;
      log({ kind: 'problem', message });
    }
    for (const id of unreadable) {
      const message = `${where}: the record ${id} is unreadable; it is kept aside, and a new one begins with the next look`;
      log({ kind: 'problem', message });
    }
  }
}

function partitionsByName({ byProject, groups, watcher, removed }: Known): [PartitionRecords, string][] {
  return [
    ...[...byProject].map(([records, [project]]): [PartitionRecords, string] => [
      records,
      `project ${project?.name}`,
    ]),
    ...[...removed].map(([partition, records]): [PartitionRecords, string] => [
      records,
      `former ${partition.replace(':', ' ')}`,
    ]),
    ...(groups === undefined ? [] : [[groups, 'the groups'] satisfies [PartitionRecords, string]]),
    [watcher, 'the whole configuration'],
  ];
}
