import { isDeepStrictEqual } from 'node:util';
import type { Claim, WatcherState } from '../../records/record.ts';

/** Names of the channels of a partition, sorted. */
type ChannelNames = NonNullable<WatcherState['partitions']>[string];

/** The claim on a partition in one record. */
export interface PartitionClaim {
  readonly channels: ChannelNames | undefined;
  readonly claim: Claim | undefined;
}

/** The claims of this run's configuration, and when it was loaded. */
export interface ConfigurationClaims {
  readonly channels: ChannelNames;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
}

/**
 * The time that the newest configuration has to defend a claim that another one contests. Its ticks are seldom further
 * apart, and until then the only harm is a late cancellation.
 */
const ANSWERED_WITHIN_MS = 3 * 3_600_000;
/** A claim that was just defended is not contested again for this long, because each contest costs two writes. */
const DEFENDED_FOR_MS = 3_600_000;

/**
 * Decides which configuration names the channels of a partition: the one that was loaded last. Each machine dates that
 * by its own clock, so an older configuration may contest a claim (the newer one was rolled back, or a clock was
 * wrong), and wins when nobody defends the claim.
 *
 * @returns the claim to write; the same object when there is nothing to write
 */
export function claimed(before: PartitionClaim, mine: ConfigurationClaims, now: Date): PartitionClaim {
  const { channels, claim } = before;
  const own: PartitionClaim = {
    channels: mine.channels,
    claim: { loadedAt: new Date(mine.loadedAt).toISOString() },
  };
  if (channels === undefined) return own;
  if (isDeepStrictEqual(channels, mine.channels))
    return claim?.contestedAt === undefined ? before : defended(before, claim, now);
  if (claim === undefined || mine.loadedAt >= Date.parse(claim.loadedAt)) return own;
  return contested(before, claim, now) ?? { ...own, claim: { loadedAt: now.toISOString() } };
}

function defended(before: PartitionClaim, { loadedAt }: Claim, now: Date): PartitionClaim {
  return { ...before, claim: { loadedAt, defendedAt: now.toISOString() } };
}

/** @returns nothing when nobody defended the contested claim in time */
function contested(before: PartitionClaim, claim: Claim, now: Date): PartitionClaim | undefined {
  const { loadedAt, contestedAt, defendedAt } = claim;
  if (contestedAt !== undefined && ageOf(contestedAt, now) >= 0) {
    return ageOf(contestedAt, now) < ANSWERED_WITHIN_MS ? before : undefined;
  }
  const isDefended = defendedAt !== undefined && Math.abs(ageOf(defendedAt, now)) < DEFENDED_FOR_MS;
  return isDefended ? before : { ...before, claim: { loadedAt, contestedAt: now.toISOString() } };
}

/** Milliseconds; negative for a time that a wrong clock dated ahead. */
function ageOf(time: string, now: Date): number {
  return now.getTime() - Date.parse(time);
}
