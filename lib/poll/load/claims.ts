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
 * So long whoever has the newest configuration may keep silent about a claim that another one contests. Its ticks are
 * seldom further apart; until then what was cancelled too late is the only harm.
 */
const ANSWERED_WITHIN_MS = 3 * 3_600_000;
/** A claim that was just defended is not contested again at once: each time costs two writes. */
const DEFENDED_FOR_MS = 3_600_000;

/**
 * Whose word counts about the channels of a partition: that of the configuration that was loaded last. Loading is dated
 * by the clock of each machine, so an older one may contest a claim (a newer one was rolled back, or a clock was wrong),
 * and gets its way when nobody answers.
 *
 * @returns what is to be written; the very same when that is nothing
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

/** @returns nothing when the claim was contested for so long that nobody can be there to defend it */
function contested(before: PartitionClaim, claim: Claim, now: Date): PartitionClaim | undefined {
  const { loadedAt, contestedAt, defendedAt } = claim;
  if (contestedAt !== undefined && ageOf(contestedAt, now) >= 0) {
    return ageOf(contestedAt, now) < ANSWERED_WITHIN_MS ? before : undefined;
  }
  const isDefended = defendedAt !== undefined && Math.abs(ageOf(defendedAt, now)) < DEFENDED_FOR_MS;
  return isDefended ? before : { ...before, claim: { loadedAt, contestedAt: now.toISOString() } };
}

/** Milliseconds; negative for what a wrong clock has dated ahead. */
function ageOf(time: string, now: Date): number {
  return now.getTime() - Date.parse(time);
}
