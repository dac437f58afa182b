import { defined } from '../../base/defined.ts';
import type { Env } from '../../base/env.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { systemClock } from '../../base/time/system-clock.ts';
import type { HttpClient, HttpLimits, HttpRequest, HttpResponse } from '../../http/client.ts';
import { readProxies } from '../../http/proxies.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import { type FunctionGraphContext, textOf } from '../../huawei/functiongraph/context.ts';
import { addressOf, privateRangeOf } from '../../huawei/regions.ts';
import { type Credentials, sign } from '../../huawei/signer.ts';
import type { StartRun } from './dispatch.ts';
import { StartError } from './start-error.ts';

/** FunctionGraph's status for a stored asynchronous invocation (API reference, `invocations-async`). */
const STORED = 202;
const TIMEOUT_MS = 5000;
const MOST_ANSWER_BYTES = 16 * 1024;

const REGION = 'HUAWEICLOUD_SDK_REGION';
const ENDPOINT = 'FUNCTIONGRAPH_ENDPOINT';

export interface FunctionGraphParts {
  readonly env: Env;
  /** The context of the newest event. */
  readonly context: () => FunctionGraphContext;
  /** The keys of the agency in the newest event. */
  readonly credentials: () => Credentials | undefined;
}

/**
 * Invokes this function on FunctionGraph again, asynchronously. Its agency must permit
 * `functiongraph:function:invokeAsync`.
 *
 * @returns nothing where the region or the name of the function is unknown
 */
export function startRunOnFunctionGraph(parts: FunctionGraphParts): StartRun | undefined {
  const { env } = parts;
  if (functionOf(parts) === undefined) return undefined;
  let http: Promise<HttpClient> | undefined;
  return async (project) => {
    const target = functionOf(parts);
    const credentials = parts.credentials();
    if (target === undefined) throw new StartError('the event does not name the function that it is for');
    if (credentials === undefined)
      throw new StartError('the function has no agency; give it one that may invoke it');
    http ??= createHttp(env);
    const request = invocation(target, project, { env, credentials });
    const answer = await (await http).request(request, limitsFor(request.url, env));
    if (answer.status !== STORED) throw new StartError(whyNot(answer));
  };
}

/** The region, the project and the URN of the function, for the API. */
interface InvokedFunction {
  readonly region: string;
  readonly projectId: string;
  readonly urn: string;
}

function functionOf({ env, context }: FunctionGraphParts): InvokedFunction | undefined {
  const newest = context();
  const region = env[REGION] ?? '';
  const projectId = textOf(newest.getProjectID?.());
  const name = textOf(newest.getFunctionName?.());
  if (region === '' || projectId === '' || name === '') return undefined;
  const app = textOf(newest.getPackage?.()) || 'default';
  const version = textOf(newest.getVersion?.()) || 'latest';
  return { region, projectId, urn: `urn:fss:${region}:${projectId}:function:${app}:${name}:${version}` };
}

function urlOf({ region, projectId, urn }: InvokedFunction, env: Env): URL {
  const base = (env[ENDPOINT] || addressOf('functiongraph', region)).replace(/\/+$/, '');
  const url = URL.parse(`${base}/v2/${encodeURIComponent(projectId)}/fgs/functions/${urn}/invocations-async`);
  if (url === null) throw new StartError(`${ENDPOINT} is not an address; expected https://host`);
  return url;
}

/** The content type stays unsigned, because the gateway verifies signed headers and a proxy may rewrite this one. */
function invocation(
  target: InvokedFunction,
  project: string,
  { env, credentials }: { readonly env: Env; readonly credentials: Credentials },
): HttpRequest {
  const url = urlOf(target, env);
  const body = JSON.stringify({ project });
  const headers = { 'x-project-id': target.projectId };
  const signed = sign({ method: 'POST', url, headers, body, credentials }, new Date(systemClock.now()));
  const unsigned = { 'content-type': 'application/json', 'user-agent': USER_AGENT };
  return { method: 'POST', url, headers: { ...signed, ...unsigned }, body };
}

/** A configured endpoint may have any address. The default endpoint is public, or inside Huawei Cloud's own network. */
function limitsFor({ hostname }: URL, env: Env): HttpLimits {
  return defined<HttpLimits>({
    timeoutMs: TIMEOUT_MS,
    maxBodyBytes: MOST_ANSWER_BYTES,
    oversize: 'truncate',
    allowInsecure: (env[ENDPOINT] ?? '') !== '',
    privateRange: privateRangeOf(hostname),
  });
}

const CODE = /^[\w.-]{1,40}$/;

/** The reason by the code of the error, because its text may contain the account. */
function whyNot({ status, body }: HttpResponse): string {
  const answer = parseJson(body);
  const code = isObject(answer) ? answer['error_code'] : undefined;
  const named = typeof code === 'string' && CODE.test(code) ? ` (${code})` : '';
  const advice =
    status === 403
      ? ': permit functiongraph:function:invokeAsync to the agency, or set settings.runPerProject: never'
      : '';
  return `FunctionGraph answers ${status}${named}${advice}`;
}

async function createHttp(env: Env): Promise<HttpClient> {
  const { createHttpClient } = await import('../../http/undici.ts');
  return createHttpClient({ proxies: readProxies(env).proxies });
}
