import type { StoredRecord } from './record.ts';

/** The record of a discovered and deleted task is kept this long: its dead letters can be sent again. */
const KEPT_AFTER_DELETION_MS = 90 * 24 * 3_600_000;

/**
 * The records of deleted tasks expire if a pattern discovered the task and no delivery is pending, so that short-lived
 * tasks do not pile up. A task that the configuration names is kept for ever.
 *
 * @returns the time of expiry in milliseconds since the epoch; nothing if the record is kept for ever
 */
export function keptUntil({ state: { standing, discoveredBy }, outbox }: StoredRecord): number | undefined {
  if (discoveredBy === undefined || standing?.phase !== 'gone' || outbox.length > 0) return undefined;
  return Date.parse(standing.since) + KEPT_AFTER_DELETION_MS;
}
