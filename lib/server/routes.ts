import { reasonOf } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { reportPage } from '../page/report-page.ts';
import { StoreError } from '../store/errors.ts';
import type { Monitor } from './monitor.ts';
import { jsonReply, metricsReply, pageReply, type Reply, textReply, withHeader } from './reply.ts';
import type { StateView, Watched } from './state-view.ts';
import { hasToken } from './token.ts';

/** A request, as far as it decides the answer. */
export interface ServerRequest {
  readonly method: string;
  /** The target of the request line. */
  readonly target: string;
  readonly authorization: string | undefined;
}

/** The parts of a server, and its access rules. */
export interface ServerContext {
  readonly watched: Watched;
  readonly monitor: Monitor;
  readonly view: StateView;
  /** The token that the page asks for; absent: everybody may read. */
  readonly token: Secret | undefined;
}

/** Never rejects for a state that cannot be read. */
export async function replyTo(asked: ServerRequest, site: ServerContext): Promise<Reply> {
  const { method, target } = asked;
  if (method !== 'GET' && method !== 'HEAD')
    return withHeader(textReply(405, 'only GET and HEAD are answered'), 'allow', 'GET, HEAD');
  const [path = ''] = target.split('?');
  const open = OPEN.get(path);
  if (open !== undefined) return open(site);
  const guarded = GUARDED.get(path) ?? reportRoute(path);
  if (guarded === undefined) return textReply(404, NOT_FOUND);
  const { token } = site;
  if (token !== undefined && !hasToken(asked.authorization, token)) return unauthorized();
  try {
    return await guarded(site);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return textReply(503, `the state cannot be read now: ${reasonOf(error)}`);
  }
}

type Route = (site: ServerContext) => Promise<Reply>;

/** For programs that look whether it runs: they seldom have a token. */
const OPEN: ReadonlyMap<string, Route> = new Map([
  ['/healthz', async () => textReply(200, 'ok')],
  ['/readyz', readiness],
  ['/metrics', metrics],
]);

const GUARDED: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/', async ({ view }) => pageReply(await view.page())],
  ['/status.json', async ({ view }) => jsonReply(await view.status())],
]);

const NOT_FOUND = ['there are /, /tasks/ID, /status.json, /healthz, /readyz and /metrics'];

async function readiness({ monitor, watched }: ServerContext): Promise<Reply> {
  const reasons = monitor.unreadiness(watched.longestTickMs());
  return reasons.length === 0 ? textReply(200, 'ok') : textReply(503, reasons);
}

/** The watcher itself can report its health, also while nothing else is known. */
async function metrics({ monitor, view }: ServerContext): Promise<Reply> {
  const status = await view.status().catch(() => undefined);
  return metricsReply(await monitor.metrics(status), monitor.metricsType);
}

function reportRoute(path: string): Route | undefined {
  const [, encoded] = /^\/tasks\/([^/]+)$/.exec(path) ?? [];
  const task = encoded === undefined ? undefined : decoded(encoded);
  return task === undefined ? undefined : (site) => report(task, site);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

async function report(task: string, { view, watched }: ServerContext): Promise<Reply> {
  const read = await view.history(task);
  if (read.kind === 'history') return pageReply(await reportPage(read.history, watched.pageOptions()));
  if (read.kind === 'unknown') return textReply(404, 'no such task is known; / lists all of them');
  return textReply(404, ['several tasks have this name:', ...read.tasks.map(({ id }) => `/tasks/${id}`)]);
}

function unauthorized(): Reply {
  const asks = 'Basic realm="dcs-migration-watch", charset="UTF-8"';
  return withHeader(textReply(401, 'the token is missing or wrong'), 'www-authenticate', asks);
}
