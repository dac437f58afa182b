import { USER_AGENT } from './channels/plug.ts';
import type { Heartbeat } from './config/heartbeat.ts';
import { reasonOf } from './errors.ts';
import type { HttpClient } from './http/client.ts';
import type { Log } from './log.ts';

/**
 * The address answers in a moment or not at all: it only takes note. A tick leaves about as much of its run: it begins no
 * send whose acknowledgement would not fit in.
 */
const TIMEOUT_MS = 5000;
/** Of the answer only the status is needed. */
const LIMITS = { maxBodyBytes: 4096, oversize: 'truncate' } as const;

/**
 * Calls the address that expects to hear from every good tick, so that whoever watches it learns that ticks have ended.
 * Never throws: a heartbeat that does not get there is one line of the log, and the next tick makes another.
 *
 * @param run.forMs what is left of the run, in milliseconds
 */
export async function beat(
  heartbeat: Heartbeat,
  { http, log, forMs }: { readonly http: HttpClient; readonly log: Log; readonly forMs: number },
): Promise<void> {
  const timeoutMs = Math.min(TIMEOUT_MS, forMs);
  const trouble = timeoutMs > 0 ? await call(heartbeat, timeoutMs, http) : 'no time was left in this run';
  if (trouble !== undefined) log({ kind: 'problem', message: `the heartbeat was not heard: ${trouble}` });
}

/** @returns why it was not heard; nothing when it was */
async function call(
  { url, allowInsecure }: Heartbeat,
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
