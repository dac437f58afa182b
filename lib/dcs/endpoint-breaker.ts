import type { Clock } from '../base/time/clock.ts';
import type { NoAnswer } from '../migration/model/observation.ts';
import { TIMEOUT_MS } from './timeout.ts';

/** The circuit breaker of an endpoint: open while the endpoint answers no request with any key. */
export interface EndpointBreaker {
  /** The failure of the last request, while the endpoint counts as silent; nothing otherwise. */
  current(): NoAnswer | undefined;
  /** Notes that a request is sent. */
  begin(): Attempt;
}

/** One request. The caller calls one of the methods, once. */
export interface Attempt {
  answered(): void;
  unanswered(failure: NoAnswer): void;
}

/** Failures in a row that make an endpoint silent. Fewer may depend on the requested tasks. */
const IN_A_ROW = 3;
/** Time after which a waiting request counts as unanswered. */
const LONG_WAIT_MS = TIMEOUT_MS / 2;
/**
 * The shortest wait of a failure that counts: quick failures cost no time, and another machine behind the name may
 * answer the next request. It is below the time-out, because timers are inexact.
 */
const LEAST_MS = TIMEOUT_MS * 0.9;
/** Time after which a long tick tries a silent endpoint again. */
const BELIEVED_FOR_MS = 30_000;

/**
 * Makes a breaker. An endpoint is silent when several requests in a row got no answer, and no other request got one
 * meanwhile: one slow task among answered ones proves nothing.
 */
export function createEndpointBreaker(clock: Clock): EndpointBreaker {
  const waiting = new Set<{ readonly begunAt: number; readonly answersBefore: number }>();
  let answers = 0;
  let inARow = 0;
  let since = 0;
  let last: { readonly failure: NoAnswer; readonly until: number } | undefined;

  function note(begunAt: number, failure: NoAnswer): void {
    const now = clock.elapsed();
    since = inARow === 0 ? begunAt : Math.min(since, begunAt);
    inARow += 1;
    const inVain = [...waiting].filter(
      (one) => one.answersBefore === answers && now - one.begunAt >= LONG_WAIT_MS,
    );
    if (inARow + inVain.length >= IN_A_ROW && now - since >= LEAST_MS)
      last = { failure, until: now + BELIEVED_FOR_MS };
  }

  return {
    current: () => (last !== undefined && clock.elapsed() < last.until ? last.failure : undefined),
    begin() {
      const attempt = { begunAt: clock.elapsed(), answersBefore: answers };
      waiting.add(attempt);
      return {
        answered() {
          waiting.delete(attempt);
          answers += 1;
          inARow = 0;
          last = undefined;
        },
        unanswered(failure) {
          waiting.delete(attempt);
          if (answers === attempt.answersBefore) note(attempt.begunAt, failure);
        },
      };
    },
  };
}
