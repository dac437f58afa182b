import type { StoredRecord } from './record.ts';

/** The record of a discovered and deleted task is kept this long: its dead letters can be sent again. */
const KEPT_AFTER_DELETION_MS = 90 * 24 * 3_600_000;

/**
 * Records of discovered tasks end, so that tasks that come and go do not pile up; none does while it has pending
 * deliveries. A task that the configuration names is kept for ever.
 *
 * @returns until when a record is kept, in milliseconds since the epoch; nothing: for ever
 */
export function keptUntil({ state: { standing, discoveredBy }, outbox }: StoredRecord): number | undefined {
  if (discoveredBy === undefined || standing?.phase !== 'gone' || outbox.length > 0) return undefined;
  return Date.parse(standing.since) + KEPT_AFTER_DELETION_MS;
}
