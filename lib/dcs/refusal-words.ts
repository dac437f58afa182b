import { defined } from '../base/defined.ts';
import type { PermittedCall } from '../events/answer.ts';
import type { Answer } from '../events/event.ts';
import type { DcsRefusal } from './errors.ts';

const MINUTE = 60_000;

/** The difference from its own clock up to which the gateway accepts signatures. */
const CLOCK_TOLERANCE_MS = 15 * MINUTE;

/** The facts of a call for texts about its refusal. */
export interface CallFacts {
  readonly call: PermittedCall;
  /** The IAM action that permits it. */
  readonly permission: string;
  /** Set when no source names the permission, and this one is only likely. */
  readonly isGuess?: true;
  /** Whether the call is about one task, which may not exist. */
  readonly ofOneTask: boolean;
}

/** DCS accepts the key, but the project belongs to another account. */
export const NOT_ITS_PROJECT = 'DCS.1004';

/** The meaning of a key without the right to a call. */
export function notPermitted(
  { call, permission, isGuess }: CallFacts,
  code: Answer['code'] = 'not_permitted',
): Answer {
  return defined({ code, call, permission, isGuess });
}

/** The reason why DCS does not know the caller, by its code in the newer form. */
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

/** The meaning of a 403 with an unlisted code, or without one. */
export function forbidden({ errorCode, gatewayCode }: DcsRefusal, call: CallFacts): Answer {
  if (gatewayCode !== undefined) return { code: 'gateway_refuses_key' };
  return errorCode === undefined ? notPermitted(call, 'not_permitted_without_code') : notPermitted(call);
}

/** The meaning of a refusal with an undocumented code, whose own words tell most. */
export function refused({ errorCode, gatewayCode }: DcsRefusal): Answer {
  if (errorCode === undefined) return { code: 'service_refuses_without_code' };
  return { code: gatewayCode === undefined ? 'service_refuses' : 'gateway_refuses' };
}

/** The meaning of a failure of the service or of an intermediary. */
export function broken({ origin, httpStatus }: DcsRefusal): Answer {
  if (httpStatus === 408) return { code: 'gave_up_waiting' };
  return { code: origin === 'foreign' ? 'gateway_failed' : 'service_failed' };
}

/** `ak not exist`, also with the masked key between the words. */
const NO_SUCH_KEY =
  /\b(?:ak|access[ _-]?key)\b.{0,80}?\b(?:not exist|not found|no such)|\bno such (?:ak|access[ _-]?key)\b/i;

/** The reason of a refused signature. @param now the time of the answer, milliseconds since the epoch */
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
