import { defined } from '../../base/defined.ts';
import { type Explanation, phrase } from '../../base/explanation.ts';
import { explanationWords, type ReasonCode } from '../../language/en/explanations/explanations.ts';
import type { Hint } from '../../language/en/explanations/hints.ts';

/** The reason of an outcome in English, and as codes where a language has words for it. */
export interface OutcomeReason {
  readonly reason: string;
  readonly explanation?: Explanation<ReasonCode>;
}

/** Makes a reason from codes. A reason of names alone (`HTTP 503`) is the same in every language, and stays a text. */
export function reasonFrom(explanation: Explanation<ReasonCode>): OutcomeReason {
  const { what = [], advice = [] } = explanation;
  const hasWords = what.length + advice.length > 0;
  return defined({
    reason: explanationWords(explanation) ?? '',
    explanation: hasWords ? explanation : undefined,
  });
}

/** A reason of one sentence. */
export function reasonFromHint(hint: Hint, ...values: readonly string[]): OutcomeReason {
  return reasonFrom({ what: [phrase(hint, ...values)] });
}
