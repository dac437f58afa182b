import { defined } from '../../../base/defined.ts';
import type { Channel, Outcome } from '../../../channels/channel.ts';
import type { CircuitState } from '../../../records/record.ts';
import type { ClassifiedOutcome } from './pace.ts';
import { isPutOff, pauseMs } from './retry-policy.ts';

/** A channel that is broken is tried this seldom, in case somebody has mended what is not in its settings. */
const PROBE_MS = 30 * 60_000;
/** A token that is being renewed, a backend that is being replaced: once or twice. This often in a row is no accident. */
const REFUSALS_UNTIL_BROKEN = 3;
/** Several requests may be refused in the same moment: the first trials come sooner, in case it was only that moment. */
const FIRST_PROBES_MS = [60_000, 5 * 60_000];

/** A channel as its circuit breaker sees it. */
interface Breakable {
  readonly audience: Channel['audience'];
  readonly settings: string;
}

/** One attempt, as its channel sees it. */
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
  return state === undefined || state.settings !== settings || !isPutOff(state.openUntil, now);
}

/** Whether somebody has to do something before a channel works again. */
export function isBroken(
  state: CircuitState | undefined,
  { settings }: { readonly settings: string },
): boolean {
  return state?.brokenSince !== undefined && state.settings === settings;
}

/**
 * The state of a channel after an attempt. Several attempts are on their way together, and their answers come in any
 * order: one that began before the circuit opened says nothing about that.
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
  // One of several that were on their way together.
  if (known?.brokenSince !== undefined && isPutOff(known.openUntil, now)) return known;
  const refusals = outcome.notHere === true ? (known?.refusals ?? 0) + 1 : 0;
  const opening = openingAfter(known, channel, { outcome, refusals });
  // An outcome of one event says nothing about the channel, but for the row of refusals that another answer ends.
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

/** How long a failure opens the circuit, and whether the channel counts as broken; nothing when it does not open it. */
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

/** A channel that refuses an event for good has read it: the channel itself works. */
function afterSuccess(known: CircuitState | undefined, now: Date, startedAt: Date): CircuitState | undefined {
  if (known === undefined || !isPutOff(known.openUntil, startedAt)) return undefined;
  return known.brokenSince === undefined ? withoutRefusals(known, now) : known;
}

function withoutRefusals(known: CircuitState | undefined, now: Date): CircuitState | undefined {
  if (known === undefined || known.refusals === 0) return known;
  return isPutOff(known.openUntil, now) ? { ...known, refusals: 0 } : undefined;
}

/** Whether nothing arrived and nothing was refused for good. */
export function isFailure({ class: outcomeClass }: { readonly class: Outcome['class'] }): boolean {
  return outcomeClass !== 'delivered' && outcomeClass !== 'permanent';
}

/** An answer that asks for a shorter pause, or for none, does not shorten one that was asked for. */
function laterEnd(known: CircuitState | undefined, openUntil: string, now: Date): string {
  const before = known !== undefined && isPutOff(known.openUntil, now) ? [known.openUntil] : [];
  return new Date(Math.max(...[...before, openUntil].map(Date.parse))).toISOString();
}
