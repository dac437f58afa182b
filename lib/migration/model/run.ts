import type { Because, LastFigures, Standing, Unmet } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';

/** Readiness for the cut-over, as the looks so far show it. */
export interface Ready {
  /** Looks in a row that found source and target in step; counted up to what is needed. */
  readonly streak: number;
  /** When they began, where it takes more of them than usual (ISO 8601, UTC). */
  readonly since?: string;
  /** Looks in a row that found the target behind, or could not tell. */
  readonly doubts?: number;
  /** The event that announced it, as long as that stands; its number is that of the first one. */
  readonly announced?: { readonly id: string; readonly sequence: number };
}

/** A moment of the full synchronisation. */
export interface ProgressSample {
  readonly at: string;
  readonly percent?: number;
  readonly targetKeys?: number;
}

/** How the lag of a replication moves. */
export interface LagTrend {
  /** At the last look that found another one than the look before. */
  readonly last: number;
  /** It grows as long as it stays above this: the lowest lag of the stretch of time before the present one. */
  readonly floor: number;
  /** Absent while it does not grow. */
  readonly growth?: LagGrowth;
}

export interface LagGrowth {
  /** When it began to grow (ISO 8601, UTC). */
  readonly since: string;
  /** How many stretches of time it has grown by now. */
  readonly stretches: number;
  /** The present one: when it began, the lag then, and the lowest since. */
  readonly at: string;
  readonly offset: number;
  readonly lowest: number;
}

export interface Stalled {
  readonly kind: 'no progress' | 'lag grows';
  readonly since: string;
  /** The highest lag since. */
  readonly offset?: number;
}

/** How far the target of a replication was when that was seen last, for when it ends. */
export interface SeenFigures {
  /** When they were written down (ISO 8601, UTC). As long as they stay the same, they are not written again. */
  readonly at: string;
  readonly state: 'in step' | 'behind';
  readonly words: string;
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  readonly keyGapPercent?: number;
  /** The conditions of which a target that is behind falls short. */
  readonly unmet?: readonly Unmet[];
  /** Set when a look does not show them any more: until when looks did, as far as that is known (ISO 8601, UTC). */
  readonly seenUntil?: string;
}

/** Why looks cannot tell how far the target of a replication is, as long as they cannot. */
export interface Obstacle {
  readonly because: Because;
  /** The conditions that are not met, or not known. */
  readonly unmet: readonly Unmet[];
}

/** A replication that is not ready, until it is. */
export interface Waiting {
  /** Looks so far that did not find it ready, while nothing got better; counted up to what is needed for a word. */
  readonly looks: number;
  /** The reason that was announced; then `looks` counts those in a row that found another one. */
  readonly announced?: 'behind' | 'unknown';
  /** The least lag, and the least difference of the key counts, by which it got better. */
  readonly offset?: number;
  readonly keyGapPercent?: number;
}

/** Readiness so far, and how often it was taken back. */
export interface ReadinessHistory {
  readonly ready?: Ready | undefined;
  /** How often readiness was taken back for being behind, since it last held for hours. */
  readonly retractions?: number;
  /** The same for figures that were missing, or far out. */
  readonly lapses?: number;
}

/**
 * The present run of a migration, as far as looks have shown it. It begins when a task is first seen, or leaves a final
 * phase, and ends with the report that closes it. All of it is bounded, and written only when it changes what is or
 * will be announced.
 */
export interface MigrationRun extends ReadinessHistory {
  /** When it began for us (ISO 8601, UTC). */
  readonly since: string;
  /** Milliseconds in the phases that are over. */
  readonly spent: Readonly<Partial<Record<Phase, number>>>;
  readonly events: readonly { readonly type: string; readonly at: string }[];
  /** How many more were sent. */
  readonly unlistedEvents?: number;
  readonly resynchronisations: number;
  readonly peakOffset?: number;
  /** The highest mark of the full synchronisation that was passed. */
  readonly mark?: number | undefined;
  /** From where the rate is reckoned; and from where it was before, while that is too near. */
  readonly rateFrom?: ProgressSample | undefined;
  readonly rateFromBefore?: ProgressSample | undefined;
  /** When the full synchronisation last moved, and to where. */
  readonly lastProgress?: ProgressSample | undefined;
  readonly lag?: LagTrend | undefined;
  readonly stalled?: Stalled | undefined;
  readonly waiting?: Waiting | undefined;
  readonly figures?: SeenFigures | undefined;
  readonly obstacle?: Obstacle | undefined;
  /** How far the target was when the IP addresses were switched, as long as they are. */
  readonly switched?: LastFigures | undefined;
  /** Readiness was announced since the last fall-back, though it may have been taken back by now. */
  readonly wasReady?: true | undefined;
  /** IP addresses were being switched, and nothing has shown since how that ended. */
  readonly switchOpen?: true | undefined;
  readonly reminded?: { readonly at: string; readonly times: number } | undefined;
}

export function newRun(now: Date): MigrationRun {
  return { since: now.toISOString(), spent: {}, events: [], resynchronisations: 0 };
}

/** Adds the time of a standing that is over; what was known of its phase ends with the phase. */
export function endStanding(
  run: MigrationRun,
  { phase, since }: Standing,
  to: Phase,
  now: Date,
): MigrationRun {
  const {
    mark: _1,
    rateFrom: _2,
    rateFromBefore: _3,
    lastProgress: _4,
    lag: _5,
    reminded: _6,
    obstacle: _10,
    ...kept
  } = run;
  const ms = Math.max(0, now.getTime() - Date.parse(since));
  const spent = { ...run.spent, [phase]: (run.spent[phase] ?? 0) + ms };
  if (phase === to) return { ...run, spent };
  const { figures: _7, switched: _8, waiting: _9, ...anew } = kept;
  return BEFORE_REPLICATION.has(to) ? { ...anew, spent } : { ...kept, spent };
}

/** A task in one of these phases replicates anew: its figures are those of a copy that is no more. */
const BEFORE_REPLICATION: ReadonlySet<Phase> = new Set(['creating', 'configuring', 'full']);

/** Progress that wavers loses a percent or two; a greater loss is a new beginning. */
const LARGEST_WAVER = 10;

/** Whether a full synchronisation has begun anew, within one status: its connection was lost. */
export function hasFallenBack(before: number | undefined, now: number | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  return now < before / 2 || now <= before - LARGEST_WAVER;
}
