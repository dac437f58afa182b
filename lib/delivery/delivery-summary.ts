import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { StoredRecord } from '../records/record.ts';
import type { HeldRecord } from '../records/records.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import type { DeliveryContext } from './context.ts';
import { leasedUntil } from './outbox/lease.ts';
import { pending, pendingSince } from './outbox/outbox.ts';
import type { RecordSession } from './record-session.ts';
import { recordName, type SessionTally } from './record-writer.ts';
import { silentIn } from './silent.ts';

/** Deliveries of one run. */
export interface DeliverSummary extends PendingCount {
  /** Deliveries that arrived and were acknowledged. An unacknowledged one is still pending, and is sent again. */
  readonly delivered: number;
  readonly dead: number;
  /** Channels that are broken now. */
  readonly broken: readonly BrokenChannel[];
  /** Channels that are not broken, but have taken nothing for a while. */
  readonly silent: readonly BrokenChannel[];
  /** Writes of records that failed. */
  readonly failedRecords: number;
  /**
   * When the last lease of another run ends (ISO 8601); absent when no delivery waits for a lease. That run may have
   * crashed.
   */
  readonly leasedUntil?: string;
  /** Events that revalidations found, and that are stored. */
  readonly events: readonly MigrationEvent[];
}

/** Pending deliveries of some records. */
export interface PendingCount {
  readonly pending: number;
  /** The time of the oldest pending delivery: of its event, or of its redrive (milliseconds since the epoch). */
  readonly pendingSince?: number;
}

export function summarise(
  sessions: readonly RecordSession[],
  given: readonly HeldRecord[],
  context: DeliveryContext,
): DeliverSummary {
  const { health, owner, clock } = context;
  const total = (count: (tally: SessionTally) => number) =>
    sessions.reduce((sum, { tally }) => sum + count(tally), 0);
  const leases = sessions.flatMap((session) => leasedUntil(session.record(), owner, clock.now()) ?? []);
  return defined({
    delivered: total(({ delivered }) => delivered),
    dead: total(({ dead }) => dead) + health.deadLetters(),
    broken: health.broken(),
    silent: silentChannels(given, sessions, context),
    failedRecords: total(({ failed }) => failed) + health.failedWrites(),
    events: sessions.flatMap(({ tally }) => tally.events),
    leasedUntil: leases.toSorted().at(-1),
    ...countPending(sessions.map((session) => session.held())),
  });
}

/** Silent channels, except those that are broken. */
function silentChannels(
  given: readonly HeldRecord[],
  sessions: readonly RecordSession[],
  { channels, health }: DeliveryContext,
): readonly BrokenChannel[] {
  const newest = new Map<string, StoredRecord>([
    ...given.map(({ key, record }) => [recordName(key), record] as const),
    ...sessions.map((session) => [session.name, session.record()] as const),
  ]);
  const broken = new Set(health.broken().map(({ channel }) => channel));
  return silentIn([...newest.values()], channels).filter(({ channel }) => !broken.has(channel));
}

export function countPending(records: readonly { readonly record: StoredRecord }[]): PendingCount {
  const times = records.flatMap(({ record }) =>
    pending(record).map(({ event, delivery }) => Date.parse(pendingSince(delivery) ?? event.time)),
  );
  if (times.length === 0) return { pending: 0 };
  return { pending: times.length, pendingSince: times.reduce((a, b) => Math.min(a, b)) };
}
