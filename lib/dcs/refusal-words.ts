import type { DcsError } from './errors.ts';

const MINUTE = 60_000;

/** The gateway refuses signatures that are further from its own clock. */
const CLOCK_TOLERANCE_MS = 15 * MINUTE;

/** The facts of a call that the words about its refusal need. */
export interface CallFacts {
  /** Continues "the access key has no permission to". */
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

const WRONG_PROJECT =
  'DCS refused the access key for this project. Check that the key belongs to the account of this project and region.';
export const NOT_ACCEPTED =
  'DCS did not accept the access key. Check the access key and secret key, and that they are valid in this region.';
export const UNAVAILABLE =
  'the project is unavailable. Check its id and region, and that it is not frozen or suspended for unpaid bills.';
export const STRANGER =
  'a proxy, firewall or portal refused the request before it reached DCS. Allow requests to this endpoint there.';
export const WRONG_ENDPOINT = 'this host does not serve the DCS API. Check the region or the endpoint.';
export const REDIRECTED =
  'the endpoint answered with a redirect, which is not followed. Check the endpoint, and look for a proxy or portal in between.';

/** A key that lacks a right. */
export function noPermission({ deed, permission, isGuess }: CallFacts): string {
  const right = isGuess ? `the permission for it (probably ${permission}; no document names it)` : permission;
  return `the access key has no permission to ${deed}. Grant ${right} on this project to its user or agency.`;
}

/** Why DCS does not know the caller, by its code in the newer form. */
export function callerHint(code: string): string {
  switch (code) {
    case NOT_ITS_PROJECT:
      return WRONG_PROJECT;
    case 'DCS.1001':
      return 'the security token is not valid. Get new temporary credentials, or check the access key.';
    case 'DCS.1002':
      return 'the security token has expired. Get new temporary credentials.';
    case 'DCS.1003':
      return 'the request arrived without a token. Check the access key and secret key, and that no proxy in between drops headers.';
    default:
      return NOT_ACCEPTED;
  }
}

/** A 403 with a code that is not listed, or without any. */
export function forbidden({ errorCode, gatewayCode }: DcsError, call: CallFacts): string {
  if (gatewayCode !== undefined)
    return 'the API gateway refused the access key. Look up the error code, or ask Huawei Cloud support.';
  if (errorCode !== undefined) return noPermission(call);
  return `refused without an error code: either a firewall in between blocked the request, or ${noPermission(call)}`;
}

/** A refusal with a code that is listed nowhere: its own words say most. */
export function refusedHint({ errorCode, gatewayCode }: DcsError): string {
  const who = gatewayCode === undefined ? 'DCS' : 'the API gateway';
  if (errorCode === undefined) return `${who} refused the request without an error code.`;
  return `${who} refused the request. Look up the error code in the DCS API reference, or ask Huawei Cloud support.`;
}

/** The service, or something before it, has failed. */
export function serverHint({ origin, httpStatus }: DcsError): string {
  if (httpStatus === 408) return 'the server timed out waiting for the request.';
  if (origin === 'foreign')
    return 'a gateway or proxy in between failed. If this persists, check the endpoint.';
  return 'DCS reported an internal error. If this persists, ask Huawei Cloud support.';
}

/** `ak not exist`, also with the key, masked by then, between the words. */
const NO_SUCH_KEY =
  /\b(?:ak|access[ _-]?key)\b.{0,80}?\b(?:not exist|not found|no such)|\bno such (?:ak|access[ _-]?key)\b/i;

/** Why a signature was refused. @param now when the answer came, milliseconds since the epoch */
// Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
export function signatureHint({ errorMessage = '', gatewayCode, date }: DcsError, now: number): string {
  if (errorMessage.includes('AK access failed to reach the limit')) {
    return 'The access key is locked for 5 minutes after too many refused requests. Check the access key and secret key before you try again.';
  }
  if (NO_SUCH_KEY.test(errorMessage))
    return 'The access key does not exist. Check that it is complete and was not deleted.';
  if (gatewayCode === '0307' || errorMessage.includes('token')) {
    return 'The security token is wrong or has expired. Get new temporary credentials.';
  }
  // Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
  const minutes = Math.round((now - Date.parse(date ?? '')) / MINUTE);
  if (Math.abs(minutes) * MINUTE >= CLOCK_TOLERANCE_MS) {
    // Mutant survives, `minutes > 0` → `minutes >= 0`: only differences of 15 minutes or more come here.
    return `This machine's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}. Correct it.`;
  }
  return 'Check the access key and secret key, that the clock here is less than 15 minutes off, and that no bill is unpaid.';
}
