import { plainId } from '../migration/model/task-id.ts';
import type { ItemKey } from '../store/store.ts';

const TASK_PREFIX = 'task:';
export const PROJECT_PREFIX = 'project:';

/** The id under which the record of a task stands in its project's partition. */
export function taskRecordId(taskId: string): string {
  return `${TASK_PREFIX}${taskId}`;
}

/** @returns nothing for the record of anything else */
export function taskIdIn(id: string): string[] {
  return id.startsWith(TASK_PREFIX) ? [id.slice(TASK_PREFIX.length)] : [];
}

/** Ids of tasks are written with and without hyphens; nothing else has two spellings. */
export function plainRecordId(id: string): string {
  return id.startsWith(TASK_PREFIX) ? plainId(id) : id;
}

/** The id of the record about a project as a whole. */
export function projectRecordId(projectId: string): string {
  return `${PROJECT_PREFIX}${projectId}`;
}

/** The id of the record about the tasks that had ended before those of a pattern were discovered. */
export function discoveryRecordId(pattern: string): string {
  return `discovery:${pattern}`;
}

/** The id under which the record of a group stands in the partition of all groups. */
export function groupRecordId(groupName: string): string {
  return `group:${groupName}`;
}

/** The partition of all groups: their tasks may be of several projects. */
export const GROUPS_PARTITION = 'groups';

/** The key of the record about the whole configuration. */
export const WATCHER_KEY: ItemKey = { partition: 'watcher', id: 'watcher' };

/** The partition of a project's records. */
export function projectPartition(projectId: string): string {
  return `project:${projectId}`;
}
