import type { Look } from '../migration/model/observation.ts';

/** A look that showed nothing of the task. */
export type Failure = Exclude<Look, { readonly kind: 'seen' }>;

/** The looks in a row that showed nothing. */
export interface Failures {
  readonly inARow: number;
  readonly last?: Failure;
}

export const NO_FAILURES: Failures = { inARow: 0 };

/** One could be a glitch of the service: detection believes two, too. */
const MISSING_LOOKS = 2;
/** A key that worked may be refused by a service that is ill. */
export const REFUSALS_OF_KNOWN = 3;
/** A firewall on the way that lets nothing through at first is no passing fault; one that did may be for minutes. */
const REFUSALS_ON_THE_WAY = { unknown: 3, known: 10 } as const;
/** A mistyped id ends the wait early. */
const SOON_MS = 5000;

export function failuresAfter({ inARow, last }: Failures, look: Look): Failures {
  if (look.kind === 'seen') return NO_FAILURES;
  return { inARow: last !== undefined && isAlike(last, look) ? inARow + 1 : 1, last: look };
}

function isAlike(one: Failure, other: Failure): boolean {
  if (one.kind !== 'failed' || other.kind !== 'failed') return one.kind === other.kind;
  return one.reason === other.reason && one.answer?.code === other.answer?.code;
}

/**
 * The failure that ends a wait: a key that was refused is not tried again, since that locks it, and what is mistyped stays so.
 *
 * @param isKnown whether the task was ever seen
 */
export function endingFailure({ inARow, last }: Failures, isKnown: boolean): Failure | undefined {
  if (last === undefined) return undefined;
  return isLasting(last, inARow, isKnown) ? last : undefined;
}

function isLasting(failure: Failure, inARow: number, isKnown: boolean): boolean {
  if (failure.kind === 'skipped') return false;
  // That a task which was seen is gone, detection says.
  if (failure.kind === 'missing') return !isKnown && inARow >= MISSING_LOOKS;
  if (failure.isKeyRefused || failure.reason === 'not found') return true;
  if (failure.answer?.code === 'refused_on_the_way')
    return inARow >= REFUSALS_ON_THE_WAY[isKnown ? 'known' : 'unknown'];
  const isDenied = failure.reason === 'not authorised' || failure.answer?.code === 'no_such_api';
  return isDenied && (!isKnown || inARow >= REFUSALS_OF_KNOWN);
}

/** How long to wait for the next look. Milliseconds. */
export function pauseMs({ last }: Failures, intervalMs: number, isKnown: boolean): number {
  if (last?.kind === 'missing' && !isKnown) return Math.min(intervalMs, SOON_MS);
  return last?.kind === 'failed' ? Math.max(intervalMs, last.cooldownMs ?? 0) : intervalMs;
}

/** Whether two failures say the same. */
export function isSameFailure(one: Failure | undefined, other: Failure): boolean {
  return one !== undefined && detailOf(one) === detailOf(other);
}

/** A failure in words. */
export function detailOf(failure: Failure): string {
  if (failure.kind !== 'skipped') return failure.detail;
  return 'failure' in failure ? failure.failure.detail : failure.why;
}
