import { defined } from '../base/defined.ts';
import type { Clock } from '../base/time/clock.ts';
import { type Ask, type Call, createAsk, type Route } from '../dcs/call.ts';
import { type DcsAccess, makeRoute } from '../dcs/client.ts';
import { createEndpointBreaker } from '../dcs/endpoint-breaker.ts';
import { createGate } from '../dcs/gate.ts';
import type { HttpClient } from '../http/client.ts';
import type { DcsError } from './error.ts';
import { errorOf, stillCoolingDown } from './refusal.ts';

/** The parts of a client that a test may replace. */
export interface ClientParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** For one call with everything in it. Milliseconds. */
  readonly timeoutMs: number;
}

/** @throws {DcsError} when there is no good answer, and the reason of the signal when the caller gives up */
export type MakeCall = <T>(call: Call<T>, signal?: AbortSignal) => Promise<T>;

/** DCS permits a few hundred requests per minute (not documented); nobody who types needs more. */
const REQUESTS_PER_SECOND = 10;

/** Makes calls with one access. A refused key, or an endpoint that asks for it, is left alone for its time. */
export function createMakeCall(access: DcsAccess, parts: ClientParts): MakeCall {
  const { clock } = parts;
  let route = routeTo(access, clock);
  let cooldown: { readonly error: DcsError; readonly until: number } | undefined;

  function failed(error: DcsError): DcsError {
    const { retryAfterMs, isKeyRefused, reason } = error;
    const isForAll = isKeyRefused || reason === 'throttled';
    if (isForAll && retryAfterMs !== undefined) cooldown = { error, until: clock.elapsed() + retryAfterMs };
    // Its gate would stay closed for good.
    if (isKeyRefused) route = routeTo(access, clock);
    return error;
  }

  async function make<T>(call: Call<T>, signal?: AbortSignal): Promise<T> {
    const leftMs = (cooldown?.until ?? 0) - clock.elapsed();
    if (cooldown !== undefined && leftMs > 0) throw stillCoolingDown(cooldown.error, leftMs);
    const answer = await askWith(parts, signal)(route, call, Number.POSITIVE_INFINITY);
    if (answer.kind === 'known') return answer.value;
    throw failed(errorOf(answer));
  }

  return async (call, signal) => {
    signal?.throwIfAborted();
    try {
      return await unlessAborted(make(call, signal), signal);
    } catch (error) {
      // A call that was given up says nothing about the endpoint.
      if (signal?.aborted) route = routeTo(access, clock);
      throw error;
    }
  };
}

function routeTo(access: DcsAccess, clock: Clock): Route {
  const breaker = createEndpointBreaker(clock);
  return makeRoute(access, createGate(clock, REQUESTS_PER_SECOND, breaker), breaker);
}

function askWith({ http, clock, timeoutMs }: ClientParts, signal: AbortSignal | undefined): Ask {
  const limited: HttpClient = {
    request: (request, limits) => http.request(request, defined({ ...limits, timeoutMs, signal })),
    close: () => http.close(),
  };
  return createAsk(limited, clock);
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
