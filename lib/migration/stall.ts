import type { Course, LagGrowth, LagTrend, Pace, Stalled } from './course.ts';
import type { Stall } from './event.ts';
import type { Stats } from './neighbours.ts';
import { hasFallenBack } from './progress.ts';

/** What a look says about moving: nothing new, that it has stalled, or that it moves again. */
export interface Movement {
  readonly course: Course;
  readonly stalled?: Stall;
  readonly resumed?: Stall;
}

/** What moves is remembered this many times in the time of a stall: a stall is told so little late. */
const MEMORY_PARTS = 40;
/** Longer than this nothing is believed to stand still: a clock was wrong. */
const LONGEST_BELIEVED_MS = 366 * 24 * 3_600_000;

/**
 * Whether the full synchronisation moves: its progress or the target's key count must grow. Traffic alone is no sign,
 * for nobody knows what it carries. Progress that falls far back is one: the copy has begun anew.
 *
 * @param stalledAfterMs without any motion. Milliseconds
 */
export function noteMotion(
  course: Course,
  stats: Stats | undefined,
  stalledAfterMs: number,
  now: Date,
): Movement {
  const { progressPercent, targetKeys } = stats ?? {};
  if (progressPercent === undefined && targetKeys === undefined) return { course };
  const here: Pace = {
    at: now.toISOString(),
    ...(progressPercent !== undefined && { percent: progressPercent }),
    ...(targetKeys !== undefined && { targetKeys }),
  };
  const { motion: last, stalled } = course;
  if (last === undefined) return { course: { ...course, motion: here } };
  const quietMs = now.getTime() - Date.parse(last.at);
  if (hasMoved(last, here)) {
    if (stalled !== undefined) {
      const resumed = stallOf('no progress', stalled.since, stats);
      return { course: { ...course, motion: here, stalled: undefined }, resumed };
    }
    const isSoon = quietMs >= 0 && quietMs < stalledAfterMs / MEMORY_PARTS;
    return { course: isSoon ? course : { ...course, motion: here } };
  }
  if (stalled !== undefined) return { course: withFewerKeys(course, last, here) };
  if (quietMs < 0 || quietMs > LONGEST_BELIEVED_MS) return { course: { ...course, motion: here } };
  if (quietMs < stalledAfterMs) return { course: withFewerKeys(course, last, here) };
  const begun = { kind: 'no progress', since: last.at } as const;
  return { course: { ...course, stalled: begun }, stalled: stallOf(begun.kind, last.at, stats) };
}

function hasMoved(last: Pace, here: Pace): boolean {
  const grown = (before: number | undefined, now: number | undefined) =>
    now !== undefined && (before === undefined || now > before);
  return (
    grown(last.percent, here.percent) ||
    grown(last.targetKeys, here.targetKeys) ||
    hasFallenBack(last.percent, here.percent)
  );
}

/** A tenth fewer keys is worth a write. */
const FEWER = 0.9;

/** Keys expire, or are flushed before a copy begins anew: that is no motion, but growth counts from there. */
function withFewerKeys(course: Course, last: Pace, { targetKeys }: Pace): Course {
  if (targetKeys === undefined || targetKeys > (last.targetKeys ?? 0) * FEWER) return course;
  return targetKeys === last.targetKeys ? course : { ...course, motion: { ...last, targetKeys } };
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

function stallOf(kind: Stall['kind'], since: string, stats: Stats | undefined): Stall {
  const { progressPercent, targetKeys, offset, inputKbps } = stats ?? {};
  return {
    kind,
    since,
    ...(progressPercent !== undefined && { percent: progressPercent }),
    ...(targetKeys !== undefined && { targetKeys }),
    ...(offset !== undefined && { offset }),
    ...(inputKbps !== undefined && { inputKbps }),
  };
}
