import { defined } from '../base/defined.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { readFields, textOf } from './fields.ts';

/** The facts in the body of a refusal, not yet redacted. */
export interface ErrorFacts {
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
  /** Whether the body has a code, or a message in a field that only the service uses: proxies answer in JSON too. */
  readonly isOfService: boolean;
}

const CODE = ['error_code', 'errorCode', 'code'] as const;

const MESSAGE = ['error_msg', 'errorMsg', 'message'] as const;

/** The names that only the service uses for its message. */
const OWN_MESSAGE = ['error_msg', 'errorMsg'] as const;

/** The form of codes such as `DCS.4133` and `111400063`. Any other text is not a code. */
const CODE_SHAPE = /^(?:[A-Za-z][A-Za-z0-9]{1,9}\.\s?\d{1,9}|\d{1,12})$/;

const REQUEST_ID_SHAPE = /^[\w.-]{1,64}$/;

const LONGEST_ERROR = 16_384;

function firstText(fields: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(fields[name], LONGEST_ERROR);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A request id from a header or body, for questions to Huawei's support; nothing if it has another form. */
export function requestIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && REQUEST_ID_SHAPE.test(value) ? value : undefined;
}

/**
 * Reads the body of a refusal in any of the shapes that DCS, the API gateway and IAM use: `error_code`/`error_msg`,
 * `errorCode`/`errorMsg`, `code`/`message`, flat or inside `error`; a code may be a number.
 *
 * @returns nothing when the body is no JSON object, and so comes from an intermediary (a proxy, a portal)
 */
export function readError(body: string): ErrorFacts | undefined {
  const reading = readFields(body);
  if (reading.kind === 'unreadable') return undefined;
  const answer = reading.value;
  const nested = isObject(answer['error']) ? answer['error'] : {};
  const found = firstText(answer, CODE) ?? firstText(nested, CODE);
  const code = found !== undefined && CODE_SHAPE.test(found) ? found : undefined;
  const message = firstText(answer, MESSAGE) ?? firstText(nested, MESSAGE);
  const requestId = requestIdOf(answer['request_id']);
  const isOfService = code !== undefined || firstText(answer, OWN_MESSAGE) !== undefined;
  return defined({ isOfService, code, message, requestId });
}
