import { reasonOf } from '../base/errors.ts';
import { leaveMark } from '../records/mark.ts';
import type { TickContext, TickStats } from './context.ts';

/** The result of a tick, as its mark records it. */
interface TickOutcome {
  readonly tasks: number;
  readonly failedRecords: number;
  readonly ms: number;
}

/**
 * Marks a good tick: it read and saved its records, and at least one look succeeded or none was due. A mark that is not
 * saved only makes the last good tick seem older than it is.
 */
export async function markTick(outcome: TickOutcome, context: TickContext): Promise<void> {
  const { store, clock, log, stats, endsAt, outline, onlyProjectId, knownMarks } = context;
  const { tasks, ms } = outcome;
  // Each of the other runs marks its own project.
  if (onlyProjectId === undefined && context.elsewhere !== undefined) return;
  if (!isGood(outcome, stats) || clock.elapsed() >= endsAt) return;
  const at = new Date(clock.now() - ms).toISOString();
  const { failedLooks } = stats;
  const skippedLooks = stats.skippedLooks + stats.listedOnly;
  try {
    const mark = { at, tasks, failedLooks, skippedLooks, ms, outline };
    await leaveMark(store, mark, { projectId: onlyProjectId, known: knownMarks });
  } catch (error) {
    log({ kind: 'problem', message: `the mark of this tick was not saved: ${reasonOf(error)}` });
  }
}

function isGood({ failedRecords }: TickOutcome, stats: TickStats): boolean {
  const { looks, failedLooks, cooldownLooks, skippedLooks } = stats;
  const isNothingDue = looks === 0 && cooldownLooks === 0 && skippedLooks === 0;
  return failedRecords === 0 && (looks > failedLooks || isNothingDue);
}
