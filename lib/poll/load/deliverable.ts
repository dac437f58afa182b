import type { DeliverableRecord } from '../../delivery/record-session.ts';
import { sameChannels } from '../../delivery/same-channels.ts';
import {
  GROUPS_PARTITION,
  type PartitionRecords,
  partitionsIn,
  projectPartition,
} from '../../records/records.ts';
import type { TickContext } from '../context.ts';
import type { PolledEntry } from '../polled-entry.ts';
import type { Known } from './known.ts';

/** All records from which this tick may deliver. */
export function deliverableRecords(known: Known, context: TickContext): DeliverableRecord[] {
  return [...polledRecords(known), ...unpolledRecords(known, context)];
}

/** Records of the configured projects and groups. */
export function polledRecords(known: Known): DeliverableRecord[] {
  const { byProject, groups } = known;
  return [
    ...[...byProject].flatMap(([records, [project]]) =>
      project === undefined ? [] : recordsIn(records, projectPartition(project.id), known),
    ),
    ...(groups === undefined ? [] : recordsIn(groups, GROUPS_PARTITION, known)),
  ];
}

/**
 * Records of one configured partition. A newer configuration may have channels that this one lacks; this tick does not
 * cancel their deliveries.
 */
export function recordsIn(
  records: PartitionRecords,
  partition: string,
  { watcher }: Known,
): DeliverableRecord[] {
  const keeps = new Set(Object.keys(partitionsIn(watcher)[partition] ?? {}));
  return records.all().map((held) => ({ ...held, keeps }));
}

/** Records of one project as its pass left them; its entries share them. */
export function projectRecords([first]: readonly PolledEntry[], known: Known): DeliverableRecord[] {
  return first === undefined ? [] : recordsIn(first.records, projectPartition(first.project.id), known);
}

/** The record of the whole configuration, and those of removed projects: nobody polls them, their deliveries go on. */
export function unpolledRecords({ watcher, removed }: Known, { channels }: TickContext): DeliverableRecord[] {
  const before = partitionsIn(watcher);
  const ofRemoved = [...removed].flatMap(([partition, records]) => {
    const only = sameChannels(before[partition], channels);
    return records.all().map((held) => ({ ...held, only }));
  });
  return [...watcher.all(), ...ofRemoved];
}
