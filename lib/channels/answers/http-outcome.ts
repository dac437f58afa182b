import { defined } from '../../base/defined.ts';
import { WatchError } from '../../base/errors.ts';
import { type Explanation, phrase } from '../../base/explanation.ts';
import { HttpError, type HttpErrorCode, type HttpResponse } from '../../http/client.ts';
import type { ReasonCode } from '../../language/en/explanations/explanations.ts';
import type { Hint } from '../../language/en/explanations/hints.ts';
import type { Outcome, OutcomeClass } from '../channel.ts';
import { type OutcomeReason, reasonFrom, reasonFromHint } from './outcome-reason.ts';

/** The meaning of an answer for the delivery, in the classes of the outcome table. */
export interface Classification {
  readonly class: OutcomeClass;
  readonly reason: string;
  readonly explanation?: Explanation<ReasonCode>;
  readonly notHere?: true;
  /** Milliseconds that the vendor asks for where its answer has no `Retry-After`. */
  readonly retryAfterMs?: number;
  /** Set when the receiver refuses the form of the message, so that a simpler one may pass. */
  readonly isForm?: true;
}

/**
 * Makes one request and describes its result as an outcome. Never throws.
 *
 * @param ask builds and sends the request
 * @param classify classifies an answer for this type of channel
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

/** The meaning of a missing answer, which is the same for all types. */
const SILENCE: Readonly<Record<HttpErrorCode, OutcomeClass>> = {
  timeout: 'pause',
  dns: 'transient',
  connection: 'transient',
  protocol: 'transient',
  too_large: 'transient',
  tls: 'broken',
  blocked_address: 'broken',
};

/** Prevents any attempt until somebody fixes the named problem. The reason contains no secret. */
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

/** The standard meaning of a status, for receivers that give it none of their own. Defined for all statuses. */
export function classifyStatus(status: number): Classification {
  const classification = { class: classOf(status), ...reasonFor(status) };
  return isNotHere(status) ? { ...classification, notHere: true } : classification;
}

/**
 * Statuses that concern the sent content (RFC 9110, 15.5): bad request, conflict, content too large, unsupported media
 * type, unprocessable content. The answer would be the same tomorrow.
 */
const OF_THE_EVENT: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);
/** Request time-out and too early, after which the same address may soon accept the event. */
const IN_A_MOMENT: ReadonlySet<number> = new Set([408, 425]);
const TOO_MANY_REQUESTS = 429;
const GONE = 410;

/** Whether a status refuses this event for good. */
export function isOfTheEvent(status: number): boolean {
  return OF_THE_EVENT.has(status);
}

function classOf(status: number): OutcomeClass {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === TOO_MANY_REQUESTS) return 'pause';
  if (status === GONE) return 'broken';
  return isOfTheEvent(status) ? 'permanent' : 'transient';
}

/** Whether a status concerns the address: a redirect, which is never followed, or a refusal not about the event. */
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

/** Adds advice to a classification. */
export function withAdvice(known: Classification, hint: Hint, ...values: readonly string[]): Classification {
  const { explanation = { at: known.reason } } = known;
  return { ...known, ...reasonFrom({ ...explanation, advice: [phrase(hint, ...values)] }) };
}

type Headers = HttpResponse['headers'];

const SECONDS = /^\d+(?:\s*,\s*\d+)*$/;
/**
 * The three forms of a date in HTTP (RFC 9110, 5.6.7) begin with the name of a day. `Date.parse` accepts other texts,
 * which are not dates here.
 */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/**
 * The wait that the receiver asks for (`Retry-After`: seconds, or a date by the receiver's own clock). The value is not
 * bounded here.
 *
 * @returns milliseconds, 0 or more; nothing when the header is absent or unreadable
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

/** All three forms are in UTC, even asctime, which does not say so. */
// Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
function parseHttpDate(text = ''): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  // Mutant survives, `text.endsWith('GMT')` → `text.startsWith('GMT')`: the engine reads "GMT GMT" as it reads "GMT".
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Receivers refuse signatures that are more than 5 minutes old or early (the tolerance of the Standard Webhooks
 * libraries). The limit here is a little lower, because `Date` is in whole seconds and the answer takes time.
 */
const NOTICED_SKEW_MS = 295_000;

/** The receiver's clock minus ours in milliseconds, if the difference makes receivers refuse signatures. */
export function clockSkewMs(headers: Headers, now: Date): number | undefined {
  const ours = now.getTime();
  const skew = (parseHttpDate(headers['date']) ?? ours) - ours;
  return Math.abs(skew) >= NOTICED_SKEW_MS ? skew : undefined;
}
