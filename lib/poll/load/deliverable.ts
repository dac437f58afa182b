import type { DeliverableRecord } from '../../delivery/record-session.ts';
import { GROUPS_PARTITION, projectPartition } from '../../records/keys.ts';
import { type PartitionRecords, partitionsIn } from '../../records/partition.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import type { TickRecords } from './tick-records.ts';

/** All records from which this tick may deliver. */
export function deliverableRecords(known: TickRecords): DeliverableRecord[] {
  return [...polledRecords(known), ...unpolledRecords(known)];
}

/** Records of the configured projects and groups. */
export function polledRecords(known: TickRecords): DeliverableRecord[] {
  const { byProject, groups } = known;
  return [
    ...[...byProject].flatMap(([records, [project]]) =>
      project === undefined ? [] : recordsIn(records, projectPartition(project.id), known),
    ),
    ...(groups === undefined ? [] : recordsIn(groups, GROUPS_PARTITION, known)),
  ];
}

/**
 * Records of one partition. A newer configuration may have channels that this one lacks; this tick does not
 * cancel their deliveries.
 */
export function recordsIn(
  records: PartitionRecords,
  partition: string,
  { watcher }: TickRecords,
): DeliverableRecord[] {
  const keeps = new Set(partitionsIn(watcher)[partition]);
  return records.all().map((held) => ({ ...held, keeps }));
}

/** Records of one project as its pass left them; its entries share them. */
export function projectRecords([first]: readonly PolledEntry[], known: TickRecords): DeliverableRecord[] {
  return first === undefined ? [] : recordsIn(first.records, projectPartition(first.project.id), known);
}

/**
 * The record of the whole configuration, and the records of removed projects: no tick polls them, but their deliveries
 * go on.
 */
export function unpolledRecords(known: TickRecords): DeliverableRecord[] {
  const { watcher, removed } = known;
  const ofRemoved = [...removed].flatMap(([partition, records]) => recordsIn(records, partition, known));
  return [...watcher.all(), ...ofRemoved];
}
