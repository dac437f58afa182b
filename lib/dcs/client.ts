import type { Clock } from '../base/time/clock.ts';
import type { HttpClient } from '../http/client.ts';
import type { Credentials } from '../huawei/signer.ts';
import type { CallResult, ListedTask, Stats, TaskLogLine } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import { createAsk, type Route } from './call.ts';
import { listCall, readWholeList, type Trust } from './calls/list.ts';
import { logsCall, readNewestErrors } from './calls/logs.ts';
import { lookOf, showCall } from './calls/show.ts';
import { statsCall } from './calls/stats.ts';
import { createEndpointBreaker, type EndpointBreaker } from './endpoint-breaker.ts';
import { createGate, type Gate } from './gate.ts';

/** The access to the tasks of one project. */
export interface DcsAccess {
  readonly projectId: string;
  readonly region: string;
  /** For example `https://dcs.cn-north-4.myhuaweicloud.com`. A path before `/v2` is kept. */
  readonly endpoint: URL;
  readonly credentials: Credentials;
  /** Permits `http:` and private addresses for this endpoint. */
  readonly allowInsecure: boolean;
}

/**
 * The calls to DCS. None ever throws: a failure is a kind of answer.
 *
 * Calls of one client share their rate and their cooldowns. A 429 stops calls to the endpoint for the time that it asks
 * for, a refused signature stops this key at the endpoint for the life of the client, and a silent endpoint stops all
 * calls to it. Stopped calls are `skipped`.
 *
 * `until` is the latest time of the answer, by {@link Clock.elapsed}. No request starts later than its time-out before
 * that.
 */
export interface DcsClient {
  /** Looks at one task (ShowMigrationTask). */
  look(access: DcsAccess, taskId: string, until: number): Promise<Look>;
  /**
   * Lists all tasks of the project (ListMigrationTask), page by page, each task once. A list that is not read
   * completely, or changes meanwhile, is `failed` or `skipped`, never a part.
   *
   * @param trust default: `proven`
   */
  list(access: DcsAccess, until: number, trust?: Trust): Promise<CallResult<readonly ListedTask[]>>;
  /** Reads the figures of an online task (ShowMigrationTaskStats). */
  stats(access: DcsAccess, taskId: string, until: number): Promise<CallResult<Stats>>;
  /**
   * Reads the newest errors of a task's log (ListMigrationTaskLogs): at most 20 lines, the newest first, or in the
   * service's order when a line lacks its time.
   */
  logs(access: DcsAccess, taskId: string, until: number): Promise<CallResult<readonly TaskLogLine[]>>;
}

/**
 * Makes a client of ShowMigrationTask and the enrichment calls. Cooldowns and the trust in a key last as long as the
 * client, so each tick makes a new one.
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
  const gates = new Map<string, Gate>();
  const breakers = new Map<string, EndpointBreaker>();
  const routes = new WeakMap<DcsAccess, Route>();

  function routeOf(access: DcsAccess): Route {
    const known = routes.get(access);
    if (known !== undefined) return known;
    const { accessKey, secretKey } = access.credentials;
    const { origin } = access.endpoint;
    const breaker = breakers.get(origin) ?? createEndpointBreaker(clock);
    breakers.set(origin, breaker);
    const key = `${origin} ${accessKey.reveal()} ${secretKey.reveal()}`;
    const gate = gates.get(key) ?? createGate(clock, requestsPerSecond, breaker);
    gates.set(key, gate);
    const route = makeRoute(access, gate, breaker);
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

/** The route to a project through a gate. */
export function makeRoute(
  { endpoint, projectId, credentials, allowInsecure }: DcsAccess,
  gate: Gate,
  breaker: EndpointBreaker,
): Route {
  const base = endpoint.origin + endpoint.pathname.replace(/\/+$/, '');
  return {
    gate,
    breaker,
    base: `${base}/v2/${encodeURIComponent(projectId)}/`,
    credentials,
    signedHeaders: { 'x-project-id': projectId },
    allowInsecure,
  };
}
