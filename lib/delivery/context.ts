import type { Clock } from '../base/time/clock.ts';
import type { Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Overview } from '../events/overview.ts';
import type { HeldRecord } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { ChannelHealth } from './health/channel-health.ts';
import type { Revalidate } from './outbox/revalidation.ts';

/** Everything that each run works with: a tick, its deliveries, a redrive. */
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
  /** When the next run begins: it goes on with what is left. By {@link Clock.elapsed}; default: `endsAt`. */
  readonly nextTickAt?: number;
  /** Re-checks events that a program may act on. Without it they wait for a run that can. */
  readonly revalidate?: Revalidate;
  /** Where the subject of a record stands, as far as this run knows; nothing where only its events say it. */
  readonly overviewOf?: (held: HeldRecord) => Overview | undefined;
  /** Whether the task or group of an event was looked at in this run: only then is it re-checked. Default: it was. */
  readonly isLookedAt?: (event: MigrationEvent) => boolean;
  /** Whether deliveries to channels that are not among these are cancelled. Default: they are. */
  readonly cancelRemoved?: boolean;
}
