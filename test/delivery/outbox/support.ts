import type { Outcome, OutcomeClass } from '../../../lib/channels/channel.ts';
import type { PendingDelivery } from '../../../lib/delivery/outbox/types.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const START = new Date('2026-01-05T00:00:00.000Z');
export const EMPTY = newRecord(START);

/** The pending deliveries: `1 ops`. */
export function names(queued: readonly Pick<PendingDelivery, 'event' | 'channel'>[]): string[] {
  return queued.map(({ event, channel }) => `${Number(event.sequence)} ${channel}`);
}

export function outcome(outcomeClass: OutcomeClass, more: Partial<Outcome> = {}): Outcome {
  return { class: outcomeClass, reason: 'as the test wants it', ms: 7, ...more };
}

/** The size of the outbox, as it is stored. */
export function bytesOf({ outbox }: StoredRecord): number {
  return outbox.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
}
