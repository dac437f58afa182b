import { defined } from '../../base/defined.ts';
import { isObject } from '../../base/json.ts';
import { failure } from '../../http/failures/failure.ts';
import { systemWord } from '../../http/failures/reasons.ts';
import { type Classification, classifyStatus, outcomeOfError } from '../answers/http-outcome.ts';
import { reasonFrom, reasonFromHint } from '../answers/outcome-reason.ts';
import { classificationOf, type Meaning } from '../answers/vendor-answer.ts';

const PAUSE: Meaning = { class: 'pause', hint: 'throttled', pauseMs: 60_000 };
const LATER: Meaning = { class: 'transient' };
const REFUSED: Meaning = { class: 'permanent', hint: 'event_refused' };
const DENIED: Meaning = {
  class: 'broken',
  hint: 'allow_put_events',
};
const NO_BUS: Meaning = { class: 'broken', hint: 'no_bus' };
const NO_CREDENTIALS: Meaning = {
  class: 'broken',
  hint: 'no_aws_credentials',
};

/** Codes of entries ("PutEventsResultEntry") and names of errors of the whole request ("Common errors"). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['ThrottlingException', PAUSE],
  ['Throttling', PAUSE],
  ['TooManyRequestsException', PAUSE],
  ['RequestLimitExceeded', PAUSE],
  ['LimitExceededException', PAUSE],
  ['InternalFailure', LATER],
  ['InternalException', LATER],
  ['ServiceUnavailable', LATER],
  ['MalformedDetail', REFUSED],
  ['InvalidArgument', REFUSED],
  ['RedactionFailure', REFUSED],
  ['ValidationException', REFUSED],
  ['AccessDeniedException', DENIED],
  ['NotAuthorizedForSourceException', DENIED],
  ['NotAuthorizedForDetailTypeException', DENIED],
  ['InvalidAccountIdException', NO_BUS],
  ['ResourceNotFoundException', NO_BUS],
  ['UnrecognizedClientException', NO_CREDENTIALS],
  ['ExpiredTokenException', NO_CREDENTIALS],
  ['InvalidSignatureException', NO_CREDENTIALS],
  ['IncompleteSignature', NO_CREDENTIALS],
  ['MissingAuthenticationToken', NO_CREDENTIALS],
  ['CredentialsProviderError', NO_CREDENTIALS],
  ['TokenProviderError', NO_CREDENTIALS],
]);

/** A code is a name of AWS; its message is never repeated, for it names accounts, roles and keys. */
const CODE = /^[A-Za-z]{1,64}$/;

function classificationFor(code: string, meaning: Meaning): Classification {
  return classificationOf(meaning, `EventBridge ${code}`);
}

/** The part of an answer 200 that has the result of the one entry. */
export interface PutAnswer {
  readonly FailedEntryCount?: number | undefined;
  readonly Entries?:
    | readonly { readonly EventId?: string | undefined; readonly ErrorCode?: string | undefined }[]
    | undefined;
}

const UNREAD: Classification = {
  class: 'permanent',
  ...reasonFromHint('without_bus_answer', 'HTTP 200'),
  notHere: true,
};

/** The meaning of an answer 200: each entry has an answer of its own. */
export function classify({ FailedEntryCount, Entries = [] }: PutAnswer): Classification {
  const [entry] = Entries;
  if (entry === undefined || FailedEntryCount === undefined) return UNREAD;
  const { ErrorCode, EventId } = entry;
  if (ErrorCode === undefined && FailedEntryCount === 0) {
    return EventId === undefined ? UNREAD : { class: 'delivered', reason: 'HTTP 200' };
  }
  const code = ErrorCode !== undefined && CODE.test(ErrorCode) ? ErrorCode : 'refusal';
  return classificationFor(code, MEANINGS.get(code) ?? REFUSED);
}

/** The meaning of a whole request that failed. */
export function classifyError(error: unknown, url: URL): Classification {
  const name = error instanceof Error ? error.name : typeof error;
  const known = MEANINGS.get(name);
  if (known !== undefined) return classificationFor(name, known);
  const status = statusOf(error);
  if (status !== undefined) return ofStatus(status);
  // A broken connection is a TimeoutError for the SDK, too, but has a word of the system.
  const word = systemWord(error);
  if (name === 'TimeoutError' && (word === undefined || word === 'ETIMEDOUT')) return LATE;
  const {
    class: outcomeClass,
    reason,
    explanation,
  } = outcomeOfError(word === undefined ? error : connectionError(error, url));
  return defined({ class: outcomeClass, reason, explanation });
}

function ofStatus(status: number): Classification {
  if (status >= 200 && status < 300) return UNREAD;
  const { class: outcomeClass, explanation = {}, notHere } = classifyStatus(status);
  const retryAfterMs = outcomeClass === 'pause' ? PAUSE.pauseMs : undefined;
  const why = reasonFrom({ ...explanation, status: `EventBridge HTTP ${status}` });
  return defined({ class: outcomeClass, ...why, notHere, retryAfterMs });
}

/** Nothing was heard in time. */
export const LATE: Classification = {
  class: 'pause',
  ...reasonFromHint('bus_silent'),
  retryAfterMs: 60_000,
};

function connectionError(error: unknown, url: URL): Error {
  return failure(error, {
    url,
    ms: 0,
    isFirstContact: false,
    // Mutant survives, `false` → `true`: a certificate matters at a first contact alone.
    showedCertificate: false,
  });
}

/** The HTTP status of the answer; nothing when there was none. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && '$metadata' in error)) return undefined;
  const status = isObject(error.$metadata) ? error.$metadata['httpStatusCode'] : undefined;
  return typeof status === 'number' ? status : undefined;
}
