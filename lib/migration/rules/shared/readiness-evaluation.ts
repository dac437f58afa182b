import { defined } from '../../../base/defined.ts';
import type { Because, Readiness, Unmet } from '../../../events/event.ts';
import { en } from '../../../language/en.ts';
import { type CallResult, type Stats, valueIn } from '../../model/enrichment.ts';
import type { MigrationRun } from '../../model/run.ts';
import type { Thresholds } from '../../model/thresholds.ts';
import type { RuleContext } from '../context.ts';

/**
 * The readiness for the cut-over that one look found: `in step`; `near`: too far to announce readiness, near enough to
 * keep it; `behind`; `lost`: so far behind that no burst of writes explains it, or not migrating at all. `unknown`
 * announces nothing, and only repeated it retracts readiness.
 */
export type ReadinessEvaluation =
  | { readonly kind: 'in step'; readonly basis: Readiness }
  | {
      readonly kind: 'near' | 'behind' | 'lost' | 'unknown';
      readonly basis: Readiness;
      readonly because: Because;
      readonly unmet: readonly Unmet[];
    };

/** A replication that is not in step. */
export type Unready = Exclude<ReadinessEvaluation, { kind: 'in step' }>;

/** Multiples of the limits that no burst of writes explains, so that readiness is retracted at once. */
const LOST = {
  offsetTimes: 1000,
  leastOffset: 100000000,
  keyGapTimes: 10,
  leastKeyGapPercent: 20,
} as const;

/** The difference in percent of the larger count, rounded up to hundredths so that no gap looks smaller than it is. */
function keyGap(source: number | undefined, target: number | undefined): number | undefined {
  if (source === undefined || target === undefined) return undefined;
  const larger = Math.max(source, target);
  // Multiplies first, so that a rounding error never enlarges a gap of exactly one percent.
  return larger === 0 ? 0 : Math.ceil((Math.abs(source - target) * 10000) / larger) / 100;
}

function basisOf(
  stats: Stats | undefined,
  {
    maxOffset,
    maxKeyGapPercent,
    looks,
    unreadyOffset,
    unreadyKeyGapPercent,
    unreadyLooks,
  }: Thresholds['cutover'],
): Readiness {
  const { offset, sourceKeys, targetKeys } = stats ?? {};
  return defined({
    offset,
    maxOffset,
    sourceKeys,
    targetKeys,
    keyGapPercent: keyGap(sourceKeys, targetKeys),
    maxKeyGapPercent,
    looks,
    unreadyOffset,
    unreadyKeyGapPercent,
    unreadyLooks,
  });
}

/** The most important reason: known problems come before unknown facts. */
function becauseOf(unmet: readonly Unmet[], answer: CallResult<Stats> | undefined): Because {
  if (unmet.includes('not migrating')) return { code: 'not_migrating' };
  if (unmet.includes('lag') || unmet.includes('keys')) return { code: 'figures' };
  switch (answer?.kind) {
    case 'known':
      return { code: 'figures_missing' };
    case 'denied':
      return { code: 'statistics_denied' };
    case 'missing':
      return { code: 'statistics_missing' };
    case 'failed':
      return { code: 'statistics_failed', failure: answer.reason };
    default:
      return { code: 'statistics_not_read' };
  }
}

function kindOf(
  unmet: readonly Unmet[],
  { offset = 0, keyGapPercent = 0 }: Readiness,
  { unreadyOffset, unreadyKeyGapPercent }: Thresholds['cutover'],
): Exclude<ReadinessEvaluation['kind'], 'in step'> {
  const lostOffset = Math.max(unreadyOffset * LOST.offsetTimes, LOST.leastOffset);
  const lostGap = Math.min(100, Math.max(unreadyKeyGapPercent * LOST.keyGapTimes, LOST.leastKeyGapPercent));
  const isLost = offset > lostOffset || (keyGapPercent >= lostGap && keyGapPercent > unreadyKeyGapPercent);
  if (unmet.includes('not migrating') || isLost) return 'lost';
  if (offset > unreadyOffset || keyGapPercent > unreadyKeyGapPercent) return 'behind';
  return unmet.includes('lag unknown') || unmet.includes('keys unknown') ? 'unknown' : 'near';
}

/**
 * Evaluates the lag and the key counts of source and target. Both must be known, because half of the evidence is not
 * enough for a cut-over.
 */
export function evaluateStats(
  answer: CallResult<Stats> | undefined,
  { cutover }: Thresholds,
): ReadinessEvaluation {
  const stats = valueIn(answer);
  const basis = basisOf(stats, cutover);
  const { offset, keyGapPercent } = basis;
  const unmet: readonly Unmet[] = [
    ...(stats?.isMigrating === false ? ['not migrating' as const] : []),
    ...(offset === undefined ? ['lag unknown' as const] : offset > cutover.maxOffset ? ['lag' as const] : []),
    ...(keyGapPercent === undefined
      ? ['keys unknown' as const]
      : keyGapPercent > cutover.maxKeyGapPercent
        ? ['keys' as const]
        : []),
  ];
  if (unmet.length === 0) return { kind: 'in step', basis };
  const because = becauseOf(unmet, answer);
  return { kind: kindOf(unmet, basis, cutover), basis, because, unmet };
}

export function evaluateRun(run: MigrationRun, { enrichment, thresholds }: RuleContext): ReadinessEvaluation {
  return evaluateReadiness(run, enrichment.stats, thresholds);
}

/**
 * The evaluation of a look. While the end of an IP switch is unknown, so is readiness: clients may already use the
 * target.
 *
 * @param answer the statistics of the look
 */
export function evaluateReadiness(
  run: MigrationRun,
  answer: CallResult<Stats> | undefined,
  thresholds: Thresholds,
): ReadinessEvaluation {
  const evaluation = evaluateStats(answer, thresholds);
  const isOpen = run.switchOpen && (evaluation.kind === 'in step' || evaluation.kind === 'near');
  if (!isOpen) return evaluation;
  return { kind: 'unknown', basis: evaluation.basis, because: { code: 'switch_open' }, unmet: [] };
}

/** The basis of an evaluation that is not `in step`, with the reason. */
export function explained({ basis, because, unmet }: Unready): Readiness {
  return { ...basis, reason: en.reasons[because.code](because, basis, unmet), because };
}
