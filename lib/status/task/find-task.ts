import { nearest } from '../../base/nearest.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { TaskStatus } from '../status.ts';

/** The tasks that somebody means by an id or a name, or the name that was most likely meant. */
export type FoundTasks =
  | { readonly kind: 'found'; readonly tasks: readonly TaskStatus[] }
  | { readonly kind: 'unknown'; readonly meant?: string };

/** An id in either spelling goes before a name; several tasks may have one name. */
export function findTasks(tasks: readonly TaskStatus[], wanted: string): FoundTasks {
  const byId = tasks.filter(({ id }) => plainId(id) === plainId(wanted));
  const found = byId.length > 0 ? byId : tasks.filter(({ name }) => name === wanted);
  if (found.length > 0) return { kind: 'found', tasks: found };
  const names = tasks.flatMap(({ id, name }) => (name === undefined ? [id] : [name, id]));
  const meant = nearest(wanted, names);
  return meant === undefined ? { kind: 'unknown' } : { kind: 'unknown', meant };
}
