import { defined } from '../base/defined.ts';
import { phrase } from '../base/explanation.ts';
import type { Clock } from '../base/time/clock.ts';
import { type HttpClient, HttpError, type HttpResponse } from '../http/client.ts';
import { privateRangeOf } from '../huawei/regions.ts';
import { type Credentials, sign } from '../huawei/signer.ts';
import type { CallResult } from '../migration/model/enrichment.ts';
import type { NoAnswer } from '../migration/model/observation.ts';
import type { EndpointBreaker } from './endpoint-breaker.ts';
import { requestIdOf } from './error-body.ts';
import { DcsRefusal } from './errors.ts';
import type { Reading } from './fields.ts';
import type { Gate, Outcome } from './gate.ts';
import {
  classifyNoAnswer,
  classifyRefusal,
  detailsOf,
  inWords,
  isDenied,
  isFromIntermediary,
  isRefusedSignature,
  provesKeyAccepted,
} from './refusal.ts';
import type { CallFacts } from './refusal-words.ts';
import { TIMEOUT_MS } from './timeout.ts';

/** A GET of the API, with the facts for reading its refusals and its good answers. */
export interface Call<T> {
  /** The path behind `/v2/{project}/` with its query, encoded. */
  readonly path: string;
  readonly facts: CallFacts;
  /** A longer answer counts as unreadable. */
  readonly maxBodyBytes: number;
  /** @param secrets secrets of the request, which the answer may echo */
  read(body: string, secrets: readonly string[]): Reading<T> | Gone;
}

/** A good answer which says that the task does not exist. */
export interface Gone {
  readonly kind: 'gone';
}

/** The parts that all calls with one access share. */
export interface Route {
  readonly gate: Gate;
  readonly breaker: EndpointBreaker;
  /** The project's address, with the slash at its end. */
  readonly base: string;
  readonly credentials: Credentials;
  readonly signedHeaders: Readonly<Record<string, string>>;
  readonly allowInsecure: boolean;
}

/** Makes one call. Never throws: a failure is a kind of answer. No request starts that could end after `until` ({@link Clock.elapsed}). */
export type Ask = <T>(route: Route, call: Call<T>, until: number) => Promise<CallResult<T>>;

/** These headers are not signed: the gateway verifies every signed header, and a proxy may rewrite these. */
const PLAIN_HEADERS = { accept: 'application/json', 'user-agent': 'dcs-migration-watch' } as const;

/** An answer, with its evidence about the key and the endpoint. */
interface Classified<T> {
  readonly answer: CallResult<T>;
  readonly outcome: Outcome;
  /** The failure, when the endpoint does not answer. */
  readonly noAnswer?: Failed;
}

/** Makes the function that paces, signs, sends and classifies all calls. */
export function createAsk(http: HttpClient, clock: Clock): Ask {
  function send(route: Route, { path, maxBodyBytes }: Call<unknown>): Promise<HttpResponse> {
    const { credentials, signedHeaders, allowInsecure } = route;
    const url = new URL(route.base + path);
    const signed = sign({ method: 'GET', url, headers: signedHeaders, credentials }, new Date(clock.now()));
    const privateRange = privateRangeOf(url.hostname);
    return http.request(
      { method: 'GET', url, headers: Object.assign(signed, PLAIN_HEADERS) },
      defined({
        timeoutMs: TIMEOUT_MS,
        maxBodyBytes,
        oversize: 'fail' as const,
        allowInsecure,
        privateRange,
      }),
    );
  }

  function classify<T>(response: HttpResponse, { credentials, gate }: Route, call: Call<T>): Classified<T> {
    const secrets = secretsOf(credentials);
    if (response.status === 200) {
      const answer = classifyAnswer(response, call, secrets);
      return { answer, outcome: answer.kind === 'failed' ? 'unproven' : 'trusted' };
    }
    const error = new DcsRefusal(response, secrets);
    const answer = classifyError(error, gate, call);
    return defined({
      answer,
      outcome: provesKeyAccepted(error) ? ('trusted' as const) : ('unproven' as const),
      noAnswer: answer.kind === 'failed' && isFromIntermediary(error) ? answer : undefined,
    });
  }

  function classifyError<T>(error: DcsRefusal, gate: Gate, call: Call<T>): CallResult<T> {
    const refusal = classifyRefusal(error, clock.now(), call.facts);
    if (isRefusedSignature(error)) gate.coolDown(Number.POSITIVE_INFINITY);
    else if (isFailed(refusal, 'throttled')) gate.coolDown(clock.elapsed() + (refusal.cooldownMs ?? 0));
    // A 404 about the address itself is lasting.
    if (isFailed(refusal, 'unreachable') && error.httpStatus === 404) return { ...refusal, isLasting: true };
    if (!isFailed(refusal, 'not authorised') || !isDenied(error)) return refusal;
    const { detail, answer, requestId } = refusal;
    return defined({ kind: 'denied' as const, detail, answer, requestId });
  }

  async function answer<T>(route: Route, call: Call<T>): Promise<Classified<T>> {
    try {
      return classify(await send(route, call), route, call);
    } catch (error) {
      const failed = classifyNoAnswer(error);
      const isTimeout = error instanceof HttpError && error.code === 'timeout';
      const isAnswered = failed.reason !== 'unreachable';
      return defined({
        answer: failed,
        outcome: isTimeout ? ('timed out' as const) : ('unproven' as const),
        noAnswer: isAnswered ? undefined : failed,
      });
    }
  }

  return async (route, call, until) => {
    const turn = await route.gate.enter(until - TIMEOUT_MS);
    if (turn !== 'go') return turn;
    const attempt = route.breaker.begin();
    const classified = await answer(route, call);
    if (classified.noAnswer === undefined) attempt.answered();
    else attempt.unanswered(failureOf(classified.noAnswer));
    route.gate.done(classified.outcome);
    return classified.answer;
  };
}

function classifyAnswer<T>(
  { body, headers }: HttpResponse,
  call: Call<T>,
  secrets: readonly string[],
): CallResult<T> {
  const reading = call.read(body, secrets);
  if (reading.kind === 'read') return { kind: 'known', value: reading.value };
  const id = idOf(requestIdOf(headers['x-request-id']));
  if (reading.kind === 'gone')
    return { kind: 'missing', ...inWords({ code: 'status_deleted', httpStatus: 200 }), ...id };
  const described = inWords({ code: 'unreadable', httpStatus: 200, ...detailsOf(phrase(reading.why)) });
  return { kind: 'failed', reason: 'unreadable answer', ...described, ...id };
}

/** The failure for other calls to the same endpoint. */
function failureOf({ reason, detail, answer }: Failed): NoAnswer {
  return defined({ reason, detail, answer });
}

function idOf(requestId: string | undefined): { requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

type Failed = Extract<CallResult<never>, { kind: 'failed' }>;

function isFailed(answer: CallResult<unknown>, reason: Failed['reason']): answer is Failed {
  return answer.kind === 'failed' && answer.reason === reason;
}

function secretsOf({ accessKey, secretKey, securityToken }: Credentials): string[] {
  const secrets =
    securityToken === undefined ? [accessKey, secretKey] : [accessKey, secretKey, securityToken];
  return secrets.map((secret) => secret.reveal());
}
