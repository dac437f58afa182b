import type { Clock } from '../base/time/clock.ts';
import type { Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Overview } from '../events/overview.ts';
import type { HeldRecord } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { ChannelHealth } from './health/channel-health.ts';
import type { Revalidate } from './outbox/revalidation.ts';

/** Everything that every kind of run works with: a tick, its deliveries, a redrive. */
export interface RunContext {
  readonly store: Store;
  /** By name. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Everything that the deliveries of one run work with. */
export interface DeliveryContext extends RunContext {
  readonly health: ChannelHealth;
  /** Names this run in leases. */
  readonly owner: string;
  /** When the run must be over. By {@link Clock.elapsed}. */
  readonly endsAt: number;
  /** When the next run begins, which delivers the rest. By {@link Clock.elapsed}; default: `endsAt`. */
  readonly nextTickAt?: number;
  /** Revalidates events that a program may act on. Without it, such events wait for a run that has it. */
  readonly revalidate?: Revalidate;
  /** The overview of a record's subject; nothing when this run has only the events of the record. */
  readonly overviewOf?: (held: HeldRecord) => Overview | undefined;
  /** Whether this run has looked at the subject of an event, which revalidation requires. Default: it has. */
  readonly isLookedAt?: (event: MigrationEvent) => boolean;
  /** Whether deliveries to channels missing from `channels` are cancelled. Default: they are. */
  readonly cancelRemoved?: boolean;
}
