import { plainId } from '../migration/model/task-id.ts';
import type { ItemKey } from '../store/store.ts';

/** Records by the state that they have. */
export type RecordKind = 'task' | 'project' | 'discovery' | 'group' | 'watcher';

const PREFIXES = { task: 'task:', project: 'project:', discovery: 'discovery:', group: 'group:' } as const;
const TASK_PREFIX = PREFIXES.task;
export const PROJECT_PREFIX = PREFIXES.project;
const KINDS: readonly Exclude<RecordKind, 'watcher'>[] = ['task', 'project', 'discovery', 'group'];

/** @returns nothing for an id under which no record is stored */
export function kindOf(id: string): RecordKind | undefined {
  return id === WATCHER_KEY.id ? 'watcher' : KINDS.find((kind) => id.startsWith(PREFIXES[kind]));
}

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
  return `${PREFIXES.discovery}${pattern}`;
}

/** The id under which the record of a group stands in the partition of all groups. */
export function groupRecordId(groupName: string): string {
  return `${PREFIXES.group}${groupName}`;
}

/** The partition of all groups: their tasks may be of several projects. */
export const GROUPS_PARTITION = 'groups';

/** The key of the record about the whole configuration. */
export const WATCHER_KEY: ItemKey = { partition: 'watcher', id: 'watcher' };

/** The partition of a project's records. */
export function projectPartition(projectId: string): string {
  return `project:${projectId}`;
}
