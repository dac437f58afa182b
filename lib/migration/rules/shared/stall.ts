import { defined } from '../../../base/defined.ts';
import type { Stall } from '../../../events/event.ts';
import type { Stats } from '../../model/enrichment.ts';
import type { MigrationRun } from '../../model/run.ts';

/** The movement that a look shows: nothing new, a stall, or the end of one. */
export interface Movement {
  /** The same run when there is nothing to remember. */
  readonly run: MigrationRun;
  readonly stalled?: Stall;
  readonly resumed?: Stall;
}

/** A stall with the figures of this look. */
export function stallOf(kind: Stall['kind'], since: string, stats: Stats | undefined): Stall {
  const { progressPercent, targetKeys, offset, inputKbps } = stats ?? {};
  return defined({ kind, since, percent: progressPercent, targetKeys, offset, inputKbps });
}
