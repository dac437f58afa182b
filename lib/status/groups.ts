import { defined } from '../base/defined.ts';
import { membershipOf } from '../migration/group/membership.ts';
import { GROUPS_PARTITION, groupRecordId } from '../records/keys.ts';
import { isOf, mutedUntil } from './mutes.ts';
import type { StatusSource } from './source.ts';
import { ANNOUNCEMENTS, type GroupStatus, type MuteStatus } from './status.ts';
import type { StoredState } from './stored.ts';
import type { KnownTask } from './task/known-task.ts';

interface GroupsInput {
  readonly tasks: readonly KnownTask[];
  readonly mutes: readonly MuteStatus[];
  readonly stored: StoredState;
}

export function groupStatuses(
  { groups }: StatusSource,
  { tasks, mutes, stored }: GroupsInput,
): readonly GroupStatus[] {
  return groups.map(({ name, isMember }) => {
    const members = tasks
      .filter(({ watch }) => isMember(watch))
      .map(({ watch, record }) => ({ watch, task: record?.state }));
    const { seen, size } = membershipOf(members);
    const state = stored.find({ partition: GROUPS_PARTITION, id: groupRecordId(name) })?.state;
    return defined<GroupStatus>({
      name,
      tasks: size,
      ready: seen.filter(({ ready }) => ready).length,
      done: seen.filter(({ isFinished }) => isFinished).length,
      failed: seen.filter(({ isFailed }) => isFailed).length,
      announced: ANNOUNCEMENTS.filter((word) => state?.announced?.[word] !== undefined),
      mutedUntil: mutedUntil(mutes, isOf('group', name)),
    });
  });
}
