import { finderOf } from '../migration/discovery/discovery.ts';
import { observeGroup, type WatchedGroup } from '../migration/group/group.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { Watch } from '../migration/model/watch.ts';
import { groupRecordId, type PartitionRecords, taskRecordId } from '../records/records.ts';
import { save } from './commit.ts';
import type { TickContext } from './context.ts';
import type { ProjectSight } from './poll-project.ts';
import type { TickGroup, TickProject } from './target.ts';

/** One project after its looks. */
export interface LookedAt extends ProjectSight {
  readonly project: TickProject;
  readonly records: PartitionRecords;
}

/**
 * Compares the groups with their members, after all looks. Where another run was faster with a member's record, ours is
 * out of date: then nothing is said of groups, the next pass does.
 */
export async function lookAtGroups(
  groups: readonly TickGroup[],
  looked: readonly LookedAt[],
  groupRecords: PartitionRecords,
  context: TickContext,
): Promise<void> {
  if (looked.some(({ records }) => records.isOutdated())) return;
  for (const group of groups) {
    const id = groupRecordId(group.name);
    const members = membersOf(group, looked).map(({ watch, place: { records } }) => ({
      watch,
      record: records.find(taskRecordId(watch.taskId)),
    }));
    const watched = watchedGroup(group, members, looked);
    if (groupRecords.isNewer(id)) continue;
    const noticed = observeGroup(groupRecords.find(id), watched, new Date(context.clock.now()));
    if (noticed !== undefined) await save(id, noticed, groupRecords, context);
  }
}

/** A task of a group, and where it was looked at. */
export interface Member {
  readonly watch: Watch;
  readonly place: LookedAt;
}

export function membersOf({ isMember }: Pick<TickGroup, 'isMember'>, looked: readonly LookedAt[]): Member[] {
  return looked.flatMap((place) => place.watches.filter(isMember).map((watch) => ({ watch, place })));
}

export function watchedGroup(
  { name, thresholds, size, stamp, isMember }: TickGroup,
  members: WatchedGroup['members'],
  looked: readonly LookedAt[],
): WatchedGroup {
  const forgotten = forgottenOf(isMember, looked);
  // What a list names is part of the group as long as anything is known of it.
  const all = size === undefined ? members : [...members, ...forgotten];
  // What an unread list would show would be watched like this.
  const isUnread = looked.some(({ isComplete, project }) => !isComplete && isMember(project.watchOf('')));
  const mayHaveMore = isUnread || all.length < (size ?? 0);
  const mayHide = looked.some((place) => mayHideFailure(isMember, place));
  const isDeserted = all.length === 0 && !mayHide && looked.every(({ isComplete }) => isComplete);
  return {
    name,
    thresholds,
    stamp,
    members: all,
    ...(size === undefined ? { forgotten } : { size }),
    ...(mayHaveMore && { mayHaveMore }),
    ...(isDeserted && { isDeserted }),
    ...(mayHide && { mayHideFailure: true }),
  };
}

/** Tasks that were discovered, and deleted so long ago that nobody watches them any more. */
function forgottenOf(isMember: TickGroup['isMember'], looked: readonly LookedAt[]): WatchedGroup['members'] {
  return looked.flatMap(({ project, records }) => {
    if (project.discover === undefined) return [];
    const siblings = looked.filter((place) => place.records === records);
    const entries = siblings.map((place) => place.project);
    const gone = records
      .tasks()
      .filter(({ record }) => record.standing?.phase === 'gone' && finderOf(record, entries) === project.name)
      .map(({ taskId, record }) => ({ watch: project.watchOf(taskId), record }))
      .filter(({ watch }) => isMember(watch));
    if (gone.length === 0) return [];
    const watched = new Set(siblings.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId))));
    return gone.filter(({ watch }) => !watched.has(plainId(watch.taskId)));
  });
}

/** Whether there is a record of a task of the group, and nobody can read it. One that nobody watches keeps nobody waiting. */
function mayHideFailure(
  isMember: TickGroup['isMember'],
  { project, watches, records, isComplete }: LookedAt,
): boolean {
  const hidden = new Set(records.hiddenTasks().map(plainId));
  const isSeen = watches.some((watch) => hidden.has(plainId(watch.taskId)) && isMember(watch));
  return isSeen || (!isComplete && records.hiddenTasks().some((id) => isMember(project.watchOf(id))));
}
