import type { Outcome } from '../../../channels/channel.ts';
import type { ChannelPace } from '../../../records/record.ts';

/** An outcome with its meaning for the channel as a whole. */
export interface ClassifiedOutcome extends Outcome {
  /**
   * The time for which the circuit opens, because the receiver asked for a slower pace; 0 when the channel goes on at
   * once, only more slowly.
   */
  readonly openMs?: number;
}

/** Interval of requests after the first answer that asks for a slower pace. */
const FIRST_EVERY_MS = 1000;
const SLOWEST_MS = 120_000;
/** A receiver that takes requests at this interval needs no pace. */
const FASTEST_MS = 20;
/** Factors of the interval: shorter after each request that the receiver takes, longer after each that it does not. */
const SHORTER = 0.99;
const LONGER = 1.5;
/** The longest interval for which a run waits; for a longer one the circuit opens. */
const WAITED_FOR_MS = 10_000;
/** Pauses for a receiver that takes nothing at all: each is twice as long as the one before, up to a bound. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** A pace is forgotten this long after the receiver last asked for it. */
const REMEMBERED_MS = 3_600_000;

/** The part of an outcome that says something about the pace. */
interface Answer {
  readonly class: Outcome['class'];
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Whether a receiver asks for a slower pace without saying which. The pace is then found by trial. */
export function isRateLimited(outcome: Answer): boolean {
  return outcome.class === 'pause' && outcome.status === 429 && outcome.retryAfterMs === undefined;
}

/** Whether a pace still counts. A clock that was set back since has learnt a pace from the future. */
export function isCurrent({ since }: ChannelPace, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(since);
  return ageMs >= 0 && ageMs < REMEMBERED_MS;
}

/**
 * The pace of a receiver after an attempt. Its first request to slow down opens the circuit for a minute. After that,
 * requests keep an interval, which grows when the receiver asks again and shrinks with each request that it takes,
 * until there is none. The circuit opens again only if the receiver takes nothing at all.
 *
 * @param before the known pace; nothing when there is none
 * @param attempt when it began, and when it was over
 * @returns the pace, and how long the circuit opens if the receiver asked for less; milliseconds
 */
export function paceAfter(
  before: ChannelPace | undefined,
  outcome: Answer,
  { startedAt, now }: { readonly startedAt: Date; readonly now: Date },
): { readonly pace: ChannelPace | undefined; readonly openMs?: number } {
  const known = before !== undefined && isCurrent(before, now) ? before : undefined;
  // Answers to parallel requests count as one request to slow down.
  const isNews = known === undefined || startedAt.getTime() > Date.parse(known.since);
  if (isRateLimited(outcome)) return isNews ? slower(known, now) : { pace: known, openMs: 0 };
  const isTaken = outcome.class === 'delivered' || outcome.class === 'permanent';
  return { pace: isTaken && isNews ? faster(known) : known };
}

function slower(known: ChannelPace | undefined, now: Date): { pace: ChannelPace; openMs: number } {
  const since = now.toISOString();
  if (known === undefined) {
    return { pace: { everyMs: FIRST_EVERY_MS, since, refusals: 1 }, openMs: FIRST_PAUSE_MS };
  }
  const refusals = known.refusals + 1;
  if (refusals > 1) {
    const openMs = Math.min(FIRST_PAUSE_MS * 2 ** (refusals - 2), LONGEST_PAUSE_MS);
    return { pace: { ...known, since, refusals }, openMs };
  }
  const everyMs = Math.min(known.everyMs * LONGER, SLOWEST_MS);
  return { pace: { everyMs, since, refusals }, openMs: everyMs > WAITED_FOR_MS ? everyMs : 0 };
}

function faster(known: ChannelPace | undefined): ChannelPace | undefined {
  if (known === undefined) return undefined;
  const everyMs = known.everyMs * SHORTER;
  return everyMs < FASTEST_MS ? undefined : { ...known, everyMs, refusals: 0 };
}
