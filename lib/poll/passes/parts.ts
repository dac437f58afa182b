import type { CheckParts, GroupChecks } from '../groups/checks.ts';

/** The parts of one tick while it runs. */
export interface TickParts extends CheckParts {
  readonly groups: GroupChecks;
}
