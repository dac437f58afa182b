import type { Call } from '../dcs/call.ts';
import { LIST_FACTS, MAX_LIST_BYTES } from '../dcs/calls/list.ts';
import { LOGS_FACTS } from '../dcs/calls/logs.ts';
import { MAX_SHOW_BYTES } from '../dcs/calls/show.ts';
import { MAX_STATS_BYTES, STATS_FACTS } from '../dcs/calls/stats.ts';
import type { DcsAccess } from '../dcs/client.ts';
import { SHOW_FACTS } from '../dcs/refusal.ts';
import { readTaskList } from './answers/list.ts';
import { readTaskLogs } from './answers/logs.ts';
import { readTask } from './answers/show.ts';
import { readTaskStats } from './answers/stats.ts';
import { DcsError } from './error.ts';
import { type ClientParts, createMakeCall } from './make-call.ts';
import { allOf, type Page } from './pages.ts';
import type {
  DcsClient,
  ListLogsOptions,
  ListTasksOptions,
  MigrationTask,
  MigrationTaskList,
  MigrationTaskLogs,
  MigrationTaskStats,
} from './types.ts';

/** The most that the service permits in one answer; it names no limit for logs. */
const TASKS_AT_ONCE = 1000;
const LINES_AT_ONCE = 100;
/** In case a line has a whole stack trace in it. */
const LONGEST_LINE_BYTES = 10 * 1024;
const LEAST_LOGS_BYTES = 1024 * 1024;

/** The calls of a client with one access. */
export function createTaskCalls(access: DcsAccess, parts: ClientParts): DcsClient {
  const make = createMakeCall(access, parts);
  const client: DcsClient = {
    showMigrationTask: async (taskId, { signal } = {}) => make(show(taskId), signal),
    showMigrationTaskStats: async (taskId, { signal } = {}) => make(stats(taskId), signal),
    listMigrationTask: (options = {}) => make(list(options), options.signal),
    listMigrationTaskLogs: async (taskId, options = {}) => make(logs(taskId, options), options.signal),
    migrationTasks: (options = {}) =>
      allOf(
        async (offset) => tasksIn(await client.listMigrationTask({ ...options, offset })),
        options.offset ?? 0,
      ),
    migrationTaskLogs: (taskId, options = {}) =>
      allOf(
        async (offset) => linesIn(await client.listMigrationTaskLogs(taskId, { ...options, offset })),
        options.offset ?? 0,
      ),
    close: () => parts.http.close(),
  };
  return client;
}

function tasksIn({ count, migration_tasks: items }: MigrationTaskList): Page<(typeof items)[number]> {
  return { count, items };
}

function linesIn({ log_num: count, migration_logs: items }: MigrationTaskLogs): Page<(typeof items)[number]> {
  return { count, items };
}

function show(taskId: string): Call<MigrationTask> {
  return {
    path: pathOf(taskId),
    facts: SHOW_FACTS,
    maxBodyBytes: MAX_SHOW_BYTES,
    read: (body) => readTask(body, taskId),
  };
}

function stats(taskId: string): Call<MigrationTaskStats> {
  return {
    path: `${pathOf(taskId)}/stats`,
    facts: STATS_FACTS,
    maxBodyBytes: MAX_STATS_BYTES,
    read: (body) => readTaskStats(body, taskId),
  };
}

function list({ limit = TASKS_AT_ONCE, offset = 0, name }: ListTasksOptions): Call<MigrationTaskList> {
  const query = queryOf({ limit, name, offset });
  return {
    path: `migration-tasks?${query}`,
    facts: LIST_FACTS,
    maxBodyBytes: MAX_LIST_BYTES,
    read: readTaskList,
  };
}

function logs(
  taskId: string,
  { limit = LINES_AT_ONCE, offset = 0, log_level }: ListLogsOptions,
): Call<MigrationTaskLogs> {
  return {
    path: `${pathOf(taskId)}/logs?${queryOf({ limit, log_level, offset })}`,
    facts: LOGS_FACTS,
    maxBodyBytes: Math.max(LEAST_LOGS_BYTES, limit * LONGEST_LINE_BYTES),
    read: (body, secrets) => readTaskLogs(body, secrets, taskId),
  };
}

/** Dots alone would lead to another address. */
const NO_ID = /^[.\s]*$/;

/** @throws {DcsError} for what can be no id */
function pathOf(taskId: string): string {
  if (typeof taskId === 'string' && !NO_ID.test(taskId))
    return `migration-task/${encodeURIComponent(taskId)}`;
  throw new DcsError({ reason: 'wrong options', code: 'no_task', message: 'expected the id of a task' });
}

/** Encoded as the signature is: blanks as `%20`. */
function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
}
