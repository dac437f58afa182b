import { HttpError, type HttpErrorCode } from '../http/client.ts';
import type { Look, LookFailure } from '../migration/observation.ts';
import type { DcsError } from './errors.ts';

type Failed = Extract<Look, { kind: 'failed' }>;
type Verdict = Exclude<Look, { kind: 'seen' | 'skipped' }>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** More than five refused signatures in a row lock an access key for this long (signing guide, `APIGW.0301`). */
const KEY_LOCK_MS = 5 * MINUTE;

/** The gateway's advice for `APIGW.0308` is to wait 2–5 seconds; windows of up to a minute were seen. */
const REST_MS = { least: 2 * SECOND, usual: 5 * SECOND, most: 15 * MINUTE } as const;

/** The gateway refuses signatures that are further from its own clock. */
const CLOCK_TOLERANCE_MS = 15 * MINUTE;

/** "Instance job is not found": the documented answer for a task that does not exist; it is HTTP 400, not 404. */
const NO_SUCH_TASK = 'DCS.4133';
const NO_SUCH_URL = 'DCS.4001';

/** Ids that the service does not even look up. */
const MISTYPED: ReadonlyMap<string, string> = new Map([
  ['DCS.4002', 'a project id has another form. Check it.'],
  ['DCS.4070', 'a task id has another form. Check it.'],
  ['DCS.4855', 'this is no id of a migration task. Check it.'],
]);

/** 0301 IAM, 0303 app, 0305 other authentication, 0307 token to be renewed (gateway's error table). */
const REFUSED_SIGNATURE: ReadonlySet<string> = new Set(['0301', '0303', '0305', '0307']);
/** 0302 black or white list, 0304 not authorised, 0306 access denied (gateway's error table). */
const DENIED: ReadonlySet<string> = new Set(['0302', '0304', '0306']);
const NO_SUCH_API = '0101';
const THROTTLED = '0308';

/** What a verdict has to know of the call that was refused. */
export interface CallFacts {
  /** Continues "the key may not". */
  readonly deed: string;
  /** The IAM action that permits it. */
  readonly permission: string;
  /** No source names the permission of this call: this one is likely. */
  readonly isGuess?: true;
  /** Whether the call is about one task, which may not exist. */
  readonly ofOneTask: boolean;
}

export const SHOW_FACTS: CallFacts = {
  deed: 'look at migration tasks',
  permission: 'dcs:migrationTask:get',
  ofOneTask: true,
};

/**
 * What a refusal means for the call. The rules are those of the documentation; where it is silent, not knowing
 * (`failed`) is preferred to claiming that a task is gone.
 *
 * @param now when the answer came, milliseconds since the epoch: for `Retry-After` dates and for noticing wrong clocks.
 */
export function judgeRefusal(error: DcsError, now: number, call = SHOW_FACTS): Verdict {
  const verdict = judgeCode(error, now) ?? judgeStatus(error, now, call);
  const isOdd = verdict.kind === 'missing' && !call.ofOneTask;
  return isOdd ? failed(error, 'unreachable', WRONG_ENDPOINT) : verdict;
}

/**
 * True when the key was accepted but lacks the right to this one call, so that others may well work. A 403 that nobody
 * signed with a code may be a proxy's.
 */
export function isDenied({ httpStatus, errorCode, gatewayCode }: DcsError): boolean {
  if (httpStatus !== 403 || errorCode === undefined) return false;
  return gatewayCode === undefined || DENIED.has(gatewayCode);
}

function judgeCode(error: DcsError, now: number): Verdict | undefined {
  const { errorCode = '', gatewayCode } = error;
  if (gatewayCode === THROTTLED) return throttled(error, now);
  if (isRefusedSignature(error)) return refusedSignature(error, now);
  if (errorCode === NO_SUCH_TASK) return missing(error);
  if (errorCode === NO_SUCH_URL || gatewayCode === NO_SUCH_API)
    return failed(error, 'unreachable', WRONG_ENDPOINT);
  const mistyped = MISTYPED.get(errorCode);
  return mistyped === undefined ? undefined : failed(error, 'not found', mistyped);
}

function judgeStatus(error: DcsError, now: number, call: CallFacts): Verdict {
  const { httpStatus: status, origin } = error;
  if (status === 401) return failed(error, 'not authorised', WRONG_PROJECT, KEY_LOCK_MS);
  if (status === 403) return failed(error, 'not authorised', noPermission(call));
  if (status === 429) return throttled(error, now);
  if (status === 404 && origin === 'api') return missing(error);
  if (status === 404) return failed(error, 'unreachable', WRONG_ENDPOINT);
  if (status === 408 || status >= 500) return failed(error, 'unreachable', serverHint(error));
  if (status >= 300 && status < 400) return failed(error, 'unreachable', REDIRECTED);
  return failed(error, 'unreadable answer', 'no documented answer. Check the endpoint.');
}

/**
 * True when the key itself was refused: its next refusals count towards the lock. A 401 of DCS itself (`DCS.1004`, the
 * project is not the key's) is not one, the gateway before it has accepted the signature.
 */
export function isRefusedSignature({ httpStatus, gatewayCode, errorCode }: DcsError): boolean {
  if (gatewayCode !== undefined) return REFUSED_SIGNATURE.has(gatewayCode);
  return httpStatus === 401 && !errorCode?.startsWith('DCS.');
}

const WRONG_PROJECT = 'refused. Check that the access key belongs to the account of this project and region.';
const WRONG_ENDPOINT = 'this host knows no such API. Check the region or the endpoint.';
const REDIRECTED =
  'a redirect, which is never followed. Check the endpoint, and for a proxy or portal on the way.';

function noPermission({ deed, permission, isGuess }: CallFacts): string {
  const right = isGuess ? `the right to it (no document names it, ${permission} is likely)` : permission;
  return `the key may not ${deed}. Grant ${right} for this project to its user or agency.`;
}

function serverHint({ origin, httpStatus }: DcsError): string {
  if (httpStatus === 408) return 'the service gave up waiting for the request.';
  if (origin === 'foreign') return 'a gateway or proxy on the way failed. If it lasts, check the endpoint.';
  return 'the service has a problem of its own. If it lasts, ask its support.';
}

function refusedSignature(error: DcsError, now: number): Failed {
  const hint = `signature refused. ${signatureHint(error, now)}`;
  return { ...failed(error, 'not authorised', hint, KEY_LOCK_MS), isKeyRefused: true };
}

function signatureHint({ errorMessage = '', gatewayCode, date }: DcsError, now: number): string {
  if (errorMessage.includes('AK access failed to reach the limit')) {
    return 'The access key is locked for 5 minutes after too many refusals. Check key and secret before trying again.';
  }
  if (errorMessage.includes('ak not exist')) return 'The access key does not exist. Check it.';
  if (gatewayCode === '0307' || errorMessage.includes('token')) {
    return 'The security token is wrong or has expired. Get new temporary credentials.';
  }
  const minutes = Math.round((now - Date.parse(date ?? '')) / MINUTE);
  if (Math.abs(minutes) * MINUTE >= CLOCK_TOLERANCE_MS) {
    return `This machine's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}. Set it.`;
  }
  return 'Check access key and secret key, that the clock is less than 15 minutes off, and that nothing is unpaid.';
}

function throttled(error: DcsError, now: number): Failed {
  const restMs = restOf(error.retryAfter, now);
  return failed(
    error,
    'throttled',
    `too many requests, resting for ${Math.ceil(restMs / SECOND)} s.`,
    restMs,
  );
}

/** `Retry-After` in seconds or as a date; what is absent or unreadable counts as the usual rest. */
function restOf(retryAfter: string | undefined, now: number): number {
  const text = retryAfter?.trim() ?? '';
  const asked = /^\d+$/.test(text) ? Number(text) * SECOND : dateOf(text) - now;
  if (Number.isNaN(asked)) return REST_MS.usual;
  return Math.min(Math.max(asked, REST_MS.least), REST_MS.most);
}

/** HTTP dates begin with a weekday; `Date.parse` alone would also read a year out of `-1`. */
function dateOf(text: string): number {
  return /^[A-Z]/i.test(text) ? Date.parse(text) : Number.NaN;
}

/** The service, or whoever answers in its place, says that there is no such task. */
function missing(error: DcsError): Verdict {
  return { kind: 'missing', detail: sentence(error, 'there is no such task.'), ...withRequestId(error) };
}

function failed(error: DcsError, reason: LookFailure, hint: string, restMs?: number): Failed {
  return {
    kind: 'failed',
    reason,
    detail: sentence(error, hint),
    ...withRequestId(error),
    ...(restMs !== undefined && { restMs }),
  };
}

function sentence({ httpStatus, errorCode, errorMessage }: DcsError, hint: string): string {
  const code = errorCode === undefined ? '' : ` ${errorCode}`;
  const said = errorMessage === undefined ? '' : ` The service says "${errorMessage}".`;
  return `HTTP ${httpStatus}${code}: ${hint}${said}`;
}

function withRequestId({ requestId }: DcsError): { requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

/** What the message of the error cannot know: how our configuration calls it. */
const ADVICE: Readonly<Partial<Record<HttpErrorCode, string>>> = {
  dns: ' Check the region or the endpoint.',
  blocked_address: ' If that address is intended, set allowInsecure on the project.',
};

/** What it means that there was no answer. Whatever else was thrown is named by its class, never by its text. */
export function judgeSilence(error: unknown): Failed {
  const detail =
    error instanceof HttpError
      ? `${error.message}.${ADVICE[error.code] ?? ''}`
      : `no answer: unexpected ${nameOf(error)}.`;
  // What is cut because it is too long was an answer.
  const isCut = error instanceof HttpError && error.code === 'too_large';
  return { kind: 'failed', reason: isCut ? 'unreadable answer' : 'unreachable', detail };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}
