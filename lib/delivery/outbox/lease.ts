import type { Lease, WatchRecord } from '../../migration/model/state.ts';
import { markDeadLettersPossible } from './dead-letter-mark.ts';

/** The longest that any run lasts: the limit of AWS Lambda. Milliseconds. */
export const LONGEST_RUN_MS = 15 * 60_000;
/** By this much clocks may differ, ahead or behind: a lease outlives its work by it. Milliseconds. */
const GRACE_MS = 30_000;
/**
 * For so long a lease is taken at a time: a message with its acknowledgement takes no longer. It is renewed while the work
 * goes on, so that what a run owed that was killed is free within a minute, however long that run might have lasted.
 */
const WORK_MS = 30_000;

/** What a lease is taken for: whose it is, from when on (milliseconds since the epoch), and for how long. */
export interface LeaseRequest {
  readonly owner: string;
  readonly now: number;
  /** What is left of the run. Milliseconds. */
  readonly leftMs: number;
  /** How long it takes, if that is known. Milliseconds. */
  readonly workMs?: number;
}

/** A lease for the next piece of work. */
export function leaseFor({ owner, now, leftMs, workMs = 0 }: LeaseRequest): Lease {
  const forMs = Math.max(0, Math.min(leftMs, Math.max(WORK_MS, workMs)));
  return { owner, until: new Date(Math.ceil(now + forMs) + GRACE_MS).toISOString() };
}

/**
 * The record under a lease for the next piece of work. Whose lease is taken over did not end in peace: what it buried last
 * may still be owed.
 */
export function withLease(record: WatchRecord, work: LeaseRequest): WatchRecord {
  return { ...takeOver(record, work.owner), lease: leaseFor(work) };
}

/**
 * Whether a record is under a lease of this owner that covers the work, so that nobody else begins it meanwhile. One that
 * ends later than any lease can covers nothing: since it was taken the clock was set back, and others take it for free.
 */
export function covers({ lease }: WatchRecord, { owner, now, workMs = 0 }: LeaseRequest): boolean {
  if (lease?.owner !== owner || isStale(lease, now)) return false;
  return Date.parse(lease.until) - GRACE_MS >= now + workMs;
}

/** What another run left under its lease is in doubt. */
export function takeOver(record: WatchRecord, owner: string): WatchRecord {
  return record.lease === undefined || record.lease.owner === owner
    ? record
    : markDeadLettersPossible(record);
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
export function withoutLease(record: WatchRecord): WatchRecord {
  const { lease: _ended, ...rest } = record;
  return rest;
}
