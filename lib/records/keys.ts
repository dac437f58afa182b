import { plainId } from '../migration/model/task-id.ts';
import type { ItemKey } from '../store/store.ts';

/** Kinds of records, by their state. */
export type RecordKind = 'task' | 'project' | 'discovery' | 'group' | 'watcher';

const PREFIXES = { task: 'task:', project: 'project:', discovery: 'discovery:', group: 'group:' } as const;
const TASK_PREFIX = PREFIXES.task;
export const PROJECT_PREFIX = PREFIXES.project;
const KINDS: readonly Exclude<RecordKind, 'watcher'>[] = ['task', 'project', 'discovery', 'group'];

/** @returns nothing for an id that no record can have */
export function kindOf(id: string): RecordKind | undefined {
  return id === WATCHER_KEY.id ? 'watcher' : KINDS.find((kind) => id.startsWith(PREFIXES[kind]));
}

/** The id of a task's record in its project's partition. */
export function taskRecordId(taskId: string): string {
  return `${TASK_PREFIX}${taskId}`;
}

/** @returns nothing for the record of anything else */
export function taskIdIn(id: string): string[] {
  return id.startsWith(TASK_PREFIX) ? [id.slice(TASK_PREFIX.length)] : [];
}

/** One spelling for the ids of task records. Only task ids are written both with and without hyphens. */
export function plainRecordId(id: string): string {
  return id.startsWith(TASK_PREFIX) ? plainId(id) : id;
}

/** The id of the record about a project as a whole. */
export function projectRecordId(projectId: string): string {
  return `${PROJECT_PREFIX}${projectId}`;
}

/** The id of the record with the baseline of a pattern. */
export function discoveryRecordId(pattern: string): string {
  return `${PREFIXES.discovery}${pattern}`;
}

/** The id of a group's record in the partition of all groups. */
export function groupRecordId(groupName: string): string {
  return `${PREFIXES.group}${groupName}`;
}

/**
 * The partition of all groups. A group's tasks may belong to several projects, so it has no place in a project's
 * partition.
 */
export const GROUPS_PARTITION = 'groups';

/** The key of the record about the whole configuration. */
export const WATCHER_KEY: ItemKey = { partition: 'watcher', id: 'watcher' };

/** The partition of a project's records. */
export function projectPartition(projectId: string): string {
  return `project:${projectId}`;
}
