import type { Course, LagSample, Pace } from './course.ts';
import type { Stall } from './event.ts';
import type { Stats } from './neighbours.ts';

/** What a look says about moving: nothing new, that it has stalled, or that it moves again. */
export interface Movement {
  readonly course: Course;
  readonly stalled?: Stall;
  readonly resumed?: Stall;
}

/** A stall is told at most this part of its time late: what moves is remembered that often and no oftener. */
const MEMORY_PARTS = 6;

/**
 * Whether the full synchronisation moves: its progress or the target's key count must grow. Traffic alone is no sign,
 * for nobody knows what it carries.
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
  const last = course.motion;
  if (last === undefined) return { course: { ...course, motion: here } };
  const quietMs = now.getTime() - Date.parse(last.at);
  if (hasMoved(last, here)) {
    if (course.stalled !== undefined) {
      const stall = stallOf('no progress', course.stalled.since, stats);
      return { course: { ...course, motion: here, stalled: undefined }, resumed: stall };
    }
    return quietMs < stalledAfterMs / MEMORY_PARTS ? { course } : { course: { ...course, motion: here } };
  }
  if (course.stalled !== undefined || quietMs < stalledAfterMs) return { course };
  const stalled = { kind: 'no progress', since: last.at } as const;
  return { course: { ...course, stalled }, stalled: stallOf(stalled.kind, last.at, stats) };
}

function hasMoved(last: Pace, here: Pace): boolean {
  const grown = (before: number | undefined, now: number | undefined) =>
    now !== undefined && (before === undefined || now > before);
  return grown(last.percent, here.percent) || grown(last.targetKeys, here.targetKeys);
}

/** A lag is over its growth when it is back where that began, or has halved. */
const RECOVERED = 0.5;
/** A peak that is less than this much higher is not remembered by itself. */
const WORTH_REMEMBERING = 1.1;

/**
 * Whether the lag of a replication grows all the time. One moment without growth ends it: a busy source makes a lag
 * that goes up and down, and that is normal.
 *
 * @param maxOffset a lag up to this counts as none
 * @param stalledAfterMs growing without a pause. Milliseconds
 */
export function noteLag(
  course: Course,
  stats: Stats | undefined,
  { maxOffset, stalledAfterMs }: { readonly maxOffset: number; readonly stalledAfterMs: number },
  now: Date,
): Movement {
  const offset = stats?.offset;
  if (offset === undefined) return { course };
  const peaked = withPeak(course, offset);
  if (peaked.stalled !== undefined) return afterStall(peaked, peaked.stalled, offset, maxOffset, stats, now);

  const lag = grownLag(peaked.lag ?? [], { at: now.toISOString(), offset }, stalledAfterMs / MEMORY_PARTS);
  const [first] = lag;
  const next = lag === peaked.lag ? peaked : { ...peaked, lag };
  const grewMs = first === undefined ? 0 : now.getTime() - Date.parse(first.at);
  if (first === undefined || lag.length < 3 || grewMs < stalledAfterMs || offset <= maxOffset) {
    return { course: next };
  }
  const stalled = { kind: 'lag grows', since: first.at, offset } as const;
  return { course: { ...next, lag: undefined, stalled }, stalled: stallOf(stalled.kind, first.at, stats) };
}

function afterStall(
  course: Course,
  stalled: NonNullable<Course['stalled']>,
  offset: number,
  maxOffset: number,
  stats: Stats | undefined,
  now: Date,
): Movement {
  if (offset > Math.max(maxOffset, (stalled.offset ?? 0) * RECOVERED)) return { course };
  const lag = [{ at: now.toISOString(), offset }];
  return {
    course: { ...course, lag, stalled: undefined },
    resumed: stallOf('lag grows', stalled.since, stats),
  };
}

/** Growth that is not told within so many samples is too small to be told. */
const MOST_SAMPLES = 2 * MEMORY_PARTS;

/** @returns the same samples when there is nothing to remember */
function grownLag(before: readonly LagSample[], here: LagSample, apartMs: number): readonly LagSample[] {
  const last = before.at(-1);
  if (last === undefined) return [here];
  const isSoon = Date.parse(here.at) - Date.parse(last.at) < apartMs;
  if (here.offset <= last.offset) {
    const isNoNews = before.length === 1 && (isSoon || here.offset === last.offset);
    return isNoNews ? before : [here];
  }
  return isSoon || before.length >= MOST_SAMPLES ? before : [...before, here];
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
