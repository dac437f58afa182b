import { defined } from '../base/defined.ts';
import type { PermittedCall } from '../events/answer.ts';
import type { Answer } from '../events/event.ts';
import type { DcsRefusal } from './errors.ts';

const MINUTE = 60_000;

/** The gateway refuses signatures that are further from its own clock. */
const CLOCK_TOLERANCE_MS = 15 * MINUTE;

/** The facts of a call that the words about its refusal need. */
export interface CallFacts {
  readonly call: PermittedCall;
  /** The IAM action that permits it. */
  readonly permission: string;
  /** No source names the permission of this call: this one is likely. */
  readonly isGuess?: true;
  /** Whether the call is about one task, which may not exist. */
  readonly ofOneTask: boolean;
}

/** DCS itself takes the key, and the project is another account's. */
export const NOT_ITS_PROJECT = 'DCS.1004';

/** A key that lacks a right. */
export function notPermitted(
  { call, permission, isGuess }: CallFacts,
  code: Answer['code'] = 'not_permitted',
): Answer {
  return defined({ code, call, permission, isGuess });
}

/** Why DCS does not know the caller, by its code in the newer form. */
export function callerMeaning(code: string): Answer {
  switch (code) {
    case NOT_ITS_PROJECT:
      return { code: 'wrong_project' };
    case 'DCS.1001':
      return { code: 'token_invalid' };
    case 'DCS.1002':
      return { code: 'token_expired' };
    case 'DCS.1003':
      return { code: 'token_absent' };
    default:
      return { code: 'not_accepted' };
  }
}

/** A 403 with a code that is not listed, or without any. */
export function forbidden({ errorCode, gatewayCode }: DcsRefusal, call: CallFacts): Answer {
  if (gatewayCode !== undefined) return { code: 'gateway_refuses_key' };
  return errorCode === undefined ? notPermitted(call, 'not_permitted_without_code') : notPermitted(call);
}

/** A refusal with a code that is listed nowhere: its own words say most. */
export function refused({ errorCode, gatewayCode }: DcsRefusal): Answer {
  if (errorCode === undefined) return { code: 'service_refuses_without_code' };
  return { code: gatewayCode === undefined ? 'service_refuses' : 'gateway_refuses' };
}

/** The service, or something before it, has failed. */
export function broken({ origin, httpStatus }: DcsRefusal): Answer {
  if (httpStatus === 408) return { code: 'gave_up_waiting' };
  return { code: origin === 'foreign' ? 'gateway_failed' : 'service_failed' };
}

/** `ak not exist`, also with the key, masked by then, between the words. */
const NO_SUCH_KEY =
  /\b(?:ak|access[ _-]?key)\b.{0,80}?\b(?:not exist|not found|no such)|\bno such (?:ak|access[ _-]?key)\b/i;

/** Why a signature was refused. @param now when the answer came, milliseconds since the epoch */
// Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
export function signatureMeaning({ errorMessage = '', gatewayCode, date }: DcsRefusal, now: number): Answer {
  if (errorMessage.includes('AK access failed to reach the limit')) {
    return { code: 'key_locked' };
  }
  if (NO_SUCH_KEY.test(errorMessage)) return { code: 'key_unknown' };
  if (gatewayCode === '0307' || errorMessage.includes('token')) {
    return { code: 'token_refused' };
  }
  // Mutant survives, `''` → `"Stryker was here!"`: the text is only matched, and nothing matches either word.
  const minutes = Math.round((now - Date.parse(date ?? '')) / MINUTE);
  const isOff = Math.abs(minutes) * MINUTE >= CLOCK_TOLERANCE_MS;
  return isOff ? { code: 'clock_wrong', minutes } : { code: 'signature_refused' };
}
