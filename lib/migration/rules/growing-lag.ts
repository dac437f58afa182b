import { known, type Stats } from '../model/enrichment.ts';
import type { Course, LagGrowth, LagTrend, Stalled } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import type { Noticed } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { type Movement, stallOf } from './shared/stall.ts';
import { tellMovement } from './shared/stall-events.ts';

/** Tells when the lag of a replication grows all the time, and when it catches up again. */
export function growingLag(draft: Noticed, context: RuleContext): Noticed {
  const { run } = draft.record;
  const { neighbours, thresholds, observation, now } = context;
  // The source has no clients any more, so it matters no more how far the target is behind it.
  if (run === undefined || observation.taskStatus === SWITCHED) return draft;
  const limits = { maxOffset: thresholds.cutover.maxOffset, stalledAfterMs: thresholds.stalledAfterMs };
  return tellMovement(draft, noteLag(run, known(neighbours.stats), limits, now), context);
}

/** A lag is over its growth when it has halved from its peak. */
const RECOVERED = 0.5;
/** A peak that is less than this much higher is not remembered by itself. */
const WORTH_REMEMBERING = 1.1;

interface LagLimits {
  /** A lag up to this counts as none. */
  readonly maxOffset: number;
  /** Growing without a pause. Milliseconds. */
  readonly stalledAfterMs: number;
}

/**
 * Whether the lag of a replication grows all the time. A busy source makes a lag that goes up and down, and that is
 * normal: it grows only as long as it never comes back to where it was some minutes before.
 *
 * @returns the same course when the lag is as it was
 */
export function noteLag(course: Course, stats: Stats | undefined, limits: LagLimits, now: Date): Movement {
  const offset = stats?.offset;
  if (offset === undefined) return { course };
  const peaked = withPeak(course, offset);
  if (peaked.stalled !== undefined) return afterStall(peaked, peaked.stalled, offset, limits, stats, now);

  const lag = follow(peaked.lag, Math.max(offset, limits.maxOffset), limits.stalledAfterMs / STRETCHES, now);
  if (lag === peaked.lag) return { course: peaked };
  const { growth } = lag;
  const isRising = offset > (peaked.lag?.last ?? offset);
  if (growth === undefined || !isRising || !hasGrownFor(growth, limits.stalledAfterMs, now)) {
    return { course: { ...peaked, lag } };
  }
  const stalled = { kind: 'lag grows', since: growth.since, offset } as const;
  return {
    course: { ...peaked, lag: undefined, stalled },
    stalled: stallOf(stalled.kind, growth.since, stats),
  };
}

/** So many stretches make the time after which a growing lag is told. */
const STRETCHES = 6;
/** However far looks are apart, or however long they failed: so many must have found it higher. */
const FEWEST_STRETCHES = 3;

function hasGrownFor({ since, stretches }: LagGrowth, ms: number, now: Date): boolean {
  return stretches >= FEWEST_STRETCHES && now.getTime() - Date.parse(since) >= ms;
}

/** @returns the same trend when there is nothing to remember */
function follow(before: LagTrend | undefined, offset: number, stretchMs: number, now: Date): LagTrend {
  const atRest: LagTrend = { last: offset, floor: offset };
  if (before === undefined) return atRest;
  const { floor, last, growth } = before;
  const at = now.toISOString();
  if (growth === undefined) {
    if (offset === floor) return before;
    const begun = { since: at, stretches: 1, at, offset, lowest: offset };
    return offset < floor ? atRest : { last: offset, floor, growth: begun };
  }
  const ms = now.getTime() - Date.parse(growth.at);
  if (offset <= floor || ms < 0) return atRest;
  if (ms < stretchMs) {
    const lowest = Math.min(growth.lowest, offset);
    return offset === last ? before : { last: offset, floor, growth: { ...growth, lowest } };
  }
  if (offset <= growth.offset) return atRest;
  const next = { since: growth.since, stretches: growth.stretches + 1, at, offset, lowest: offset };
  return { last: offset, floor: growth.lowest, growth: next };
}

function afterStall(
  course: Course,
  stalled: Stalled,
  offset: number,
  { maxOffset }: LagLimits,
  stats: Stats | undefined,
  now: Date,
): Movement {
  const peak = Math.max(stalled.offset ?? 0, offset);
  if (offset > Math.max(maxOffset, peak * RECOVERED)) {
    return {
      course: peak === stalled.offset ? course : { ...course, stalled: { ...stalled, offset: peak } },
    };
  }
  const lag = follow(undefined, Math.max(offset, maxOffset), 0, now);
  return {
    course: { ...course, lag, stalled: undefined },
    resumed: stallOf('lag grows', stalled.since, stats),
  };
}

function withPeak(course: Course, offset: number): Course {
  return offset > (course.peakOffset ?? 0) * WORTH_REMEMBERING ? { ...course, peakOffset: offset } : course;
}
