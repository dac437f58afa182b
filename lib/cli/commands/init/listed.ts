import { DcsError } from '../../../client/error.ts';
import { createTaskCalls } from '../../../client/task-calls.ts';
import { TIMEOUT_MS } from '../../../dcs/timeout.ts';
import { createHttpClient } from '../../../http/undici.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { errorLine } from '../tasks/asking.ts';
import { resolveProject } from '../tasks/resolve-project.ts';
import type { ChosenTask, ProjectPlace } from './answers.ts';

/** A task as the list of a project has it. */
export interface ListedTask extends ChosenTask {
  readonly status: string;
}

/** The tasks of a project, or what DCS answered instead. */
export type Listed = { readonly tasks: readonly ListedTask[] } | { readonly problem: string };

/**
 * Lists the tasks of a project with the key of the environment.
 *
 * @throws {ConfigError} when there is no key, or the place is wrong
 */
export async function listTasks(place: ProjectPlace, terminal: Terminal): Promise<Listed> {
  const { access, proxies } = await resolveProject(place, terminal);
  const http = createHttpClient({ proxies });
  const dcs = createTaskCalls(access, { http, clock: terminal.clock, timeoutMs: TIMEOUT_MS });
  try {
    const tasks: ListedTask[] = [];
    for await (const { task_id: id, task_name: name, status } of dcs.migrationTasks())
      tasks.push({ id, name: name || undefined, status: status || '?' });
    return { tasks };
  } catch (error) {
    if (!(error instanceof DcsError)) throw error;
    return { problem: errorLine(error) };
  } finally {
    await dcs.close();
  }
}
