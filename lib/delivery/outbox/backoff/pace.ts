import type { Outcome } from '../../../channels/channel.ts';
import type { ChannelPace } from '../../../records/record.ts';

/** An outcome with its meaning for the channel as a whole. */
export interface ClassifiedOutcome extends Outcome {
  /**
   * The circuit opens for so long, because the receiver asked for a slower pace than a known one. Milliseconds; 0 when the
   * channel goes on at once, only more slowly.
   */
  readonly openMs?: number;
}

/** From one request to the next, where a receiver has answered for the first time that it takes less. Milliseconds. */
const FIRST_EVERY_MS = 1000;
const SLOWEST_MS = 120_000;
/** A receiver that takes requests this soon after each other needs no pace. */
const FASTEST_MS = 20;
/** With each request that is taken the distance to the next becomes shorter, with one that is not it becomes longer. */
const SHORTER = 0.99;
const LONGER = 1.5;
/** A distance this short is waited for in the same run. Milliseconds. */
const WAITED_FOR_MS = 10_000;
/** A receiver that takes nothing at all is left alone for so long, and each time for twice as long, up to a bound. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** A receiver that has asked for nothing for so long is as good as one that never did. Milliseconds. */
const REMEMBERED_MS = 3_600_000;

/** The part of an outcome that says something about the pace. */
interface Answer {
  readonly class: Outcome['class'];
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** Whether a receiver asks to be asked less often, and leaves open how much less: then its pace is found out. */
export function isRateLimited(outcome: Answer): boolean {
  return outcome.class === 'pause' && outcome.status === 429 && outcome.retryAfterMs === undefined;
}

/** Whether a pace still counts. One from the future was learnt by a clock that has been set back since. */
export function isCurrent({ since }: ChannelPace, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(since);
  return ageMs >= 0 && ageMs < REMEMBERED_MS;
}

/**
 * The pace of a receiver after an attempt. The first time that it asks for less it is left alone for a minute. From then on requests keep a distance, which grows when it asks again, and shrinks with all that it takes, until
 * there is none; it is left alone again only if it takes nothing at all.
 *
 * @param before what was known; nothing when there is no pace to keep
 * @param attempt when it began, and when it was over
 * @returns the pace, and how long the circuit opens if the receiver asked for less; milliseconds
 */
export function paceAfter(
  before: ChannelPace | undefined,
  outcome: Answer,
  { startedAt, now }: { readonly startedAt: Date; readonly now: Date },
): { readonly pace: ChannelPace | undefined; readonly openMs?: number } {
  const known = before !== undefined && isCurrent(before, now) ? before : undefined;
  // Several requests that were on their way together ask for less once.
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
