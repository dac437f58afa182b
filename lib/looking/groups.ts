import { observeGroup } from '../migration/group.ts';
import type { Thresholds } from '../migration/thresholds.ts';
import type { Watch } from '../migration/voice.ts';
import { groupRecordId, type PartitionRecords, taskRecordId } from '../records.ts';
import type { Run } from './run.ts';
import { save } from './save.ts';

/** A group of the configuration. */
export interface TickGroup {
  readonly name: string;
  readonly thresholds: Thresholds;
  /** How many tasks it must have, where the configuration lists them. */
  readonly size?: number;
  isMember(watch: Watch): boolean;
}

/** The tasks of one project after its looks. */
export interface LookedAt {
  readonly records: PartitionRecords;
  readonly watches: readonly Watch[];
}

/**
 * Compares the groups with their members, after all looks. Where another run was faster with a member's record, ours is
 * out of date: then nothing is said of groups, the next pass does.
 */
export async function lookAtGroups(
  groups: readonly TickGroup[],
  looked: readonly LookedAt[],
  groupRecords: PartitionRecords,
  run: Run,
): Promise<void> {
  if (looked.some(({ records }) => records.isOutdated())) return;
  const all = looked.flatMap(({ records, watches }) =>
    watches.map((watch) => ({ watch, record: records.find(taskRecordId(watch.taskId)) })),
  );
  for (const { name, thresholds, size = 1, isMember } of groups) {
    const id = groupRecordId(name);
    const members = all.filter(({ watch }) => isMember(watch));
    // A group of which a task is not known yet is not all of it.
    if (groupRecords.isNewer(id) || members.length < size) continue;
    const noticed = observeGroup(
      groupRecords.find(id),
      { name, members, thresholds },
      new Date(run.clock.now()),
    );
    if (noticed !== undefined) await save(id, noticed, groupRecords, run);
  }
}
