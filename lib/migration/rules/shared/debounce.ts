import type { MigrationRun, ReadinessHistory, Ready } from '../../model/run.ts';
import type { Thresholds } from '../../model/thresholds.ts';
import type { ReadinessEvaluation } from './readiness-evaluation.ts';

/** The number of looks in a row that change what is announced about readiness. */
export interface Debounce {
  /** In step, until it is announced. */
  readonly looks: number;
  /** Behind, or not known, until it is taken back. */
  readonly unreadyLooks: number;
}

/** Readiness after a look, and whether that is to be announced. */
export interface ReadinessChange {
  readonly ready: Ready | undefined;
  readonly announces?: 'ready' | 'unready';
}

/** So long in step is long enough, however often it was taken back before. */
const HELD_SECONDS = 6 * 3600;

const MOST_DOUBLINGS = 20;

/** Figures that were missing, or far out, so often may have been so by accident: that costs nothing. */
const ACCIDENTS = 2;

/**
 * Readiness that was taken back is believed later: each time after twice as many looks, or after six hours in step. So
 * readiness that flaps every half hour is not announced all day.
 */
export function debounceOf(
  { looks, unreadyLooks }: Thresholds['cutover'],
  { retractions = 0, lapses = 0, ready }: ReadinessHistory,
  now: Date,
): Debounce {
  const times = Math.min(retractions + Math.max(0, lapses - ACCIDENTS), MOST_DOUBLINGS);
  const seconds = ready?.since === undefined ? 0 : (now.getTime() - Date.parse(ready.since)) / 1000;
  return { looks: seconds >= HELD_SECONDS ? looks : looks * 2 ** times, unreadyLooks };
}

/** The first look of a row that must be longer than usual says when it began. */
export function begunAt(ready: Ready | undefined, isLonger: boolean, now: Date): Ready | undefined {
  return ready?.streak === 1 && isLonger && ready.announced === undefined
    ? { ...ready, since: now.toISOString() }
    : ready;
}

/** Counts that an announced readiness is taken back, for {@link debounceOf}. */
export function countRetraction(
  run: MigrationRun,
  kind: ReadinessEvaluation['kind'],
  now: Date,
): MigrationRun {
  const { retractions = 0, lapses = 0, ready } = run;
  // The number of an event is not below the time in seconds when it was sent.
  const held = ready?.announced === undefined ? 0 : now.getTime() / 1000 - ready.announced.sequence;
  const before = held >= HELD_SECONDS ? { retractions: 0, lapses: 0 } : { retractions, lapses };
  return kind === 'behind'
    ? { ...run, ...before, retractions: before.retractions + 1 }
    : { ...run, ...before, lapses: before.lapses + 1 };
}

function countAnnounced(
  before: Ready,
  kind: ReadinessEvaluation['kind'],
  unreadyLooks: number,
): ReadinessChange {
  const { doubts = 0, ...sure } = before;
  if (kind === 'in step' || kind === 'near') return { ready: doubts === 0 ? before : sure };
  if (kind === 'lost' || doubts + 1 >= unreadyLooks) return { ready: undefined, announces: 'unready' };
  return { ready: { ...before, doubts: doubts + 1 } };
}

/**
 * Counts one look. Readiness is announced when it has held for enough looks in a row. It is taken back when enough looks in
 * a row found the target behind, or could not tell, so that a burst of writes takes nothing back; but at the first look
 * that finds it lost: somebody may be about to act on it.
 *
 * @returns the same `before` when nothing changed, so that nothing is written
 */
export function countLook(
  before: Ready | undefined,
  { kind }: ReadinessEvaluation,
  debounce: Debounce,
): ReadinessChange {
  if (before?.announced !== undefined) return countAnnounced(before, kind, debounce.unreadyLooks);
  if (kind !== 'in step') return { ready: undefined };
  const streak = (before?.streak ?? 0) + 1;
  const ready = { ...before, streak };
  return streak >= debounce.looks ? { ready, announces: 'ready' } : { ready };
}
