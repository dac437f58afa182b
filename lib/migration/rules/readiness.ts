import type { Readiness, Unmet } from '../../events/event.ts';
import { bytesWords } from '../../language/format.ts';
import { type Answer, known, type Stats } from '../model/enrichment.ts';
import type { Course, Ready } from '../model/run.ts';
import type { Thresholds } from '../model/thresholds.ts';

/**
 * What one look says about readiness for the cut-over: `in step`; `near`, not so near that it would be announced, but near
 * enough to stay ready; `behind`; `lost`, so far behind that no burst of writes explains it, or not migrating at all.
 * `unknown` is neither: it is no reason to announce, and at first none to take back.
 */
export type Judgement =
  | { readonly kind: 'in step'; readonly basis: Readiness }
  | {
      readonly kind: 'near' | 'behind' | 'lost' | 'unknown';
      readonly basis: Readiness;
      readonly reason: string;
      readonly unmet: readonly Unmet[];
    };

/** So many times the limits are no burst of writes at the source: that takes readiness back at once. */
const LOST = {
  offsetTimes: 1000,
  leastOffset: 100_000_000,
  keyGapTimes: 10,
  leastKeyGapPercent: 20,
} as const;

/**
 * Whether source and target are in step, by their lag and their key counts. Both must be known: half of the evidence is
 * none when somebody cuts over because of it.
 */
export function judgeReadiness(answer: Answer<Stats> | undefined, { cutover }: Thresholds): Judgement {
  const stats = known(answer);
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
  const reason = reasonFor(unmet, basis, cutover, answer);
  return { kind: kindOf(unmet, basis, cutover), basis, reason, unmet };
}

function kindOf(
  unmet: readonly Unmet[],
  { offset = 0, keyGapPercent = 0 }: Readiness,
  { unreadyOffset, unreadyKeyGapPercent }: Thresholds['cutover'],
): Exclude<Judgement['kind'], 'in step'> {
  const lostOffset = Math.max(unreadyOffset * LOST.offsetTimes, LOST.leastOffset);
  const lostGap = Math.min(100, Math.max(unreadyKeyGapPercent * LOST.keyGapTimes, LOST.leastKeyGapPercent));
  const isLost = offset > lostOffset || (keyGapPercent >= lostGap && keyGapPercent > unreadyKeyGapPercent);
  if (unmet.includes('not migrating') || isLost) return 'lost';
  if (offset > unreadyOffset || keyGapPercent > unreadyKeyGapPercent) return 'behind';
  return unmet.includes('lag unknown') || unmet.includes('keys unknown') ? 'unknown' : 'near';
}

/** The one thing that counts most: what is known to be wrong before what is not known. */
function reasonFor(
  unmet: readonly Unmet[],
  basis: Readiness,
  { maxOffset }: Thresholds['cutover'],
  answer: Answer<Stats> | undefined,
): string {
  if (unmet.includes('not migrating')) return 'the statistics say that it is not migrating';
  const wrong = [
    ...(unmet.includes('lag') && basis.offset !== undefined
      ? [`the lag (offset) is ${bytesWords(basis.offset)}, at most ${bytesWords(maxOffset)} is allowed`]
      : []),
    ...(unmet.includes('keys') ? [gapWords(basis)] : []),
  ];
  return wrong.length > 0 ? wrong.join(', and ') : unknownWords(answer);
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
  const gap = keyGap(sourceKeys, targetKeys);
  return {
    ...(offset !== undefined && { offset }),
    maxOffset,
    ...(sourceKeys !== undefined && { sourceKeys }),
    ...(targetKeys !== undefined && { targetKeys }),
    ...(gap !== undefined && { keyGapPercent: gap }),
    maxKeyGapPercent,
    looks,
    unreadyOffset,
    unreadyKeyGapPercent,
    unreadyLooks,
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

/** What a look cannot tell, and why. */
function unknownWords(answer: Answer<Stats> | undefined): string {
  switch (answer?.kind) {
    case 'known': {
      const { offset, sourceKeys, targetKeys } = answer.value;
      const lacks = [
        ...(offset === undefined ? ['lag (offset)'] : []),
        ...(sourceKeys === undefined ? ['key count of the source'] : []),
        ...(targetKeys === undefined ? ['key count of the target'] : []),
      ];
      return `the statistics give no usable ${lacks.join(', ')}`;
    }
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

/** How many looks it takes. */
export interface Endurance {
  /** In step, until it is announced. */
  readonly looks: number;
  /** Behind, or not known, until it is taken back. */
  readonly unreadyLooks: number;
}

/** So long in step is long enough, however often it was taken back before. */
const HELD_SECONDS = 6 * 3600;
const MOST_DOUBLINGS = 20;
/** Figures that were missing, or far out, so often may have been so by accident: that costs nothing. */
const ACCIDENTS = 2;

/**
 * Whoever was taken back is believed later: each time after twice as many looks, or after six hours in step. So what goes
 * to and fro every half hour is not told all day.
 */
export function enduranceOf(
  { looks, unreadyLooks }: Thresholds['cutover'],
  { retractions = 0, lapses = 0, ready }: Pick<Course, 'retractions' | 'lapses' | 'ready'>,
  now: Date,
): Endurance {
  const times = Math.min(retractions + Math.max(0, lapses - ACCIDENTS), MOST_DOUBLINGS);
  const seconds = ready?.since === undefined ? 0 : (now.getTime() - Date.parse(ready.since)) / 1000;
  return { looks: seconds >= HELD_SECONDS ? looks : looks * 2 ** times, unreadyLooks };
}

/** The first look of a row that must be longer than usual says when it began. */
export function begunAt(ready: Ready | undefined, isLonger: boolean, now: Date): Ready | undefined {
  return ready?.streak === 1 && isLonger && ready.told === undefined
    ? { ...ready, since: now.toISOString() }
    : ready;
}

/** Counts that an announced readiness is taken back, for {@link enduranceOf}. */
export function countRetraction(course: Course, kind: Judgement['kind'], now: Date): Course {
  const { retractions = 0, lapses = 0, ready } = course;
  // The number of an event is not below the time in seconds when it was told.
  const held = ready?.told === undefined ? 0 : now.getTime() / 1000 - ready.told.sequence;
  const before = held >= HELD_SECONDS ? { retractions: 0, lapses: 0 } : { retractions, lapses };
  return kind === 'behind'
    ? { ...course, ...before, retractions: before.retractions + 1 }
    : { ...course, ...before, lapses: before.lapses + 1 };
}

/**
 * Counts one look. Readiness is announced when it has held for enough looks in a row. It is taken back when enough looks in
 * a row found the target behind, or could not tell, so that a burst of writes takes nothing back; but at the first look
 * that finds it lost: somebody may be about to act on it.
 *
 * @returns the same `before` when nothing changed, so that nothing is written
 */
export function countLook(before: Ready | undefined, { kind }: Judgement, endurance: Endurance): Verdict {
  if (before?.told !== undefined) return countAnnounced(before, kind, endurance.unreadyLooks);
  if (kind !== 'in step') return { ready: undefined };
  const streak = (before?.streak ?? 0) + 1;
  return { ready: { ...before, streak }, ...(streak >= endurance.looks && { told: 'ready' as const }) };
}

function countAnnounced(before: Ready, kind: Judgement['kind'], unreadyLooks: number): Verdict {
  const { doubts = 0, ...sure } = before;
  if (kind === 'in step' || kind === 'near') return { ready: doubts === 0 ? before : sure };
  if (kind === 'lost' || doubts + 1 >= unreadyLooks) return { ready: undefined, told: 'unready' };
  return { ready: { ...before, doubts: doubts + 1 } };
}
