import type { Clock } from '../base/clock.ts';
import type { HttpClient } from '../http/client.ts';
import type { Credentials } from '../huawei/signer.ts';
import type { Answer, ListedTask, LogLineSeen, Stats } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import { createAsk, type Route } from './call.ts';
import { listCall, readWholeList, type Trust } from './calls/list.ts';
import { logsCall, readNewestErrors } from './calls/logs.ts';
import { lookOf, showCall } from './calls/show.ts';
import { statsCall } from './calls/stats.ts';
import { createLine, type Line } from './gate.ts';
import { createSilence, type Silence } from './silence.ts';

/** How to reach the tasks of one project. */
export interface DcsAccess {
  readonly projectId: string;
  readonly region: string;
  /** E.g. `https://dcs.cn-north-4.myhuaweicloud.com`; a path in front of `/v2` is kept. */
  readonly endpoint: URL;
  readonly credentials: Credentials;
  /** Permits `http:` and private addresses for this endpoint. */
  readonly allowInsecure: boolean;
}

/**
 * What is asked of DCS. No call ever throws: whatever goes wrong is a kind of answer.
 *
 * Calls of one client share their pace, and their rests: after a 429 the endpoint is left alone for as long as it asks,
 * after a refused signature the key is not used there again by this client, and where nobody answers, whatever the key,
 * the others do not wait for that one by one. Meanwhile calls are `skipped`.
 *
 * `until` is when the answer must be there at the latest, by {@link Clock.elapsed}. No request starts later than
 * that minus its time-out.
 */
export interface DcsClient {
  /** Looks at one task (ShowMigrationTask). */
  look(access: DcsAccess, taskId: string, until: number): Promise<Look>;
  /**
   * Lists all tasks of the project (ListMigrationTask), page by page, each task once. A list that cannot be read whole,
   * or that changes while it is read, is `failed` or `skipped`, never a part.
   *
   * @param trust default: `proven`
   */
  list(access: DcsAccess, until: number, trust?: Trust): Promise<Answer<readonly ListedTask[]>>;
  /** Reads the figures of an online task (ShowMigrationTaskStats). */
  stats(access: DcsAccess, taskId: string, until: number): Promise<Answer<Stats>>;
  /**
   * Reads the newest errors of a task's log (ListMigrationTaskLogs): at most 20 lines, the newest first, or in the
   * service's order when one of them does not say when it was written.
   */
  logs(access: DcsAccess, taskId: string, until: number): Promise<Answer<readonly LogLineSeen[]>>;
}

/**
 * Makes a client of ShowMigrationTask and its neighbours. Make a new one for each tick: what it remembers (rests, trust
 * in a key) is meant for that long.
 *
 * @param requestsPerSecond towards one endpoint with one access key.
 */
export function createDcsClient({
  http,
  clock,
  requestsPerSecond,
}: {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
}): DcsClient {
  const ask = createAsk(http, clock);
  const lines = new Map<string, Line>();
  const silences = new Map<string, Silence>();
  const routes = new WeakMap<DcsAccess, Route>();

  function routeOf(access: DcsAccess): Route {
    const known = routes.get(access);
    if (known !== undefined) return known;
    const { accessKey, secretKey } = access.credentials;
    const { origin } = access.endpoint;
    const silence = silences.get(origin) ?? createSilence(clock);
    silences.set(origin, silence);
    const way = `${origin} ${accessKey.reveal()} ${secretKey.reveal()}`;
    const line = lines.get(way) ?? createLine(clock, requestsPerSecond, silence);
    lines.set(way, line);
    const route = makeRoute(access, { line, silence });
    routes.set(access, route);
    return route;
  }

  return {
    look: async (access, taskId, until) => lookOf(await ask(routeOf(access), showCall(taskId), until)),
    list: (access, until, trust) =>
      readWholeList((offset) => ask(routeOf(access), listCall(offset), until), trust),
    stats: (access, taskId, until) => ask(routeOf(access), statsCall(taskId), until),
    logs: (access, taskId, until) =>
      readNewestErrors((offset) => ask(routeOf(access), logsCall(taskId, offset), until)),
  };
}

function makeRoute(
  { endpoint, projectId, credentials, allowInsecure }: DcsAccess,
  shared: Pick<Route, 'line' | 'silence'>,
): Route {
  const base = endpoint.origin + endpoint.pathname.replace(/\/+$/, '');
  return {
    ...shared,
    base: `${base}/v2/${encodeURIComponent(projectId)}/`,
    credentials,
    signedHeaders: { 'x-project-id': projectId },
    allowInsecure,
  };
}
