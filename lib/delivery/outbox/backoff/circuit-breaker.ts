import { defined } from '../../../base/defined.ts';
import type { Channel, Outcome } from '../../../channels/channel.ts';
import type { CircuitState } from '../../../records/record.ts';
import type { ClassifiedOutcome } from './pace.ts';
import { isPostponed, pauseMs } from './retry-policy.ts';

/** Interval of the probes of a broken channel. Somebody may mend it without a change of its settings. */
const PROBE_MS = 30 * 60_000;
/** A token renewal or a backend replacement causes one or two refusals. This many in a row are no accident. */
const REFUSALS_UNTIL_BROKEN = 3;
/** The first probes come sooner: one bad moment may have refused several requests at once. */
const FIRST_PROBES_MS = [60_000, 5 * 60_000];

/** The part of a channel that its circuit breaker needs. */
interface Breakable {
  readonly audience: Channel['audience'];
  readonly settings: string;
}

/** The part of an attempt that concerns its channel. */
export interface AttemptOnChannel {
  readonly outcome: ClassifiedOutcome;
  readonly startedAt: Date;
  /** When it was over. */
  readonly now: Date;
}

/** Whether the circuit of a channel is closed, or due for a probe. Changed settings close it at once. */
export function allows(
  state: CircuitState | undefined,
  { settings }: { readonly settings: string },
  now: Date,
): boolean {
  return state === undefined || state.settings !== settings || !isPostponed(state.openUntil, now);
}

/** Whether a channel only works again after somebody mends it. */
export function isBroken(
  state: CircuitState | undefined,
  { settings }: { readonly settings: string },
): boolean {
  return state?.brokenSince !== undefined && state.settings === settings;
}

/**
 * The state of a channel after an attempt. Answers to parallel attempts come in any order, so an attempt that began
 * before the circuit opened cannot close it.
 *
 * @returns nothing when the channel works
 */
export function stateAfter(
  before: CircuitState | undefined,
  channel: Breakable,
  { outcome, startedAt, now }: AttemptOnChannel,
): CircuitState | undefined {
  const known = before?.settings === channel.settings ? before : undefined;
  if (!isFailure(outcome) && outcome.notHere !== true) return afterSuccess(known, now, startedAt);
  // A parallel attempt has already opened the circuit.
  if (known?.brokenSince !== undefined && isPostponed(known.openUntil, now)) return known;
  const refusals = outcome.notHere === true ? (known?.refusals ?? 0) + 1 : 0;
  const opening = openingAfter(known, channel, { outcome, refusals });
  // This outcome concerns only its event. Any answer from the receiver still ends a row of refusals.
  if (opening === undefined) return outcome.status === undefined ? known : withoutRefusals(known, now);
  return defined({
    settings: channel.settings,
    reason: outcome.reason,
    explanation: outcome.explanation,
    openUntil: laterEnd(known, new Date(now.getTime() + opening.forMs).toISOString(), now),
    refusals,
    brokenSince: opening.isBroken ? (known?.brokenSince ?? now.toISOString()) : undefined,
  });
}

/**
 * The time for which a failure opens the circuit, and whether the channel counts as broken; nothing when the circuit
 * stays closed.
 */
function openingAfter(
  known: CircuitState | undefined,
  { audience }: Breakable,
  { outcome, refusals }: { readonly outcome: ClassifiedOutcome; readonly refusals: number },
): { readonly forMs: number; readonly isBroken: boolean } | undefined {
  const wasBroken = known?.brokenSince !== undefined;
  if (outcome.class === 'broken' || wasBroken || refusals >= REFUSALS_UNTIL_BROKEN) {
    return { forMs: FIRST_PROBES_MS[refusals - REFUSALS_UNTIL_BROKEN] ?? PROBE_MS, isBroken: true };
  }
  if (outcome.class === 'pause') {
    return { forMs: outcome.openMs ?? pauseMs(audience, outcome.retryAfterMs), isBroken: false };
  }
  return refusals > 0 ? { forMs: 0, isBroken: false } : undefined;
}

/**
 * The state after an answer that shows a working channel: also one that refuses the event for good, since the receiver
 * has read it.
 */
function afterSuccess(known: CircuitState | undefined, now: Date, startedAt: Date): CircuitState | undefined {
  if (known === undefined || !isPostponed(known.openUntil, startedAt)) return undefined;
  return known.brokenSince === undefined ? withoutRefusals(known, now) : known;
}

function withoutRefusals(known: CircuitState | undefined, now: Date): CircuitState | undefined {
  if (known === undefined || known.refusals === 0) return known;
  return isPostponed(known.openUntil, now) ? { ...known, refusals: 0 } : undefined;
}

/** Whether nothing arrived and nothing was refused for good. */
export function isFailure({ class: outcomeClass }: { readonly class: Outcome['class'] }): boolean {
  return outcomeClass !== 'delivered' && outcomeClass !== 'permanent';
}

/** The later of two ends. A further answer never shortens a pause that the receiver asked for. */
function laterEnd(known: CircuitState | undefined, openUntil: string, now: Date): string {
  const before = known !== undefined && isPostponed(known.openUntil, now) ? [known.openUntil] : [];
  return new Date(Math.max(...[...before, openUntil].map(Date.parse))).toISOString();
}
