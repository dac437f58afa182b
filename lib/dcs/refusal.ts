import { defined } from '../base/defined.ts';
import type { Explanation, Phrase } from '../base/explanation.ts';
import type { Answer, LookFailure } from '../events/event.ts';
import { HttpError, type HttpErrorCode } from '../http/client.ts';
import type { Flaw } from '../language/en/explanations/flaws.ts';
import { en } from '../language/en.ts';
import type { Look } from '../migration/model/observation.ts';
import { isCodeOfDcs } from './codes.ts';
import type { DcsRefusal } from './errors.ts';
import {
  broken,
  type CallFacts,
  callerMeaning,
  forbidden,
  NOT_ITS_PROJECT,
  notPermitted,
  refused,
  signatureMeaning,
} from './refusal-words.ts';

type Failed = Extract<Look, { kind: 'failed' }>;
type Refusal = Exclude<Look, { kind: 'seen' | 'skipped' }>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** More than five refused signatures in a row lock an access key for this long (signing guide, `APIGW.0301`). */
const KEY_LOCK_MS = 5 * MINUTE;

/** The gateway's advice for `APIGW.0308` is to wait 2–5 seconds; windows of up to a minute were seen. */
const COOLDOWN_MS = { least: 2 * SECOND, usual: 5 * SECOND, most: 15 * MINUTE } as const;

/** "Instance job is not found": the documented answer for a task that does not exist; it is HTTP 400, not 404. */
const NO_SUCH_TASK = 'DCS.4133';
const NO_SUCH_URL = 'DCS.4001';

/** Codes for ids of a wrong form, which the service does not look up. */
const MISTYPED: ReadonlyMap<string, Answer['code']> = new Map([
  ['DCS.4002', 'project_id_mistyped'],
  ['DCS.4070', 'task_id_mistyped'],
  ['DCS.4855', 'not_a_task_id'],
]);

/** 0301 IAM, 0303 app, 0305 other authentication, 0307 token to be renewed (gateway's error table). */
const REFUSED_SIGNATURE: ReadonlySet<string> = new Set(['0301', '0303', '0305', '0307']);
/** 0302 black or white list, 0304 not authorised, 0306 access denied (gateway's error table). */
const DENIED: ReadonlySet<string | undefined> = new Set(['0302', '0304', '0306']);
const NO_SUCH_API = '0101';
const THROTTLED = '0308';
/** "Project unavailable" (gateway's error table): it concerns only this project, not other projects of the key. */
const PROJECT_UNAVAILABLE = '0310';

/** The first digit of a DCS code names its class (error table); 3022 and others of class 3 are about instances. */
const UNKNOWN_CALLER = /^DCS\.1/;
const NOT_PERMITTED = /^DCS\.(?:2|300[23])/;
const BROKEN = /^DCS\.5/;

export const SHOW_FACTS: CallFacts = {
  call: 'ShowMigrationTask',
  permission: 'dcs:migrationTask:get',
  ofOneTask: true,
};

/**
 * The meaning of a refusal for the call, after the error tables of DCS and the gateway. An undocumented refusal is
 * `failed`, because only a documented one may claim that a task is gone.
 *
 * @param now the time of the answer, milliseconds since the epoch, for dates in `Retry-After` and for wrong clocks
 */
export function classifyRefusal(error: DcsRefusal, now: number, call = SHOW_FACTS): Refusal {
  const refusal = classifyCode(error, now, call) ?? classifyStatus(error, now, call);
  const isOdd = refusal.kind === 'missing' && !call.ofOneTask;
  return isOdd ? failed(error, 'unreachable', { code: 'no_such_api' }) : refusal;
}

/**
 * Whether the service accepted the key, but the key lacks the right to this call. A 403 without a code may come from a
 * proxy, and does not count.
 */
export function isDenied({ httpStatus, errorCode, gatewayCode }: DcsRefusal): boolean {
  if (httpStatus !== 403 || errorCode === undefined) return false;
  return gatewayCode === undefined || DENIED.has(gatewayCode);
}

/**
 * Classifies by the code, which counts more than the HTTP status; nothing for an unlisted code, where the status
 * decides.
 */
function classifyCode(error: DcsRefusal, now: number, call: CallFacts): Refusal | undefined {
  return classifyGatewayCode(error, now, call) ?? classifyDcsCode(error, call);
}

function classifyGatewayCode(error: DcsRefusal, now: number, call: CallFacts): Refusal | undefined {
  const { gatewayCode } = error;
  if (gatewayCode === THROTTLED) return throttled(error, now);
  if (isRefusedSignature(error)) return refusedSignature(error, now);
  if (gatewayCode === NO_SUCH_API) return failed(error, 'unreachable', { code: 'no_such_api' });
  if (gatewayCode === PROJECT_UNAVAILABLE)
    return failed(error, 'not authorised', { code: 'project_unavailable' });
  return DENIED.has(gatewayCode) ? failed(error, 'not authorised', notPermitted(call)) : undefined;
}

function classifyDcsCode(error: DcsRefusal, call: CallFacts): Refusal | undefined {
  // Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
  const { canonicalCode: code = '' } = error;
  if (code === NO_SUCH_TASK) return missing(error);
  if (code === NO_SUCH_URL) return failed(error, 'unreachable', { code: 'no_such_api' });
  const mistyped = MISTYPED.get(code);
  if (mistyped !== undefined) return failed(error, 'not found', { code: mistyped });
  if (UNKNOWN_CALLER.test(code)) return failed(error, 'not authorised', callerMeaning(code), KEY_LOCK_MS);
  if (NOT_PERMITTED.test(code)) return failed(error, 'not authorised', notPermitted(call));
  return BROKEN.test(code) ? failed(error, 'unreachable', broken(error)) : undefined;
}

function classifyStatus(error: DcsRefusal, now: number, call: CallFacts): Refusal {
  const { httpStatus: status } = error;
  if (isForeignRefusal(error)) return failed(error, 'unreachable', { code: 'refused_on_the_way' });
  if (status === 401) return failed(error, 'not authorised', { code: 'not_accepted' }, KEY_LOCK_MS);
  if (status === 403) return failed(error, 'not authorised', forbidden(error, call));
  if (status === 429) return throttled(error, now);
  if (status === 404)
    return isAboutTask(error) ? missing(error) : failed(error, 'unreachable', { code: 'no_such_api' });
  if (status === 408 || status >= 500) return failed(error, 'unreachable', broken(error));
  if (status >= 300 && status < 400) return failed(error, 'unreachable', { code: 'redirect' });
  if (isServiceForm(error)) return failed(error, 'refused', refused(error));
  return failed(error, 'unreadable answer', { code: 'undocumented' });
}

/** Whether a proxy refused the request: with a 407, which only proxies send, or with a 401 or 403 in a foreign form. */
function isForeignRefusal({ httpStatus: status, origin }: DcsRefusal): boolean {
  return status === 407 || (origin === 'foreign' && (status === 401 || status === 403));
}

/** Whether a 404 comes from the API itself, and so concerns the task. */
function isAboutTask({ origin, canonicalCode }: DcsRefusal): boolean {
  return origin === 'api' && (canonicalCode === undefined || isCodeOfDcs(canonicalCode));
}

/** Whether an answer has the form of the service, so that no intermediary wrote it. */
function isServiceForm({ origin, errorCode, errorMessage }: DcsRefusal): boolean {
  return origin !== 'foreign' && (errorCode !== undefined || errorMessage !== undefined);
}

/**
 * Whether the key itself was refused, which counts towards its lock. A 401 of DCS (`DCS.1004`, in its older form
 * `111401004`: the project is not the key's) does not count, because the gateway accepted the signature; nor does one
 * of an intermediary.
 */
export function isRefusedSignature({ httpStatus, gatewayCode, canonicalCode, origin }: DcsRefusal): boolean {
  if (gatewayCode !== undefined) return REFUSED_SIGNATURE.has(gatewayCode);
  return httpStatus === 401 && origin !== 'foreign' && !isCodeOfDcs(canonicalCode);
}

/** Whether DCS itself answered, which proves that the gateway accepted the key. A proxy's 502 proves nothing. */
export function provesKeyAccepted({ httpStatus, canonicalCode, gatewayCode, origin }: DcsRefusal): boolean {
  if (gatewayCode !== undefined) return httpStatus === 403 && DENIED.has(gatewayCode);
  if (isCodeOfDcs(canonicalCode))
    return canonicalCode === NOT_ITS_PROJECT || !UNKNOWN_CALLER.test(canonicalCode);
  return origin === 'api' && httpStatus === 404;
}

/** Statuses of proxies and gateways whose server does not answer. */
const INTERMEDIARY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** Whether an intermediary answered because the service did not. */
export function isFromIntermediary(error: DcsRefusal): boolean {
  return INTERMEDIARY_STATUSES.has(error.httpStatus) && !provesKeyAccepted(error);
}

function refusedSignature(error: DcsRefusal, now: number): Failed {
  const meaning = signatureMeaning(error, now);
  return { ...failed(error, 'not authorised', meaning, KEY_LOCK_MS), isKeyRefused: true };
}

function throttled(error: DcsRefusal, now: number): Failed {
  const cooldownMs = cooldownMsFrom(error.retryAfter, now);
  return failed(
    error,
    'throttled',
    { code: 'throttled', seconds: Math.ceil(cooldownMs / SECOND) },
    cooldownMs,
  );
}

/** `Retry-After` in seconds or as a date, in milliseconds; the usual cooldown where it is absent or unreadable. */
function cooldownMsFrom(retryAfter: string | undefined, now: number): number {
  // Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
  const text = retryAfter?.trim() ?? '';
  const asked = /^\d+$/.test(text) ? Number(text) * SECOND : dateOf(text) - now;
  if (Number.isNaN(asked)) return COOLDOWN_MS.usual;
  return Math.min(Math.max(asked, COOLDOWN_MS.least), COOLDOWN_MS.most);
}

/** HTTP dates begin with a weekday; `Date.parse` alone would also read a year out of `-1`. */
function dateOf(text: string): number {
  return /^[A-Z]/i.test(text) ? Date.parse(text) : Number.NaN;
}

/** The service says that the task does not exist. */
function missing(error: DcsRefusal): Refusal {
  const { requestId } = error;
  return defined({ kind: 'missing' as const, ...described(error, { code: 'no_such_task' }), requestId });
}

function failed(error: DcsRefusal, reason: LookFailure, meaning: Answer, cooldownMs?: number): Failed {
  const { requestId } = error;
  return defined({ kind: 'failed' as const, reason, ...described(error, meaning), requestId, cooldownMs });
}

/** An answer as codes, and as a sentence for logs and events. */
function described({ httpStatus, errorCode, errorMessage }: DcsRefusal, meaning: Answer): Described {
  return inWords(defined({ ...meaning, httpStatus, errorCode, errorMessage }));
}

interface Described {
  readonly detail: string;
  readonly answer: Answer;
}

/** The reason why an answer is unusable: in English, and as a code. */
interface Details {
  readonly words: string;
  readonly explanation: Explanation;
}

export function detailsOf(why: Phrase<Flaw>): Details {
  const explanation = { what: [why] };
  return { words: en.prose.explanation(explanation) ?? why.code, explanation };
}

export function inWords(answer: Answer): Described {
  return { detail: en.prose.answer(answer), answer };
}

/** Hints to settings that may be the cause. */
const HINTS: Readonly<Partial<Record<HttpErrorCode, Answer['hint']>>> = {
  dns: 'check endpoint',
  blocked_address: 'allow insecure',
};

const NOTHING_KNOWN: { readonly [Name in 'code' | 'host' | 'detail' | 'explanation']?: undefined } = {};

/** The meaning of a missing answer. It names an unexpected error by its class, never by its text. */
export function classifyNoAnswer(error: unknown): Failed {
  const isKnown = error instanceof HttpError;
  const words = isKnown ? error.message : `no answer: unexpected error (${nameOf(error)})`;
  const { code: fault, host, detail: systemWord, explanation } = isKnown ? error : NOTHING_KNOWN;
  const hint = fault && HINTS[fault];
  // An answer that is too long is still an answer.
  const reason = fault === 'too_large' ? 'unreadable answer' : 'unreachable';
  const answer: Answer = defined({ code: 'no_answer', words, fault, host, systemWord, explanation, hint });
  return { kind: 'failed', reason, ...inWords(answer) };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}
