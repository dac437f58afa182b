import type { DcsError } from './errors.ts';

const MINUTE = 60_000;

/** The gateway refuses signatures that are further from its own clock. */
const CLOCK_TOLERANCE_MS = 15 * MINUTE;

/** The facts of a call that the words about its refusal need. */
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

/** DCS itself takes the key, and the project is another account's. */
export const NOT_ITS_PROJECT = 'DCS.1004';

const WRONG_PROJECT = 'refused. Check that the access key belongs to the account of this project and region.';
export const NOT_ACCEPTED =
  'the service does not accept the caller. Check access key and secret key, and whether they belong to this region.';
export const UNAVAILABLE =
  'this project is not available. Check its id and region, and that it is neither frozen nor suspended for unpaid bills.';
export const STRANGER =
  'refused by something on the way (a proxy, firewall or portal), not by the service. Let it pass requests to this endpoint.';
export const WRONG_ENDPOINT = 'this host knows no such API. Check the region or the endpoint.';
export const REDIRECTED =
  'a redirect, which is never followed. Check the endpoint, and for a proxy or portal on the way.';

/** A key that lacks a right. */
export function noPermission({ deed, permission, isGuess }: CallFacts): string {
  const right = isGuess ? `the right to it (no document names it, ${permission} is likely)` : permission;
  return `the key may not ${deed}. Grant ${right} for this project to its user or agency.`;
}

/** Why DCS does not know the caller, by its code in the newer form. */
export function callerHint(code: string): string {
  switch (code) {
    case NOT_ITS_PROJECT:
      return WRONG_PROJECT;
    case 'DCS.1001':
      return 'refused, the token is not valid. Get new temporary credentials, or check the access key.';
    case 'DCS.1002':
      return 'refused, the token has expired. Get new temporary credentials.';
    case 'DCS.1003':
      return 'refused, no token came along. Check access key and secret key, and that no proxy on the way drops headers.';
    default:
      return NOT_ACCEPTED;
  }
}

/** A 403 with a code that is not listed, or without any. */
export function forbidden({ errorCode, gatewayCode }: DcsError, call: CallFacts): string {
  if (gatewayCode !== undefined)
    return 'the API gateway refuses this key. Look its code up, or ask its support.';
  if (errorCode !== undefined) return noPermission(call);
  return `refused without a code, perhaps by a firewall on the way; or ${noPermission(call)}`;
}

/** A refusal with a code that is listed nowhere: its own words say most. */
export function refusedHint({ errorCode, gatewayCode }: DcsError): string {
  const who = gatewayCode === undefined ? 'the service' : 'the API gateway';
  if (errorCode === undefined) return `${who} refuses the request, without a code.`;
  return `${who} refuses the request. Look this code up in the API reference of DCS, or ask its support.`;
}

/** The service, or something before it, has failed. */
export function serverHint({ origin, httpStatus }: DcsError): string {
  if (httpStatus === 408) return 'the service gave up waiting for the request.';
  if (origin === 'foreign') return 'a gateway or proxy on the way failed. If it lasts, check the endpoint.';
  return 'the service has a problem of its own. If it lasts, ask its support.';
}

/** `ak not exist`, also with the key, masked by then, between the words. */
const NO_SUCH_KEY =
  /\b(?:ak|access[ _-]?key)\b.{0,80}?\b(?:not exist|not found|no such)|\bno such (?:ak|access[ _-]?key)\b/i;

/** Why a signature was refused. @param now when the answer came, milliseconds since the epoch */
// Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
export function signatureHint({ errorMessage = '', gatewayCode, date }: DcsError, now: number): string {
  if (errorMessage.includes('AK access failed to reach the limit')) {
    return 'The access key is locked for 5 minutes after too many refusals. Check key and secret before trying again.';
  }
  if (NO_SUCH_KEY.test(errorMessage)) return 'The access key does not exist. Check it.';
  if (gatewayCode === '0307' || errorMessage.includes('token')) {
    return 'The security token is wrong or has expired. Get new temporary credentials.';
  }
  // Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
  const minutes = Math.round((now - Date.parse(date ?? '')) / MINUTE);
  if (Math.abs(minutes) * MINUTE >= CLOCK_TOLERANCE_MS) {
    // Mutant survives, `minutes > 0` → `minutes >= 0`: only differences of 15 minutes or more come here.
    return `This machine's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}. Set it.`;
  }
  return 'Check access key and secret key, that the clock is less than 15 minutes off, and that nothing is unpaid.';
}
