import type { Clock } from '../../base/clock.ts';
import type { Channel } from '../../channels/channel.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../telemetry/log.ts';

/** Everything that a redrive or a retry works with. */
export interface RedriveContext {
  /** Projects of the configuration. */
  readonly projects: readonly WatchedProject[];
  /** By name. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1). */
  readonly random: () => number;
  /** Time for the deliveries of one batch. */
  readonly patienceMs: number;
}
