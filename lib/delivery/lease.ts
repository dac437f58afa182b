import type { Lease, WatchRecord } from '../migration/record.ts';
import { inDoubt } from './doubt.ts';

/** The longest that any run lasts: the limit of AWS Lambda. Milliseconds. */
export const LONGEST_RUN_MS = 15 * 60_000;
/** By this much clocks may differ, ahead or behind: a lease outlives its run by it. Milliseconds. */
const GRACE_MS = 30_000;

/** A lease for a run that ends at `endsAt` (milliseconds since the epoch). */
export function leaseFor(owner: string, endsAt: number): Lease {
  return { owner, until: new Date(endsAt + GRACE_MS).toISOString() };
}

/**
 * The record under the lease of a run that ends at `endsAt` (milliseconds since the epoch). Whose lease is taken over did
 * not end in peace: what it buried last may still be owed.
 */
export function leased(record: WatchRecord, owner: string, endsAt: number): WatchRecord {
  return { ...takenOver(record, owner), lease: leaseFor(owner, endsAt) };
}

/** What another run left under its lease is in doubt. */
export function takenOver(record: WatchRecord, owner: string): WatchRecord {
  return record.lease === undefined || record.lease.owner === owner ? record : inDoubt(record);
}

/**
 * Whether `owner` may deliver from a record. A lease that has expired is free, and so is one that ends later than any
 * lease can: whoever wrote it had a wrong clock.
 */
export function mayDeliver(record: WatchRecord, owner: string, now: number): boolean {
  return leasedUntil(record, owner, now) === undefined;
}

/** Until when another run may deliver from a record (ISO 8601, UTC); nothing when `owner` may. */
export function leasedUntil({ lease }: WatchRecord, owner: string, now: number): string | undefined {
  const isFree = lease === undefined || lease.owner === owner || isStale(lease, now);
  return isFree ? undefined : lease.until;
}

function isStale({ until }: Lease, now: number): boolean {
  const end = Date.parse(until);
  return end <= now || end > now + LONGEST_RUN_MS + 2 * GRACE_MS;
}

/** The record without its lease. */
export function released(record: WatchRecord): WatchRecord {
  const { lease: _ended, ...rest } = record;
  return rest;
}
