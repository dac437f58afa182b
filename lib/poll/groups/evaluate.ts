import { detectGroup } from '../../migration/group/group.ts';
import { groupRecordId, taskRecordId } from '../../records/keys.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import type { PolledEntry } from '../polled-entry.ts';
import { membersOf, watchedGroup } from './watched-group.ts';

/**
 * Compares the groups with their members. Where another tick was faster with a member's record, ours is out of date:
 * nothing is said of groups then, the next pass does.
 *
 * @param groups the records of the groups
 */
export async function evaluateGroups(
  entries: readonly PolledEntry[],
  groups: PartitionRecords,
  commit: Commit,
  context: TickContext,
): Promise<void> {
  if (entries.some(({ records }) => records.isOutdated())) return;
  for (const group of context.groups) {
    const id = groupRecordId(group.name);
    if (groups.isNewer(id)) continue;
    const members = membersOf(group.isMember, entries).map(({ watch, entry: { records } }) => ({
      watch,
      record: records.find(taskRecordId(watch.taskId)),
    }));
    const watched = watchedGroup(group, members, entries);
    const update = detectGroup(groups.find(id), watched, new Date(context.clock.now()));
    if (update !== undefined) await commit(id, update, groups);
  }
}
