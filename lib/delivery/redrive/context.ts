import type { WatchedProject } from '../../migration/project/health.ts';
import type { RunContext } from '../context.ts';
import type { MutableGroup } from '../mutes.ts';

/** Everything that a redrive or a retry works with. */
export interface RedriveContext extends RunContext {
  /** Projects of the configuration. */
  readonly projects: readonly WatchedProject[];
  /** Groups of the configuration. */
  readonly groups: readonly MutableGroup[];
  /** Time for the deliveries of one batch. */
  readonly budgetMs: number;
}
