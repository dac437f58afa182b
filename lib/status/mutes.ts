import { plainId } from '../migration/model/task-id.ts';
import type { Watch } from '../migration/model/watch.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import { mutesIn } from '../records/mutes.ts';
import type { MuteScope } from '../records/record.ts';
import type { SourceGroup, StatusSource } from './source.ts';
import type { MuteStatus } from './status.ts';
import type { StoredState } from './stored.ts';

const SCOPES: readonly MuteScope[] = ['task', 'group', 'project', 'channel'];

/** Mutes that hold now; those of a newer build, which mute nothing here, are left out. */
export function muteStatuses({ now }: StatusSource, stored: StoredState): readonly MuteStatus[] {
  const record = stored.find(WATCHER_KEY);
  const mutes = record === undefined ? [] : mutesIn(record, now);
  return mutes.flatMap(({ scope: stored, ...mute }) => {
    const scope = SCOPES.find((known) => known === stored);
    return scope === undefined ? [] : [{ ...mute, scope }];
  });
}

/** Until when a subject is muted (ISO 8601, UTC), by the mutes that hold now. */
export function mutedUntil(
  mutes: readonly MuteStatus[],
  isMeant: (mute: MuteStatus) => boolean,
): string | undefined {
  const ends = mutes.filter(isMeant).map(({ until }) => until);
  return ends.toSorted().at(-1);
}

/** A mute of its project or of one of its groups holds the events of a task as well. */
export function isOfTask(watch: Watch, groups: readonly SourceGroup[]): (mute: MuteStatus) => boolean {
  const names = new Set(groups.filter(({ isMember }) => isMember(watch)).map(({ name }) => name));
  return ({ scope, target }) => {
    switch (scope) {
      case 'task':
        return plainId(target) === plainId(watch.taskId);
      case 'project':
        return target === watch.projectId;
      case 'group':
        return names.has(target);
      case 'channel':
        return false;
    }
  };
}

export function isOf(wanted: MuteScope, subject: string): (mute: MuteStatus) => boolean {
  return ({ scope, target }) => scope === wanted && target === subject;
}
