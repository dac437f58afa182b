import type { Channel } from '../../../channels/channel.ts';
import type { CircuitState } from '../../../migration/model/state.ts';
import type { ClassifiedOutcome } from './pace.ts';
import { isPutOff, pauseMs } from './retry-policy.ts';

/** A channel that is broken is tried this seldom, in case somebody has mended what is not in its settings. */
const PROBE_MS = 30 * 60_000;
/** A token that is being renewed, a backend that is being replaced: once or twice. This often in a row is no accident. */
const REFUSALS_UNTIL_BROKEN = 3;
/** Several requests may be refused in the same moment: the first trials come sooner, in case it was only that moment. */
const FIRST_PROBES_MS = [60_000, 5 * 60_000];

type Described = Pick<Channel, 'audience' | 'settings'>;

/** Whether a channel may be told something now. Settings that were changed are given a chance at once. */
export function allows(state: CircuitState | undefined, { settings }: Described, now: Date): boolean {
  return state === undefined || state.settings !== settings || !isPutOff(state.openUntil, now);
}

/** Whether somebody has to do something before a channel works again. */
export function isBroken(state: CircuitState | undefined, { settings }: Described): boolean {
  return state?.brokenSince !== undefined && state.settings === settings;
}

/**
 * What an attempt says about its channel as a whole. Several are on their way together, and their answers come in any
 * order: one that began before the channel was to rest says nothing of that rest.
 *
 * @param startedAt when the attempt began
 * @returns the state to remember; nothing when the channel is fine
 */
export function stateAfter(
  before: CircuitState | undefined,
  outcome: ClassifiedOutcome,
  { audience, settings }: Described,
  now: Date,
  startedAt = now,
): CircuitState | undefined {
  const known = before?.settings === settings ? before : undefined;
  if (!isFailure(outcome) && outcome.notHere !== true) return afterSuccess(known, now, startedAt);
  // One of several that were on their way together.
  if (known?.brokenSince !== undefined && isPutOff(known.openUntil, now)) return known;
  const refusals = outcome.notHere === true ? (known?.refusals ?? 0) + 1 : 0;
  const next = (restMs: number, more: Pick<CircuitState, 'brokenSince'> = {}): CircuitState => ({
    settings,
    reason: outcome.reason,
    openUntil: laterRest(known, new Date(now.getTime() + restMs).toISOString(), now),
    refusals,
    ...more,
  });
  const wasBroken = known?.brokenSince !== undefined;
  if (outcome.class === 'broken' || wasBroken || refusals >= REFUSALS_UNTIL_BROKEN) {
    const restMs = FIRST_PROBES_MS[refusals - REFUSALS_UNTIL_BROKEN] ?? PROBE_MS;
    return next(restMs, { brokenSince: known?.brokenSince ?? now.toISOString() });
  }
  if (outcome.class === 'pause') return next(outcome.restMs ?? pauseMs(audience, outcome.retryAfterMs));
  if (refusals > 0) return next(0);
  // Trouble with one event says nothing about the channel, but for the row of refusals that another answer ends.
  return outcome.status === undefined ? known : withoutRefusals(known, now);
}

/** An event that is refused for good was judged: the channel itself works. */
function afterSuccess(known: CircuitState | undefined, now: Date, startedAt: Date): CircuitState | undefined {
  if (known === undefined || !isPutOff(known.openUntil, startedAt)) return undefined;
  return known.brokenSince === undefined ? withoutRefusals(known, now) : known;
}

function withoutRefusals(known: CircuitState | undefined, now: Date): CircuitState | undefined {
  if (known === undefined || known.refusals === 0) return known;
  return isPutOff(known.openUntil, now) ? { ...known, refusals: 0 } : undefined;
}

/** Whether nothing arrived and nothing was judged. */
export function isFailure(outcome: Pick<ClassifiedOutcome, 'class'>): boolean {
  return outcome.class !== 'delivered' && outcome.class !== 'permanent';
}

/** A rest that was asked for is not made shorter by an answer that asks for less, or for none. */
function laterRest(known: CircuitState | undefined, restUntil: string, now: Date): string {
  const before = known !== undefined && isPutOff(known.openUntil, now) ? [known.openUntil] : [];
  return new Date(Math.max(...[...before, restUntil].map(Date.parse))).toISOString();
}
