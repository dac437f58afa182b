import { codeOf, WatchError } from '../../base/errors.ts';
import { isObject } from '../../base/json.ts';
import { StoreError, type StoreErrorCode } from '../errors.ts';

/**
 * Names of errors in https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, and
 * those of the SDK.
 */
const CODE_BY_NAME: Readonly<Record<string, Code>> = {
  ResourceNotFoundException: 'missing',
  ValidationException: 'missing',

  AccessDeniedException: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  IncompleteSignatureException: 'denied',
  InvalidSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  OptInRequired: 'denied',
  TokenProviderError: 'denied',
  UnrecognizedClientException: 'denied',

  LimitExceededException: 'unavailable',
  ProvisionedThroughputExceededException: 'unavailable',
  RequestLimitExceeded: 'unavailable',
  ThrottlingException: 'unavailable',
  TimeoutError: 'unavailable',
  TransactionConflictException: 'unavailable',
};

/** Codes without `lost`, because a table has no file that could be replaced. */
type Code = Exclude<StoreErrorCode, 'lost'>;

const ADVICE: Readonly<Record<Code, string>> = {
  missing:
    'is not there, or its keys are not the strings pk and sk: create it (deploying serverless.yml does), or check STATE_TABLE and the region',
  denied:
    'may not be used: check the credentials and the region, and allow dynamodb:GetItem, dynamodb:PutItem and dynamodb:Query on it',
  corrupt: 'answered, but not like DynamoDB: check the endpoint and any proxy in between',
  unavailable:
    'did not answer in time or is throttled: the next run tries again; if it lasts, check its capacity',
};

/** Describes a fault of the AWS SDK without AWS' own text, which contains accounts, roles and keys. */
export function toStoreError(error: unknown, table: string): StoreError {
  // An error of a proxy on the way, in our own words.
  if (error instanceof WatchError) {
    return new StoreError('unavailable', `The DynamoDB table ${table} cannot be reached: ${error.message}.`);
  }
  const code = errorCodeOf(error);
  return new StoreError(code, `The DynamoDB table ${table} ${ADVICE[code]} (${nameOf(error)}).`);
}

function errorCodeOf(error: unknown): Code {
  const known = error instanceof Error ? CODE_BY_NAME[error.name] : undefined;
  if (known !== undefined) return known;
  const status = statusOf(error);
  if (status === undefined) return systemCodeOf(error) === undefined ? 'denied' : 'unavailable';
  if (status >= 500 || status === 429) return 'unavailable';
  return status >= 400 ? 'denied' : 'corrupt';
}

/** The HTTP status of the answer; nothing when there was none. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && '$metadata' in error)) return undefined;
  const status = isObject(error.$metadata) ? error.$metadata['httpStatusCode'] : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** `ECONNREFUSED` and the like. */
function systemCodeOf(error: unknown): string | undefined {
  const code = codeOf(error) ?? '';
  return /^E[A-Z_]{2,30}$/.test(code) ? code : undefined;
}

/** The name of an error. It comes from the answer, so any text that does not look like a name is left out. */
function nameOf(error: unknown): string {
  const name = error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : 'unknown error';
  return systemCodeOf(error) ?? name;
}
