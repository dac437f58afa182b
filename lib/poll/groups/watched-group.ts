import { defined } from '../../base/defined.ts';
import { finderOf } from '../../migration/discovery/discovery.ts';
import type { WatchedGroup } from '../../migration/group/group.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Watch } from '../../migration/model/watch.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import type { TickGroup } from '../target.ts';

/** A task of a group, and the entry that polled it. */
export interface Member {
  readonly watch: Watch;
  readonly entry: PolledEntry;
}

type IsMember = TickGroup['isMember'];

export function membersOf(isMember: IsMember, entries: readonly PolledEntry[]): Member[] {
  return entries.flatMap((entry) => entry.watches.filter(isMember).map((watch) => ({ watch, entry })));
}

/** The group and its members, as detection compares them. */
export function watchedGroup(
  { name, thresholds, size, stamp, isMember }: TickGroup,
  members: WatchedGroup['members'],
  entries: readonly PolledEntry[],
): WatchedGroup {
  const forgotten = forgottenMembers(isMember, entries);
  // A task that the configuration lists stays in its group as long as it has a record.
  const all = size === undefined ? members : [...members, ...forgotten];
  // The empty id stands for the unknown tasks of an unread list, which all have the same watch.
  const isUnread = entries.some(({ isComplete, project }) => !isComplete && isMember(project.watchOf('')));
  const mayHide = entries.some((entry) => mayHideFailure(isMember, entry));
  const isDeserted = all.length === 0 && !mayHide && entries.every(({ isComplete }) => isComplete);
  return defined({
    name,
    thresholds,
    stamp,
    members: all,
    forgotten: size === undefined ? forgotten : undefined,
    size,
    mayHaveMore: isUnread || all.length < (size ?? 0) ? true : undefined,
    isDeserted: isDeserted ? true : undefined,
    mayHideFailure: mayHide ? true : undefined,
  });
}

/** Discovered tasks of the group that were deleted so long ago that no entry watches them any more. */
function forgottenMembers(isMember: IsMember, entries: readonly PolledEntry[]): WatchedGroup['members'] {
  return entries.flatMap(({ project, records }) => {
    if (project.discover === undefined) return [];
    const siblings = entries.filter((entry) => entry.records === records);
    const finders = siblings.map((entry) => entry.project);
    const gone = records
      .tasks()
      .filter(
        ({ record }) =>
          record.state.standing?.phase === 'gone' && finderOf(record.state, finders) === project.name,
      )
      .map(({ taskId, record }) => ({ watch: project.watchOf(taskId), task: record.state }))
      .filter(({ watch }) => isMember(watch));
    if (gone.length === 0) return [];
    const watched = new Set(siblings.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId))));
    return gone.filter(({ watch }) => !watched.has(plainId(watch.taskId)));
  });
}

/**
 * Whether a record that cannot be read may belong to a member. A record of a task that no entry watches delays no
 * group.
 */
function mayHideFailure(isMember: IsMember, { project, watches, records, isComplete }: PolledEntry): boolean {
  const hidden = new Set(records.hiddenTasks().map(plainId));
  const isWatched = watches.some((watch) => hidden.has(plainId(watch.taskId)) && isMember(watch));
  return isWatched || (!isComplete && records.hiddenTasks().some((id) => isMember(project.watchOf(id))));
}
