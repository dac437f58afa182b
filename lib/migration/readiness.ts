import type { Ready } from './course.ts';
import type { Readiness } from './event.ts';
import { type Answer, known, type Stats } from './neighbours.ts';
import type { Thresholds } from './thresholds.ts';

/** What one look says about readiness for the cut-over. */
export type Judgement =
  | { readonly kind: 'in step'; readonly basis: Readiness }
  | { readonly kind: 'behind'; readonly basis: Readiness; readonly reason: string }
  /** Not knowing is neither: it is no reason to announce, and at first none to take back. */
  | { readonly kind: 'unknown'; readonly basis: Readiness; readonly reason: string };

/**
 * Whether source and target are in step, by their lag and their key counts. Both must be known: half of the evidence is
 * none when somebody cuts over because of it.
 */
export function judgeReadiness(answer: Answer<Stats> | undefined, { cutover }: Thresholds): Judgement {
  const stats = known(answer);
  const basis = basisOf(stats, cutover);
  const { offset, keyGapPercent } = basis;
  if (stats?.isMigrating === false) {
    return { kind: 'behind', basis, reason: 'the statistics say that it is not migrating' };
  }
  if (offset !== undefined && offset > cutover.maxOffset) {
    return {
      kind: 'behind',
      basis,
      reason: `the lag (offset) is ${offset}, at most ${cutover.maxOffset} is allowed`,
    };
  }
  if (keyGapPercent !== undefined && keyGapPercent > cutover.maxKeyGapPercent) {
    return { kind: 'behind', basis, reason: gapWords(basis) };
  }
  if (offset === undefined || keyGapPercent === undefined) {
    return { kind: 'unknown', basis, reason: unknownWords(answer) };
  }
  return { kind: 'in step', basis };
}

function basisOf(
  stats: Stats | undefined,
  { maxOffset, maxKeyGapPercent, looks }: Thresholds['cutover'],
): Readiness {
  const { offset, sourceKeys, targetKeys } = stats ?? {};
  const gap = keyGap(sourceKeys, targetKeys);
  return {
    ...(offset !== undefined && { offset }),
    maxOffset,
    ...(sourceKeys !== undefined && { sourceKeys }),
    ...(targetKeys !== undefined && { targetKeys }),
    ...(gap !== undefined && { keyGapPercent: gap }),
    maxKeyGapPercent,
    looks,
  };
}

/** Percent of the larger count, rounded up to hundredths: a gap is never made smaller than it is. */
function keyGap(source: number | undefined, target: number | undefined): number | undefined {
  if (source === undefined || target === undefined) return undefined;
  const larger = Math.max(source, target);
  // Multiplied first: a gap of exactly one percent must not come out larger by an error in the last place.
  return larger === 0 ? 0 : Math.ceil((Math.abs(source - target) * 10_000) / larger) / 100;
}

function gapWords({ sourceKeys, targetKeys, keyGapPercent, maxKeyGapPercent }: Readiness): string {
  return `the key counts differ by ${keyGapPercent} % (source ${sourceKeys}, target ${targetKeys}), at most ${maxKeyGapPercent} % is allowed`;
}

function unknownWords(answer: Answer<Stats> | undefined): string {
  switch (answer?.kind) {
    case 'known':
      return 'the statistics lack the lag or the key counts';
    case 'denied':
      return 'the key may not read the statistics';
    case 'missing':
      return 'there are no statistics of this task';
    case 'failed':
      return `the statistics could not be read (${answer.reason})`;
    default:
      return 'the statistics were not read';
  }
}

/** What readiness is after a look, and whether that is to be told. */
export interface Verdict {
  readonly ready: Ready | undefined;
  readonly told?: 'ready' | 'unready';
}

/** Looks in a row that cannot confirm what was announced: one is noise, so many take it back. */
const MOST_DOUBTS = 3;

/**
 * Counts one look. Readiness is announced when it has held for enough looks in a row; it is taken back at the first look
 * that finds it gone, and after a few that cannot tell: somebody may be about to act on it.
 *
 * @returns the same `before` when nothing changed, so that nothing is written
 */
export function countLook(before: Ready | undefined, { kind }: Judgement, looks: number): Verdict {
  if (before?.told !== undefined) return countAnnounced(before, kind);
  if (kind !== 'in step') return { ready: undefined };
  const streak = (before?.streak ?? 0) + 1;
  return { ready: { streak }, ...(streak >= looks && { told: 'ready' as const }) };
}

function countAnnounced(before: Ready, kind: Judgement['kind']): Verdict {
  const { doubts = 0, ...sure } = before;
  if (kind === 'in step') return { ready: doubts === 0 ? before : sure };
  if (kind === 'behind' || doubts + 1 >= MOST_DOUBTS) return { ready: undefined, told: 'unready' };
  return { ready: { ...before, doubts: doubts + 1 } };
}
