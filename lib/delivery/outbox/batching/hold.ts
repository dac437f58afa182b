import type { MutableEvent, MutedTime } from '../../../channels/mutes.ts';
import type { QuietSpans } from '../../../channels/quiet-hours.ts';
import type { Readers } from '../types.ts';

/**
 * The time in which a chat gets no message about an event: its quiet hours, and the mutes of what the event is about.
 * The later end of both counts.
 *
 * @returns nothing when neither quiet hours nor a mute concern the event
 */
export function holdOf({ quiet, mutes }: Readers, event: MutableEvent): QuietSpans | undefined {
  const muted = mutes?.about(event) ?? [];
  return muted.length === 0 ? quiet : heldTogether(quiet, muted);
}

function heldTogether(quiet: QuietSpans | undefined, muted: readonly MutedTime[]): QuietSpans {
  // Mutes and quiet hours may follow each other without a gap.
  const until = (now: number): number | undefined => {
    const end = quiet?.until(now) ?? mutedUntil(muted, now);
    return end === undefined ? undefined : (until(end) ?? end);
  };
  return {
    until,
    coversSome: (since, now) => quiet?.coversSome(since, now) === true || isMutedBetween(muted, since, now),
    after(since, awakeMs) {
      const end = awakeAfter({ since, awakeMs, quiet, muted });
      return until(end) ?? end;
    },
  };
}

/** The end of a mute that is active at `at`. Milliseconds since the epoch. */
export function mutedUntil(muted: readonly MutedTime[], at: number): number | undefined {
  return muted.find(({ from, until }) => from <= at && at < until)?.until;
}

export function isMutedBetween(muted: readonly MutedTime[], since: number, now: number): boolean {
  return muted.some(({ from, until }) => from < until && from <= now && since < until);
}

interface Awake {
  readonly since: number;
  readonly awakeMs: number;
  readonly quiet: QuietSpans | undefined;
  readonly muted: readonly MutedTime[];
}

/** Muted time during quiet hours extends the deadline a second time: too late is better than too early. */
function awakeAfter({ since, awakeMs, quiet, muted }: Awake): number {
  const after = (ms: number) => quiet?.after(since, ms) ?? since + ms;
  let end = after(awakeMs);
  let mutedMs = 0;
  let counted = since;
  for (const { from, until } of muted.toSorted((a, b) => a.from - b.from)) {
    if (from >= end) break;
    mutedMs += Math.max(0, until - Math.max(from, counted));
    counted = Math.max(counted, until);
    end = after(awakeMs + mutedMs);
  }
  return end;
}
