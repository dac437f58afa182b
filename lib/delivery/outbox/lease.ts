import type { Lease, StoredRecord } from '../../records/record.ts';
import { markDeadLettersPossible } from './dead-letter-mark.ts';

/** The longest run that any platform allows: AWS Lambda's limit. */
export const LONGEST_RUN_MS = 15 * 60_000;
/** The difference of clocks, ahead or behind, by which a lease outlives its work. */
const GRACE_MS = 30_000;
/**
 * The longest time of one message with its acknowledgement. Long work renews its lease, so that the record of a killed
 * run is free within a minute.
 */
const WORK_MS = 30_000;

/** The work that a lease is taken for. */
export interface LeaseRequest {
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Time left of the run. */
  readonly leftMs: number;
  /** Duration of the work, if it is known. */
  readonly workMs?: number;
}

export function leaseFor({ owner, now, leftMs, workMs = 0 }: LeaseRequest): Lease {
  const forMs = Math.max(0, Math.min(leftMs, Math.max(WORK_MS, workMs)));
  return { owner, until: new Date(Math.ceil(now + forMs) + GRACE_MS).toISOString() };
}

/** Puts the record under a lease for the next piece of work. */
export function withLease(record: StoredRecord, work: LeaseRequest): StoredRecord {
  return { ...takeOver(record, work.owner), lease: leaseFor(work) };
}

/**
 * Whether a lease of this owner covers the work. A lease that ends impossibly late covers nothing: the clock was set
 * back since, and other runs consider the record free.
 */
export function covers({ lease }: StoredRecord, { owner, now, workMs = 0 }: LeaseRequest): boolean {
  if (lease?.owner !== owner || isStale(lease, now)) return false;
  return Date.parse(lease.until) - GRACE_MS >= now + workMs;
}

/**
 * Marks a record that another run left under a lease: that run may have crashed between storing dead letters and
 * removing their deliveries.
 */
export function takeOver(record: StoredRecord, owner: string): StoredRecord {
  return record.lease === undefined || record.lease.owner === owner
    ? record
    : markDeadLettersPossible(record);
}

/**
 * Whether `owner` may deliver from a record. An expired lease does not count, nor does one that ends impossibly late: a
 * wrong clock wrote it.
 */
export function mayDeliver(record: StoredRecord, owner: string, now: number): boolean {
  return leasedUntil(record, owner, now) === undefined;
}

/** Until when another run may deliver from a record (ISO 8601, UTC); nothing when `owner` may. */
export function leasedUntil({ lease }: StoredRecord, owner: string, now: number): string | undefined {
  const isFree = lease === undefined || lease.owner === owner || isStale(lease, now);
  return isFree ? undefined : lease.until;
}

function isStale({ until }: Lease, now: number): boolean {
  const end = Date.parse(until);
  return end <= now || end > now + LONGEST_RUN_MS + 2 * GRACE_MS;
}

export function withoutLease(record: StoredRecord): StoredRecord {
  const { lease: _ended, ...rest } = record;
  return rest;
}
