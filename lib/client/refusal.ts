import { inWords } from '../dcs/refusal.ts';
import type { Answer } from '../events/event.ts';
import type { CallResult } from '../migration/model/enrichment.ts';
import type { Missing } from '../migration/model/observation.ts';
import { DcsError, type DcsErrorReason } from './error.ts';

/** An answer that is none. */
type Unanswered = Exclude<CallResult<unknown>, { readonly kind: 'known' }>;

/** The facts of an answer that is none, whatever its kind. */
interface Facts {
  readonly reason: DcsErrorReason;
  readonly detail: string;
  readonly answer?: Answer;
  readonly requestId?: string;
  readonly cooldownMs?: number;
  readonly isKeyRefused?: true;
}

/** An answer that is none, as the error of a call. */
export function errorOf(unanswered: Unanswered): DcsError {
  const { reason, detail, answer, requestId, cooldownMs, isKeyRefused } = factsOf(unanswered);
  return new DcsError({
    message: detail,
    reason,
    code: answer?.errorCode ?? answer?.fault ?? answer?.code ?? 'no_answer',
    status: answer?.httpStatus,
    serviceMessage: answer?.errorMessage,
    requestId,
    retryAfterMs: cooldownMs,
    isKeyRefused,
  });
}

function factsOf(unanswered: Unanswered): Facts {
  switch (unanswered.kind) {
    case 'failed':
      return unanswered;
    case 'denied':
      return { ...unanswered, reason: 'not authorised' };
    case 'missing':
      return { ...unanswered, detail: detailOf(unanswered), reason: 'not found' };
    case 'skipped':
      return 'failure' in unanswered
        ? unanswered.failure
        : { reason: 'unreachable', detail: 'the endpoint is left alone for a while' };
  }
}

/** An id typed by hand may be wrong. */
function detailOf({ detail, answer }: Missing): string {
  return answer === undefined ? detail : inWords({ ...answer, neverSeen: true }).detail;
}

/** The same refusal for a call that is not made while it lasts. */
export function stillCoolingDown(error: DcsError, leftMs: number): DcsError {
  const seconds = Math.ceil(leftMs / 1000);
  return new DcsError({
    ...error,
    message: `${error.message} Not asked again for ${seconds} s.`,
    retryAfterMs: leftMs,
  });
}
