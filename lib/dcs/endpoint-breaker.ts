import type { Clock } from '../base/time/clock.ts';
import type { NoAnswer } from '../migration/model/observation.ts';
import { TIMEOUT_MS } from './timeout.ts';

/** The circuit breaker of an endpoint: open while it answers no request, with whatever key. */
export interface EndpointBreaker {
  /** The failure of the last request, while the endpoint counts as silent; nothing otherwise. */
  current(): NoAnswer | undefined;
  /** A request goes out. */
  begin(): Attempt;
}

/** One request. Call one of the two, once. */
export interface Attempt {
  answered(): void;
  unanswered(failure: NoAnswer): void;
}

/** Fewer failures may be due to the tasks that were asked for. */
const IN_A_ROW = 3;
/** A request that has waited this long counts as unanswered while it still waits. */
const LONG_WAIT_MS = TIMEOUT_MS / 2;
/**
 * Failures at once hold up nobody, and another machine behind the name may answer the next request. A little less than a
 * time-out, because timers are not exact.
 */
const LEAST_MS = TIMEOUT_MS * 0.9;
/** A long tick that looks several times tries a silent endpoint again after this. */
const BELIEVED_FOR_MS = 30_000;

/**
 * An endpoint is silent when several requests in a row got no answer, and nobody else got one while they waited: a task
 * that is slow while others are answered says nothing.
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
