import { defined } from '../base/defined.ts';
import type { Env } from '../base/env.ts';
import { Secret } from '../base/secret.ts';
import { systemClock } from '../base/time/system-clock.ts';
import { credentialsIn, VARIABLE_SOURCES } from '../config/credentials.ts';
import { dcsEndpointOf } from '../config/endpoint.ts';
import type { DcsAccess } from '../dcs/client.ts';
import { TIMEOUT_MS } from '../dcs/timeout.ts';
import { readProxies } from '../http/proxies.ts';
import { createHttpClient } from '../http/undici.ts';
import type { Credentials } from '../huawei/signer.ts';
import { DcsError } from './error.ts';
import { createTaskCalls } from './task-calls.ts';
import type { DcsClient, DcsClientOptions, DcsCredentials } from './types.ts';

/**
 * Makes a client of its own for the access that the options and the environment name.
 *
 * @throws {DcsError} when an option is wrong, or there is no access key
 */
export function connect(options: DcsClientOptions, env: Env): DcsClient {
  const { timeoutMs = TIMEOUT_MS } = options;
  const access = accessOf(options, env);
  if (!(timeoutMs > 0)) throw wrong('wrong_timeout', 'timeoutMs: expected a number greater than 0');
  const http = createHttpClient({ proxies: proxiesIn(env) });
  return createTaskCalls(access, { http, clock: systemClock, timeoutMs });
}

/** As in a configuration. */
const ID = /^[A-Za-z0-9-]{1,64}$/;

/** @throws {DcsError} when an option is wrong, or there is no access key */
export function accessOf(options: DcsClientOptions, env: Env): DcsAccess {
  const { projectId, allowInsecure = false } = options;
  if (typeof projectId !== 'string' || !ID.test(projectId.trim())) {
    throw wrong('no_project', 'projectId: expected the id of a project');
  }
  const found = dcsEndpointOf({ ...options, allowInsecure });
  if ('message' in found) throw wrong(`wrong_${found.at}`, `${found.at}: ${found.message}`);
  return {
    ...found,
    projectId: projectId.trim(),
    allowInsecure,
    credentials: keyOf(options.credentials, env),
  };
}

function keyOf(given: DcsCredentials | undefined, env: Env): Credentials {
  if (given !== undefined) return givenKey(given);
  const { found, halves } = credentialsIn(env);
  if (found !== undefined) return found;
  const half = halves.length === 0 ? '' : `. ${halves.join('; ')}`;
  throw wrong('no_credentials', `there is no access key; tried the options; ${VARIABLE_SOURCES}${half}`);
}

/** Keys are sent in headers: other characters would break the request, and say so with the key in the error. */
const KEY = /^[\x21-\x7e]+$/;

function givenKey({ accessKey, secretKey, securityToken }: DcsCredentials): Credentials {
  return defined({
    accessKey: partOf('accessKey', accessKey),
    secretKey: partOf('secretKey', secretKey),
    securityToken: securityToken ? partOf('securityToken', securityToken) : undefined,
  });
}

function partOf(name: keyof DcsCredentials, value: string): Secret {
  if (typeof value === 'string' && KEY.test(value)) return new Secret(value);
  throw wrong('wrong_credentials', `credentials.${name}: is empty, or has characters that keys never have`);
}

function proxiesIn(env: Env) {
  const { proxies, problems } = readProxies(env);
  const [problem] = problems;
  if (problem !== undefined) throw wrong('wrong_proxy', problem);
  return proxies;
}

function wrong(code: string, message: string): DcsError {
  return new DcsError({ reason: 'wrong options', code, message });
}
