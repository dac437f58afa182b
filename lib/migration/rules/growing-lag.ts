import { type Stats, valueIn } from '../model/enrichment.ts';
import type { LagGrowth, LagTrend, MigrationRun, Stalled } from '../model/run.ts';
import { SWITCHED } from '../model/status.ts';
import type { Update } from '../model/update.ts';
import type { RuleContext } from './context.ts';
import { type Movement, stallOf } from './shared/stall.ts';
import { emitMovement } from './shared/stall-events.ts';

/** Announces that the lag of a replication keeps growing, and later that the target catches up again. */
export function growingLag(update: Update, context: RuleContext): Update {
  const { run } = update.stream.state;
  const { enrichment, thresholds, observation, now } = context;
  // The source has no clients after a switch, so the lag behind it no longer matters.
  if (run === undefined || observation.taskStatus === SWITCHED) return update;
  const limits = { maxOffset: thresholds.cutover.maxOffset, stalledAfterMs: thresholds.stalledAfterMs };
  return emitMovement(update, lagAfter(run, valueIn(enrichment.stats), limits, now), context);
}

/** The share of its peak to which a lag must fall to end the growth. */
const RECOVERED = 0.5;
/** The factor by which a new peak must exceed the stored one to be written. */
const WORTH_REMEMBERING = 1.1;

interface LagLimits {
  /** A lag up to this counts as none. */
  readonly maxOffset: number;
  /** Milliseconds of uninterrupted growth that make a stall. */
  readonly stalledAfterMs: number;
}

/**
 * Decides whether the lag of a replication keeps growing. The lag of a busy source goes up and down, so growth ends as
 * soon as the lag is back at its value of some minutes before.
 */
export function lagAfter(
  run: MigrationRun,
  stats: Stats | undefined,
  limits: LagLimits,
  now: Date,
): Movement {
  const offset = stats?.offset;
  if (stats === undefined || offset === undefined) return { run };
  const peaked = withPeak(run, offset);
  if (peaked.stalled !== undefined) return afterStall(peaked, peaked.stalled, { stats, offset, limits, now });

  const lag = follow(peaked.lag, Math.max(offset, limits.maxOffset), limits.stalledAfterMs / STRETCHES, now);
  if (lag === peaked.lag) return { run: peaked };
  const { growth } = lag;
  const isRising = offset > (peaked.lag?.last ?? offset);
  if (growth === undefined || !isRising || !hasGrownFor(growth, limits.stalledAfterMs, now)) {
    return { run: { ...peaked, lag } };
  }
  const stalled = { kind: 'lag grows', since: growth.since, offset } as const;
  return {
    run: { ...peaked, lag: undefined, stalled },
    stalled: stallOf(stalled.kind, stalled.since, stats),
  };
}

/** The number of stretches into which the time of a stall is divided. */
const STRETCHES = 6;
/** The least number of stretches that found the lag higher, since looks may be far apart or fail for hours. */
const FEWEST_STRETCHES = 3;

function hasGrownFor({ since, stretches }: LagGrowth, ms: number, now: Date): boolean {
  return stretches >= FEWEST_STRETCHES && now.getTime() - Date.parse(since) >= ms;
}

/** @returns the same trend when there is nothing to store */
function follow(before: LagTrend | undefined, offset: number, stretchMs: number, now: Date): LagTrend {
  const atRest: LagTrend = { last: offset, floor: offset };
  if (before === undefined || offset < before.floor) return atRest;
  if (before.growth !== undefined) return grown(before, before.growth, { offset, stretchMs, now });
  if (offset === before.floor) return before;
  return { last: offset, floor: before.floor, growth: stretchFrom(now.toISOString(), 1, { offset, now }) };
}

function stretchFrom(
  since: string,
  stretches: number,
  { offset, now }: { readonly offset: number; readonly now: Date },
): LagGrowth {
  return { since, stretches, at: now.toISOString(), offset, lowest: offset };
}

interface LagSample {
  readonly offset: number;
  readonly stretchMs: number;
  readonly now: Date;
}

/** Follows a growth, which goes on while each stretch begins higher than the one before. */
function grown(before: LagTrend, growth: LagGrowth, sample: LagSample): LagTrend {
  const { offset, stretchMs, now } = sample;
  const atRest: LagTrend = { last: offset, floor: offset };
  const ms = now.getTime() - Date.parse(growth.at);
  if (offset <= before.floor || ms < 0) return atRest;
  if (ms < stretchMs) {
    const lowest = Math.min(growth.lowest, offset);
    return offset === before.last
      ? before
      : { last: offset, floor: before.floor, growth: { ...growth, lowest } };
  }
  if (offset <= growth.offset) return atRest;
  const next = stretchFrom(growth.since, growth.stretches + 1, sample);
  return { last: offset, floor: growth.lowest, growth: next };
}

interface LagLook {
  readonly stats: Stats;
  readonly offset: number;
  readonly limits: LagLimits;
  readonly now: Date;
}

function afterStall(run: MigrationRun, stalled: Stalled, { stats, offset, limits, now }: LagLook): Movement {
  const peak = Math.max(stalled.offset ?? 0, offset);
  if (offset > Math.max(limits.maxOffset, peak * RECOVERED)) {
    return { run: peak === stalled.offset ? run : { ...run, stalled: { ...stalled, offset: peak } } };
  }
  const lag = follow(undefined, Math.max(offset, limits.maxOffset), 0, now);
  return { run: { ...run, lag, stalled: undefined }, resumed: stallOf('lag grows', stalled.since, stats) };
}

function withPeak(run: MigrationRun, offset: number): MigrationRun {
  return offset > (run.peakOffset ?? 0) * WORTH_REMEMBERING ? { ...run, peakOffset: offset } : run;
}
