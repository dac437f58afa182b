import type { MigrationRun, ReadinessHistory, Ready } from '../../model/run.ts';
import type { Thresholds } from '../../model/thresholds.ts';
import type { ReadinessEvaluation } from './readiness-evaluation.ts';

/** The number of looks in a row that change what is announced about readiness. */
export interface Debounce {
  /** Looks in step before readiness is announced. */
  readonly looks: number;
  /** Looks behind, or without an answer, before readiness is retracted. */
  readonly unreadyLooks: number;
}

/** Readiness after a look, and the event that it needs. */
export interface ReadinessChange {
  readonly ready: Ready | undefined;
  readonly announces?: 'ready' | 'unready';
}

/** Time in step that is enough for readiness even after many retractions. */
const HELD_SECONDS = 6 * 3600;

const MOST_DOUBLINGS = 20;

/** Retractions for missing or far-out figures that may be accidents, and lengthen no wait. */
const ACCIDENTS = 2;

/**
 * The looks that readiness needs. Each retraction doubles them, up to six hours in step, so that a readiness that flaps
 * every half hour is not announced all day.
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

/** Notes the start of a row of looks that must be longer than usual. */
export function begunAt(ready: Ready | undefined, isLonger: boolean, now: Date): Ready | undefined {
  return ready?.streak === 1 && isLonger && ready.announced === undefined
    ? { ...ready, since: now.toISOString() }
    : ready;
}

/** Counts a retraction, for {@link debounceOf}. */
export function countRetraction(
  run: MigrationRun,
  kind: ReadinessEvaluation['kind'],
  now: Date,
): MigrationRun {
  const { retractions = 0, lapses = 0, ready } = run;
  // The sequence of an event is at least the time in seconds when it was made.
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
 * Counts one look. Enough looks in a row announce a readiness, and enough looks behind or without an answer retract it,
 * so that a burst of writes retracts nothing. One look that finds it lost retracts it at once, because somebody may be
 * about to act on it.
 *
 * @returns the same `before` when nothing changed, which saves a write
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
