/**
 * Where events come from, as their `source` says it: a URI-reference, one for each thing that has a `sequence` of its own
 * (CloudEvents, sequence extension: it counts within a source).
 */

/** The source of events about the watcher itself. */
export const WATCHER_SOURCE = '/dcs-migration-watch';
/** Their subject. */
export const WATCHER_SUBJECT = 'watcher';

export function taskSource(region: string, projectId: string, taskId: string): string {
  return pathOf('huaweicloud', 'dcs', region, projectId, 'migration-tasks', taskId);
}

/** Tasks of a group may be of several projects, so its source names none of them. */
export function groupSource(name: string): string {
  return pathOf('dcs-migration-watch', 'groups', name);
}

/**
 * @param entry the name of the entry of the configuration, where several are for one project: each has a record, and a
 * count, of its own
 */
export function projectSource(region: string, projectId: string, entry?: string): string {
  const ofEntry = entry === undefined ? [] : ['entries', entry];
  return pathOf('huaweicloud', 'dcs', region, projectId, ...ofEntry);
}

/** A name may have blanks, slashes, or half of a character that is two. */
function pathOf(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment.toWellFormed())}`).join('');
}
