import type { Audience } from '../channels/channel.ts';
import type { MutableEvent, MutedTime, Mutes } from '../channels/mutes.ts';
import type { EventTask } from '../events/event.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { GroupCandidate } from '../migration/model/watch.ts';
import { type TimedMute, timedMutes } from '../records/mutes.ts';
import type { Mute, StoredRecord } from '../records/record.ts';

/** A group of the configuration. A mute of the group also holds the events of its tasks. */
export interface MutableGroup {
  readonly name: string;
  isMember(task: GroupCandidate): boolean;
}

/** The part of a channel that mutes need. */
export interface MutableChannel {
  readonly name: string;
  readonly audience: Audience;
  readonly mutes?: Mutes;
}

interface MutesInput<C> {
  readonly channels: ReadonlyMap<string, C>;
  /** The record about the whole configuration. */
  readonly record: StoredRecord | undefined;
  readonly groups: readonly MutableGroup[];
  readonly now: Date;
}

/**
 * Adds the stored mutes to the chats that they concern. Programs are never muted.
 *
 * @returns the same channels where nothing is muted
 */
export function withMutes<C extends MutableChannel>({
  channels,
  record,
  groups,
  now,
}: MutesInput<C>): ReadonlyMap<string, C> {
  const all = record === undefined ? [] : timedMutes(record, now);
  if (all.length === 0) return channels;
  return new Map([...channels].map(([name, channel]) => [name, mutedChannel(channel, all, groups)]));
}

function mutedChannel<C extends MutableChannel>(
  channel: C,
  all: readonly TimedMute[],
  groups: readonly MutableGroup[],
): C {
  const mutes = all.filter(({ mute }) => mute.scope !== 'channel' || mute.target === channel.name);
  if (channel.audience === 'programs' || mutes.length === 0) return channel;
  const about = (event: MutableEvent): MutedTime[] =>
    event.drill === true ? [] : mutes.filter(({ mute }) => isAbout(mute, event, groups));
  return { ...channel, mutes: { about } };
}

/**
 * Whether a mute concerns an event. Only a mute of the chat itself holds the news that a channel broke. A mute of a
 * task or a project holds no event about a group, which concerns all tasks of the group.
 */
function isAbout({ scope, target }: Mute, { data }: MutableEvent, groups: readonly MutableGroup[]): boolean {
  const { task, project, group } = data;
  switch (scope) {
    case 'channel':
      return true;
    case 'task':
      return task !== undefined && plainId(task.id) === plainId(target);
    case 'project':
      return (task?.projectId ?? project?.id) === target;
    case 'group':
      return group?.name === target || (task !== undefined && isMember(task, target, groups));
    default:
      return false;
  }
}

function isMember({ id: taskId, labels }: EventTask, name: string, groups: readonly MutableGroup[]): boolean {
  return groups.some((group) => group.name === name && group.isMember({ taskId, labels }));
}
