import { WatchError } from '../base/errors.ts';
import type { HttpResponse } from '../http/client.ts';
import { canonicalCode, gatewayPartOf } from './codes.ts';
import { readError, requestIdOf } from './error-body.ts';
import { redact } from './redact/redact.ts';

/** The author of a refusal: the API, the gateway before it, or an intermediary (in the form of neither). */
export type Origin = 'api' | 'gateway' | 'foreign';

/** An answer of DCS, or of an intermediary, with another status than 200. */
export class DcsRefusal extends WatchError {
  override readonly name = 'DcsRefusal';
  readonly code = 'dcs_refused';
  readonly httpStatus: number;
  /** The code in the service's own form: `DCS.4133`, `APIGW.0301`, `111400063`, … … */
  readonly errorCode: string | undefined;
  /** The code in one form for both of DCS: `DCS.1004` for `111401004`. It decides the meaning of an answer. */
  readonly canonicalCode: string | undefined;
  /** The gateway's part of the code without its prefix: `0301`. */
  readonly gatewayCode: string | undefined;
  /** The service's own words, redacted, at most 200 characters. */
  readonly errorMessage: string | undefined;
  readonly requestId: string | undefined;
  readonly origin: Origin;
  /** The answer's `Retry-After` and `Date`, unparsed. */
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;

  /** @param secrets secrets of the request, which the message must not echo */
  constructor({ status, headers, body }: HttpResponse, secrets: readonly string[]) {
    const facts = readError(body);
    super(`DCS answered HTTP ${status}${facts?.code === undefined ? '' : ` ${facts.code}`}`);
    this.httpStatus = status;
    this.errorCode = facts?.code;
    this.canonicalCode = facts?.code === undefined ? undefined : canonicalCode(facts.code);
    this.gatewayCode = gatewayPartOf(facts?.code ?? '');
    this.errorMessage =
      facts?.message === undefined ? undefined : redact(facts.message, secrets) || undefined;
    this.requestId = requestIdOf(headers['x-request-id']) ?? facts?.requestId;
    this.origin = originOf(this.gatewayCode, facts?.isOfService === true || body.trim() === '');
    this.retryAfter = headers['retry-after'];
    this.date = headers['date'];
  }
}

function originOf(gatewayCode: string | undefined, isOfService: boolean): Origin {
  if (gatewayCode !== undefined) return 'gateway';
  return isOfService ? 'api' : 'foreign';
}
