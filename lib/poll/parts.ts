import type { Delivery } from '../delivery/deliver.ts';
import type { Commit } from './commit.ts';
import type { Coverage } from './coverage.ts';
import type { GroupChecks } from './groups/checks.ts';
import type { Known } from './load/known.ts';

/** The parts of one tick while it runs. */
export interface TickParts {
  readonly known: Known;
  readonly coverage: Coverage;
  readonly delivery: Delivery;
  readonly groups: GroupChecks;
  readonly commit: Commit;
}
