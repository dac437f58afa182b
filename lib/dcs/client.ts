import type { Clock } from '../clock.ts';
import type { HttpClient, HttpLimits, HttpResponse } from '../http/client.ts';
import type { Look } from '../migration/observation.ts';
import { GONE_STATUS } from '../migration/status.ts';
import { DcsError } from './errors.ts';
import { createLine, type Line } from './line.ts';
import { readAnswer, requestIdOf } from './schema.ts';
import { type Credentials, sign } from './signer.ts';
import { isRefusedSignature, judgeRefusal, judgeSilence } from './verdict.ts';

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

export interface DcsClient {
  /**
   * Looks at one task. Never throws: whatever goes wrong is a kind of look.
   *
   * Looks of one client share their pace, and their rests: after a 429 the endpoint is left alone for as long as it
   * asks, after a refused signature the key is not used again by this client. Meanwhile looks are `skipped`.
   *
   * @param until when the answer must be there at the latest, milliseconds since the epoch. No request starts later
   *   than that minus its time-out.
   */
  look(access: DcsAccess, taskId: string, until: number): Promise<Look>;
}

/** The slowest documented answers take a second or two; a longer wait would only hold up the tick. */
const TIMEOUT_MS = 10_000;
/** A real answer has about 2 KiB; one with hundreds of backup files stays far below this. */
const MAX_BODY_BYTES = 256 * 1024;
/** All that looks of one access have in common. */
interface Route {
  readonly line: Line;
  /** The tasks' address, up to the slash before the id. */
  readonly tasks: string;
  readonly credentials: Credentials;
  readonly signedHeaders: Readonly<Record<string, string>>;
  readonly limits: HttpLimits;
}

/** Not signed: the gateway verifies what the signature names, and these are nobody's business but the transport's. */
const PLAIN_HEADERS = { accept: 'application/json', 'user-agent': 'dcs-migration-watch' } as const;

/**
 * Makes a client of ShowMigrationTask. Make a new one for each tick: what it remembers (rests, trust in a key) is
 * meant for that long.
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
  const lines = new Map<string, Line>();
  const routes = new WeakMap<DcsAccess, Route>();

  function routeOf(access: DcsAccess): Route {
    const known = routes.get(access);
    if (known !== undefined) return known;
    const key = `${access.endpoint.origin} ${access.credentials.accessKey.reveal()}`;
    const line = lines.get(key) ?? createLine(clock, requestsPerSecond);
    lines.set(key, line);
    const route = makeRoute(access, line);
    routes.set(access, route);
    return route;
  }

  function show(route: Route, taskId: string): Promise<HttpResponse> {
    const { credentials, signedHeaders, limits } = route;
    const url = new URL(route.tasks + encodeURIComponent(taskId));
    const signed = sign({ method: 'GET', url, headers: signedHeaders, credentials }, new Date(clock.now()));
    return http.request({ method: 'GET', url, headers: Object.assign(signed, PLAIN_HEADERS) }, limits);
  }

  function judge(response: HttpResponse, { credentials, line }: Route): Look {
    if (response.status === 200) return judgeAnswer(response);
    const error = new DcsError(response, secretsOf(credentials));
    const now = clock.now();
    const verdict = judgeRefusal(error, now);
    if (isRefusedSignature(error)) line.rest(Number.POSITIVE_INFINITY);
    else if (isThrottled(verdict)) line.rest(now + (verdict.restMs ?? 0));
    return verdict;
  }

  async function answer(route: Route, taskId: string): Promise<Look> {
    try {
      return judge(await show(route, taskId), route);
    } catch (error) {
      return judgeSilence(error);
    }
  }

  return {
    async look(access, taskId, until) {
      const route = routeOf(access);
      const turn = await route.line.enter(until - TIMEOUT_MS);
      if (turn !== 'go') return { kind: 'skipped', why: turn };
      const look = await answer(route, taskId);
      route.line.done(provesKey(look) ? 'trusted' : 'unproven');
      return look;
    },
  };
}

function makeRoute({ endpoint, projectId, credentials, allowInsecure }: DcsAccess, line: Line): Route {
  const base = endpoint.origin + endpoint.pathname.replace(/\/+$/, '');
  return {
    line,
    tasks: `${base}/v2/${encodeURIComponent(projectId)}/migration-task/`,
    credentials,
    signedHeaders: { 'x-project-id': projectId },
    limits: { timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES, oversize: 'fail', allowInsecure },
  };
}

function judgeAnswer({ body, headers }: HttpResponse): Look {
  const reading = readAnswer(body);
  if (reading.kind === 'observation') {
    const { observation } = reading;
    if (observation.status !== GONE_STATUS) return { kind: 'seen', observation };
    return { kind: 'missing', detail: `HTTP 200: the task's status is ${GONE_STATUS}.`, ...idIn(headers) };
  }
  const detail = `HTTP 200: the answer ${reading.why}. Check the endpoint, and for a proxy or portal on the way.`;
  return { kind: 'failed', reason: 'unreadable answer', detail, ...idIn(headers) };
}

function idIn(headers: HttpResponse['headers']): { requestId?: string } {
  const requestId = requestIdOf(headers['x-request-id']);
  return requestId === undefined ? {} : { requestId };
}

/** Only an answer of the API itself shows that the gateway accepted the key; a proxy's 502 shows nothing. */
function provesKey(look: Look): boolean {
  if (look.kind !== 'failed') return true;
  return look.reason === 'not found' || (look.reason === 'not authorised' && look.restMs === undefined);
}

function isThrottled(look: Look): look is Extract<Look, { kind: 'failed' }> {
  return look.kind === 'failed' && look.reason === 'throttled';
}

function secretsOf({ accessKey, secretKey, securityToken }: Credentials): string[] {
  const secrets =
    securityToken === undefined ? [accessKey, secretKey] : [accessKey, secretKey, securityToken];
  return secrets.map((secret) => secret.reveal());
}
