import type { Clock } from '../base/clock.ts';
import { type HttpClient, HttpError, type HttpResponse } from '../http/client.ts';
import { type Credentials, sign } from '../huawei/signer.ts';
import type { Answer } from '../migration/model/enrichment.ts';
import { requestIdOf } from './calls/show-answer.ts';
import { privateRangeOf } from './endpoints.ts';
import { DcsError } from './errors.ts';
import type { Reading } from './fields.ts';
import type { Line, Outcome } from './gate.ts';
import {
  isDenied,
  isOfNobody,
  isRefusedSignature,
  judgeRefusal,
  judgeSilence,
  provesKey,
} from './refusal.ts';
import type { CallFacts } from './refusal-words.ts';
import type { Silence } from './silence.ts';
import { TIMEOUT_MS } from './timeout.ts';

/** A GET of the API: where it goes, what a refusal of it means, and how a good answer is read. */
export interface Call<T> {
  /** Behind `/v2/{project}/`, with its query; encoded. */
  readonly path: string;
  readonly facts: CallFacts;
  /** A longer answer is none. */
  readonly maxBodyBytes: number;
  /** @param secrets what the request carried, for texts in which it may be echoed. */
  read(body: string, secrets: readonly string[]): Reading<T> | Gone;
}

/** A good answer that says that there is no such task. `why` is a sentence without its full stop. */
export interface Gone {
  readonly kind: 'gone';
  readonly why: string;
}

/** All that calls with one access have in common. */
export interface Route {
  readonly line: Line;
  readonly silence: Silence;
  /** The project's address, slash included. */
  readonly base: string;
  readonly credentials: Credentials;
  readonly signedHeaders: Readonly<Record<string, string>>;
  readonly allowInsecure: boolean;
}

/** Asks one call. Never throws: whatever goes wrong is a kind of answer. Begins no request that could end after `until` ({@link Clock.elapsed}). */
export type Ask = <T>(route: Route, call: Call<T>, until: number) => Promise<Answer<T>>;

/** Not signed: the gateway verifies what the signature names, and these are nobody's business but the transport's. */
const PLAIN_HEADERS = { accept: 'application/json', 'user-agent': 'dcs-migration-watch' } as const;

/** An answer, and what it shows of the key and of the endpoint. */
interface Judged<T> {
  readonly answer: Answer<T>;
  readonly outcome: Outcome;
  /** Why nobody answers there, if so. */
  readonly noAnswer?: Failed;
}

/** The one way in which all calls are paced, signed, sent and judged. */
export function createAsk(http: HttpClient, clock: Clock): Ask {
  function send(route: Route, { path, maxBodyBytes }: Call<unknown>): Promise<HttpResponse> {
    const { credentials, signedHeaders, allowInsecure } = route;
    const url = new URL(route.base + path);
    const signed = sign({ method: 'GET', url, headers: signedHeaders, credentials }, new Date(clock.now()));
    const privateRange = privateRangeOf(url.hostname);
    return http.request(
      { method: 'GET', url, headers: Object.assign(signed, PLAIN_HEADERS) },
      {
        timeoutMs: TIMEOUT_MS,
        maxBodyBytes,
        oversize: 'fail',
        allowInsecure,
        ...(privateRange !== undefined && { privateRange }),
      },
    );
  }

  function judge<T>(response: HttpResponse, { credentials, line }: Route, call: Call<T>): Judged<T> {
    const secrets = secretsOf(credentials);
    if (response.status === 200) {
      const answer = judgeAnswer(response, call, secrets);
      return { answer, outcome: answer.kind === 'failed' ? 'unproven' : 'trusted' };
    }
    const error = new DcsError(response, secrets);
    const answer = judgeError(error, line, call);
    return {
      answer,
      outcome: provesKey(error) ? 'trusted' : 'unproven',
      ...(answer.kind === 'failed' && isOfNobody(error) && { noAnswer: answer }),
    };
  }

  function judgeError<T>(error: DcsError, line: Line, call: Call<T>): Answer<T> {
    const verdict = judgeRefusal(error, clock.now(), call.facts);
    if (isRefusedSignature(error)) line.rest(Number.POSITIVE_INFINITY);
    else if (isFailed(verdict, 'throttled')) line.rest(clock.elapsed() + (verdict.restMs ?? 0));
    // Where looks are answered and the list is no address at all, asking again changes nothing.
    if (isFailed(verdict, 'unreachable') && error.httpStatus === 404) return { ...verdict, isLasting: true };
    if (!isFailed(verdict, 'not authorised') || !isDenied(error)) return verdict;
    return { kind: 'denied', detail: verdict.detail, ...idOf(verdict.requestId) };
  }

  async function answer<T>(route: Route, call: Call<T>): Promise<Judged<T>> {
    try {
      return judge(await send(route, call), route, call);
    } catch (error) {
      const failed = judgeSilence(error);
      const isTimeout = error instanceof HttpError && error.code === 'timeout';
      const isAnswered = failed.reason !== 'unreachable';
      return {
        answer: failed,
        outcome: isTimeout ? 'timed out' : 'unproven',
        ...(!isAnswered && { noAnswer: failed }),
      };
    }
  }

  return async (route, call, until) => {
    const turn = await route.line.enter(until - TIMEOUT_MS);
    if (turn !== 'go') return turn;
    const attempt = route.silence.begin();
    const judged = await answer(route, call);
    if (judged.noAnswer === undefined) attempt.answered();
    else attempt.unanswered({ reason: judged.noAnswer.reason, detail: judged.noAnswer.detail });
    route.line.done(judged.outcome);
    return judged.answer;
  };
}

function judgeAnswer<T>(
  { body, headers }: HttpResponse,
  call: Call<T>,
  secrets: readonly string[],
): Answer<T> {
  const reading = call.read(body, secrets);
  if (reading.kind === 'read') return { kind: 'known', value: reading.value };
  const id = idOf(requestIdOf(headers['x-request-id']));
  if (reading.kind === 'gone') return { kind: 'missing', detail: `HTTP 200: ${reading.why}.`, ...id };
  const detail = `HTTP 200: the answer ${reading.why}. Check the endpoint, and for a proxy or portal on the way.`;
  return { kind: 'failed', reason: 'unreadable answer', detail, ...id };
}

function idOf(requestId: string | undefined): { requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

type Failed = Extract<Answer<never>, { kind: 'failed' }>;

function isFailed(answer: Answer<unknown>, reason: Failed['reason']): answer is Failed {
  return answer.kind === 'failed' && answer.reason === reason;
}

function secretsOf({ accessKey, secretKey, securityToken }: Credentials): string[] {
  const secrets =
    securityToken === undefined ? [accessKey, secretKey] : [accessKey, secretKey, securityToken];
  return secrets.map((secret) => secret.reveal());
}
