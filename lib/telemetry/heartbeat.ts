import { reasonOf } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { HttpClient } from '../http/client.ts';
import { USER_AGENT } from '../http/user-agent.ts';
import { type Health, isHealthy, isLastinglyIll } from './health.ts';
import type { Log } from './log.ts';

/** The addresses that expect a call after every tick, as configured. */
export interface Heartbeat {
  /** Called after a healthy tick. */
  readonly url: Secret;
  /** Called while the watcher is ill: `true` for {@link url} with `/fail` behind its path. */
  readonly fail?: true | Secret | undefined;
  readonly allowInsecure: boolean;
}

/**
 * The address answers in a moment or not at all: it only takes note. A tick leaves about as much of its run: it begins no
 * send whose acknowledgement would not fit in.
 */
const TIMEOUT_MS = 5000;
/** Only the status of the answer is needed. */
const LIMITS = { maxBodyBytes: 4096, oversize: 'truncate' } as const;

/**
 * Calls the address that expects to hear from every healthy tick, so that whoever watches it learns that ticks have ended,
 * or that they see nothing, or can deliver to nobody. Where there is an address for that, it is called once such an illness
 * lasts; until then nothing is called. Never throws: a heartbeat that does not get there is one line of the log, and the
 * next tick makes another.
 *
 * @param run.forMs what is left of the run, in milliseconds
 */
export async function beat(
  heartbeat: Heartbeat,
  health: Health,
  { http, log, forMs }: { readonly http: HttpClient; readonly log: Log; readonly forMs: number },
): Promise<void> {
  const url = addressFor(heartbeat, health);
  if (url === undefined) return;
  const timeoutMs = Math.min(TIMEOUT_MS, forMs);
  const failure =
    timeoutMs > 0 ? await call(url, heartbeat, timeoutMs, http) : 'no time was left in this run';
  if (failure !== undefined) log({ kind: 'problem', message: `the heartbeat call failed: ${failure}` });
}

function addressFor({ url, fail }: Heartbeat, health: Health): Secret | undefined {
  if (isHealthy(health)) return url;
  if (!isLastinglyIll(health)) return undefined;
  return fail === true ? failing(url) : fail;
}

/** The path goes on, what is asked stays behind it. */
function failing(address: Secret): Secret {
  const url = new URL(address.reveal());
  url.pathname = `${url.pathname.replace(/\/$/, '')}/fail`;
  return new Secret(url.href);
}

/** @returns why it was not heard; nothing when it was */
async function call(
  url: Secret,
  { allowInsecure }: Heartbeat,
  timeoutMs: number,
  http: HttpClient,
): Promise<string | undefined> {
  const request = {
    method: 'GET',
    url: new URL(url.reveal()),
    headers: { 'user-agent': USER_AGENT },
  } as const;
  try {
    const { status } = await http.request(request, { ...LIMITS, timeoutMs, allowInsecure });
    return status >= 200 && status < 300 ? undefined : `HTTP ${status}; check settings.heartbeat`;
  } catch (error) {
    return reasonOf(error);
  }
}
