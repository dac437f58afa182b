import { defined } from '../../base/defined.ts';
import { WatchError } from '../../base/errors.ts';
import { type Explanation, phrase } from '../../base/explanation.ts';
import { HttpError, type HttpErrorCode, type HttpResponse } from '../../http/client.ts';
import type { ReasonCode } from '../../language/en/explanations/explanations.ts';
import type { Hint } from '../../language/en/explanations/hints.ts';
import type { Outcome, OutcomeClass } from '../channel.ts';
import { type OutcomeReason, reasonFrom, reasonFromHint } from './outcome-reason.ts';

/** The meaning of an answer for the delivery, in the words of the outcome table. */
export interface Classification {
  readonly class: OutcomeClass;
  readonly reason: string;
  readonly explanation?: Explanation<ReasonCode>;
  readonly notHere?: true;
  /** The wait that the vendor asks for where its answer has no `Retry-After`. Milliseconds. */
  readonly retryAfterMs?: number;
  /** The receiver refuses the form of the message: a simpler one may pass. */
  readonly isForm?: true;
}

/**
 * Makes one request and describes its result as an outcome. Never throws.
 *
 * @param ask builds and sends the request
 * @param classify the meaning of an answer to this type of channel
 * @param now the moment of the attempt
 */
export async function attempt(
  ask: () => Promise<HttpResponse>,
  classify: (answer: HttpResponse, now: Date) => Classification,
  now: Date,
): Promise<Outcome> {
  try {
    const answer = await ask();
    return outcomeOf(answer, classify(answer, now), now);
  } catch (error) {
    return outcomeOfError(error);
  }
}

function outcomeOf(answer: HttpResponse, classification: Classification, now: Date): Outcome {
  const { status, headers, ms } = answer;
  const { class: outcomeClass, reason, explanation, notHere, retryAfterMs: usualMs } = classification;
  const isOver = outcomeClass === 'delivered' || outcomeClass === 'permanent';
  return defined({
    class: outcomeClass,
    reason,
    explanation,
    notHere,
    status,
    ms,
    retryAfterMs: isOver ? undefined : (retryAfterMs(headers, now) ?? usualMs),
    clockSkewMs: clockSkewMs(headers, now),
  });
}

/** The part of the outcome table that is the same for all types: the meaning of no answer. */
const SILENCE: Readonly<Record<HttpErrorCode, OutcomeClass>> = {
  timeout: 'pause',
  dns: 'transient',
  connection: 'transient',
  protocol: 'transient',
  too_large: 'transient',
  tls: 'broken',
  blocked_address: 'broken',
};

/** No attempt can be made before somebody mends what the reason, which has no secret in it, says. */
export class BrokenChannelError extends WatchError {
  readonly code = 'broken_channel';
  override readonly name = 'BrokenChannelError';
  readonly why: OutcomeReason;

  constructor(hint: Hint) {
    const why = reasonFromHint(hint);
    super(why.reason);
    this.why = why;
  }
}

/** The outcome of an attempt that ended without an answer. */
export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof BrokenChannelError) return { class: 'broken', ...error.why, ms: 0 };
  if (error instanceof HttpError) {
    const { code, message: reason, explanation, ms } = error;
    return defined({ class: SILENCE[code], reason, explanation, ms });
  }
  if (error instanceof WatchError) return { class: 'transient', reason: error.message, ms: 0 };
  const name = error instanceof Error ? error.name : 'Error';
  return { class: 'transient', ...reasonFromHint('internal_error', name), ms: 0 };
}

/** The meaning of a status to which the receiver gives none of its own. Total over all statuses. */
export function classifyStatus(status: number): Classification {
  const classification = { class: classOf(status), ...reasonFor(status) };
  return isNotHere(status) ? { ...classification, notHere: true } : classification;
}

/**
 * The answers that say something of what was sent (RFC 9110, 15.5): bad request, conflict, content too large,
 * unsupported media type, unprocessable content. The answer would be the same tomorrow.
 */
const OF_THE_EVENT: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);
/** Request time-out and too early: the same place takes it in a moment. */
const IN_A_MOMENT: ReadonlySet<number> = new Set([408, 425]);
const TOO_MANY_REQUESTS = 429;
const GONE = 410;

/** Whether an answer refuses this one event, which another attempt would not change. */
export function isOfTheEvent(status: number): boolean {
  return OF_THE_EVENT.has(status);
}

function classOf(status: number): OutcomeClass {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === TOO_MANY_REQUESTS) return 'pause';
  if (status === GONE) return 'broken';
  return isOfTheEvent(status) ? 'permanent' : 'transient';
}

/** Redirects, which are never followed, and every refusal that is not about the event. */
function isNotHere(status: number): boolean {
  const isRefusal = status >= 300 && status < 500;
  return isRefusal && classOf(status) === 'transient' && !IN_A_MOMENT.has(status);
}

const HINTS: ReadonlyMap<number, Hint> = new Map([
  [401, 'check_headers_secret'],
  [403, 'check_headers_secret'],
  [404, 'check_url'],
  [405, 'no_post'],
  [407, 'proxy_sign_in'],
  [410, 'receiver_gone'],
  [413, 'receiver_too_large'],
  [415, 'content_type_refused'],
  [421, 'another_server'],
  [429, 'asks_for_pause'],
  [431, 'headers_large'],
  [451, 'legal_reasons'],
]);

function reasonFor(status: number): OutcomeReason {
  const isRedirect = status >= 300 && status < 400;
  const hint = isRedirect ? 'redirected' : HINTS.get(status);
  return reasonFrom(defined({ status: `HTTP ${status}`, what: hint && [phrase(hint)] }));
}

/** The same, and what else to do. */
export function withAdvice(known: Classification, hint: Hint, ...values: readonly string[]): Classification {
  const { explanation = { at: known.reason } } = known;
  return { ...known, ...reasonFrom({ ...explanation, advice: [phrase(hint, ...values)] }) };
}

type Headers = HttpResponse['headers'];

const SECONDS = /^\d+(?:\s*,\s*\d+)*$/;
/** The three forms of a date in HTTP (RFC 9110, 5.6.7) begin with a day's name; what else `Date.parse` takes is no date. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/**
 * The wait that the receiver asks for (`Retry-After`: seconds, or a date by the receiver's own clock). Not bounded
 * here.
 *
 * @returns milliseconds, 0 or more; nothing when it is absent or unreadable
 */
export function retryAfterMs(headers: Headers, now: Date): number | undefined {
  // Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
  const text = headers['retry-after']?.trim() ?? '';
  if (SECONDS.test(text)) {
    const seconds = Math.max(...text.split(',').map(Number));
    return Math.min(seconds * 1000, Number.MAX_SAFE_INTEGER);
  }
  const until = parseHttpDate(text);
  if (until === undefined) return undefined;
  return Math.max(0, until - (parseHttpDate(headers['date']) ?? now.getTime()));
}

/** All three forms mean UTC, also the one (asctime) that does not say so. */
// Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
function parseHttpDate(text = ''): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  // Mutant survives, `text.endsWith('GMT')` → `text.startsWith('GMT')`: the engine reads "GMT GMT" as it reads "GMT".
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Receivers refuse signatures that are more than 5 minutes old or early (the tolerance of the Standard Webhooks
 * libraries). `Date` is in whole seconds and the answer travels, hence a little less.
 */
const NOTICED_SKEW_MS = 295_000;

/** The receiver's clock minus ours (milliseconds), if that is enough to have signatures refused. */
export function clockSkewMs(headers: Headers, now: Date): number | undefined {
  const ours = now.getTime();
  const skew = (parseHttpDate(headers['date']) ?? ours) - ours;
  return Math.abs(skew) >= NOTICED_SKEW_MS ? skew : undefined;
}
