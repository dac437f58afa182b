import type { TaskStatus } from '../../../status/status.ts';
import { words } from './words.ts';

/** @param meant the name that was most likely meant */
export function unknownTask(wanted: string, meant: string | undefined): string {
  const hint = meant === undefined ? 'status lists all of them' : `did you mean ${words(meant)}?`;
  return `command line: no task ${words(wanted)} is known; ${hint}`;
}

export function severalTasks(wanted: string, tasks: readonly TaskStatus[]): string {
  const ids = tasks.map(({ id, project }) => `${id} (${words(project.name)})`);
  return `command line: several tasks are called ${words(wanted)}; name one by its id: ${ids.join(', ')}`;
}
