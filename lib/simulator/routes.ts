import type { IncomingMessage } from 'node:http';

/** The calls that the simulated API knows: ShowMigrationTask, ListMigrationTask, …Stats, …Logs. */
export type CallKind = 'show' | 'list' | 'stats' | 'logs';

/** The call that a request makes. Ids are hexadecimal, so they stand in an address as they are. */
export type Route =
  | { readonly kind: 'list'; readonly projectId: string; readonly query: URLSearchParams }
  | {
      readonly kind: Exclude<CallKind, 'list'>;
      readonly projectId: string;
      readonly taskId: string;
      readonly query: URLSearchParams;
    };

const LIST = /^\/v2\/([^/]+)\/migration-tasks$/;
const ONE_TASK = /^\/v2\/([^/]+)\/migration-task\/([^/]+)(?:\/(stats|logs))?$/;

export function routeOf({ method, url = '' }: IncomingMessage): Route | undefined {
  if (method !== 'GET') return undefined;
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  const [, projectOfList] = LIST.exec(path) ?? [];
  if (projectOfList !== undefined) return { kind: 'list', projectId: projectOfList, query };
  const [, projectId, taskId, below] = ONE_TASK.exec(path) ?? [];
  if (projectId === undefined || taskId === undefined) return undefined;
  return { kind: below === 'stats' || below === 'logs' ? below : 'show', projectId, taskId, query };
}
