import { patternFingerprint } from '../../migration/discovery/baseline.ts';
import type { Baseline } from '../../migration/model/state.ts';
import { discoveryRecordId } from '../../records/keys.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import { newRecord, type StoredRecord } from '../../records/record.ts';
import type { TickProject } from '../target.ts';

/** The record of one pattern, and the id under which it is stored. */
export interface PatternRecord {
  readonly id: string;
  readonly record: StoredRecord;
}

/**
 * Finds the record of a pattern by its id, or by the pattern in it: earlier versions named the record after an entry of
 * the configuration.
 */
export function patternRecord(pattern: string, records: PartitionRecords, now: Date): PatternRecord {
  const id = discoveryRecordId(pattern);
  const own = records.find(id);
  if (own !== undefined) return { id, record: own };
  const samePattern = records.all().find(({ record }) => record.state.baseline?.pattern === pattern);
  return samePattern === undefined
    ? { id, record: newRecord(now) }
    : { id: samePattern.key.id, record: samePattern.record };
}

/**
 * The baseline from which an entry continues: that of its own pattern, or else one whose pattern no entry has any more.
 * Without a baseline the discovery starts anew.
 */
export function baselineToContinue(
  { discover }: TickProject,
  entries: readonly TickProject[],
  records: PartitionRecords,
): Baseline | undefined {
  if (discover === undefined) return undefined;
  const all = baselinesIn(records);
  const pattern = patternFingerprint(discover.name);
  const configured = patternsOf(entries);
  return (
    all.find(({ pattern: one }) => one === pattern) ??
    all.find(({ pattern: one }) => !configured.includes(one))
  );
}

/** Whether every pattern of the entries has its own baseline, so that no entry needs an old one. */
export function haveBaselines(entries: readonly TickProject[], records: PartitionRecords): boolean {
  const all = baselinesIn(records);
  return patternsOf(entries).every((pattern) => all.some(({ pattern: one }) => one === pattern));
}

/** Fingerprints of the patterns that the entries look for. */
export function patternsOf(entries: readonly TickProject[]): string[] {
  return entries.flatMap(({ discover }) => (discover === undefined ? [] : patternFingerprint(discover.name)));
}

function baselinesIn(records: PartitionRecords): Baseline[] {
  return records.all().flatMap(({ record: { state } }) => state.baseline ?? []);
}
