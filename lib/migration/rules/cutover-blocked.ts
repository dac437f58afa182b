import { defined } from '../../base/defined.ts';
import type { Readiness } from '../../events/event.ts';
import { valueIn } from '../model/enrichment.ts';
import type { MigrationRun, Waiting } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import { emit, type Update, withRun } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { evaluateRun, explained, type Unready } from './shared/readiness-evaluation.ts';

/**
 * Announces why a replication does not become ready. Stays silent where an event of the project has announced that the
 * statistics of all tasks fail.
 */
export function cutoverBlocked(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  const { standing, thresholds, enrichment, observation } = context;
  if (run === undefined || observation.taskStatus === SWITCHED) return update;
  const evaluation = evaluateRun(run, context);
  if (run.ready?.announced !== undefined || evaluation.kind === 'in step') return update;
  const isSaid = valueIn(enrichment.stats) === undefined && enrichment.project?.isStatsFailureAnnounced;
  const isAsked = enrichment.stats !== undefined && enrichment.stats.kind !== 'skipped';
  if (isSaid || !isAsked) return update;
  const waited = countBlockedLooks(run, evaluation, thresholds.cutover.blockedAfter);
  const next = withRun(update, waited.run);
  if (!waited.isDue) return next;
  const { unmet } = evaluation;
  const facts = {
    standing,
    transition: evaluation.kind === 'unknown' ? 'not_known' : 'not_ready',
    readiness: { ...explained(evaluation), unmet },
    severity: 'action',
  } as const;
  return emit(next, context, 'dcs.migration.cutover_blocked', facts);
}

/** The result of a look at a replication that is not ready. */
export interface BlockedCount {
  readonly run: MigrationRun;
  /** Set when the reason is to be announced. */
  readonly isDue?: true;
}

/**
 * Counts looks at a replication that is neither ready nor getting better. After one announcement, the next one needs
 * another reason for as many looks in a row, or a readiness in between.
 *
 * @returns the same run when there is nothing to write
 */
export function countBlockedLooks(run: MigrationRun, evaluation: Unready, looks: number): BlockedCount {
  const before = run.waiting ?? { looks: 0 };
  const kind = evaluation.kind === 'unknown' ? 'unknown' : 'behind';
  if (before.announced !== undefined) return { run: waitingFor(run, afterWord(before, kind, looks)) };
  const better = bettered(before, evaluation.basis);
  if (better !== undefined) return { run: waitingFor(run, { ...better, looks: 1 }) };
  const counted = before.looks + 1;
  if (counted < looks) return { run: waitingFor(run, { ...before, looks: counted }) };
  return { run: waitingFor(run, { ...before, looks: 0, announced: kind }), isDue: true };
}

function waitingFor(run: MigrationRun, waiting: Waiting): MigrationRun {
  return run.waiting === waiting ? run : { ...run, waiting };
}

function afterWord(before: Waiting, kind: Waiting['announced'], looks: number): Waiting {
  if (kind === before.announced) return before.looks === 0 ? before : { ...before, looks: 0 };
  const { announced: _other, ...anew } = before;
  return before.looks + 1 >= looks ? { ...anew, looks: 0 } : { ...before, looks: before.looks + 1 };
}

/**
 * The share of the least lag so far, below which a lag counts as better. A slow catch-up of hours passes it, mere
 * wavering does not.
 */
const BETTER = 0.99;

/** The new count for a replication that got better; nothing when it did not. */
function bettered(before: Waiting, { offset, keyGapPercent }: Readiness): Waiting | undefined {
  const isLess = (least: number | undefined, here: number | undefined): boolean =>
    here !== undefined && (least === undefined || here < least * BETTER);
  if (!isLess(before.offset, offset) && !isLess(before.keyGapPercent, keyGapPercent)) return undefined;
  const least = (one: number | undefined, other: number | undefined) =>
    one === undefined ? other : Math.min(one, other ?? one);
  const [lag, gap] = [least(before.offset, offset), least(before.keyGapPercent, keyGapPercent)];
  return defined({ ...before, offset: lag, keyGapPercent: gap });
}
