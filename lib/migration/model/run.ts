import type { Because, LastFigures, Standing, Unmet } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';

/** Readiness for the cut-over, from the looks so far. */
export interface Ready {
  /** Looks in a row that found source and target in step, counted up to the number needed. */
  readonly streak: number;
  /** The first of these looks (ISO 8601, UTC), where more of them are needed than usual. */
  readonly since?: string;
  /** Looks in a row that found the target behind, or could not tell. */
  readonly doubts?: number;
  /** The announcing event, until it is retracted. After a repetition, the sequence is still that of the first event. */
  readonly announced?: { readonly id: string; readonly sequence: number };
}

/** A moment of the full synchronisation. */
export interface ProgressSample {
  readonly at: string;
  readonly percent?: number;
  readonly targetKeys?: number;
}

/** The trend of a replication's lag. */
export interface LagTrend {
  /** The lag at the last look that found a change. */
  readonly last: number;
  /** The lowest lag of the stretch of time before the present one. The lag grows as long as it stays above. */
  readonly floor: number;
  /** Absent while the lag does not grow. */
  readonly growth?: LagGrowth;
}

export interface LagGrowth {
  /** When it began to grow (ISO 8601, UTC). */
  readonly since: string;
  /** The number of stretches of time in which it grew. */
  readonly stretches: number;
  /** The present stretch: its start, the lag then, and the lowest lag since. */
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

/** The last figures of a replication, kept for the event of its end. */
export interface SeenFigures {
  /** The time when they were saved (ISO 8601, UTC). Unchanged figures are not saved again. */
  readonly at: string;
  readonly state: 'in step' | 'behind';
  readonly words: string;
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  readonly keyGapPercent?: number;
  /** The conditions that a target behind its source does not meet. */
  readonly unmet?: readonly Unmet[];
  /** Set when a look no longer shows them: the last known time when looks did (ISO 8601, UTC). */
  readonly seenUntil?: string;
}

/** The reason why looks cannot measure the lag of a replication. */
export interface Obstacle {
  readonly because: Because;
  /** Conditions that are unmet or unknown. */
  readonly unmet: readonly Unmet[];
}

/** Looks at a replication that is not ready yet. */
export interface Waiting {
  /** Looks that found it neither ready nor better, counted up to the number needed for an announcement. */
  readonly looks: number;
  /** The announced reason. Once it is set, `looks` counts the looks in a row that found another reason. */
  readonly announced?: 'behind' | 'unknown';
  /** The least lag, and the least difference of the key counts, so far. */
  readonly offset?: number;
  readonly keyGapPercent?: number;
}

/** Readiness so far, and the number of its retractions. */
export interface ReadinessHistory {
  readonly ready?: Ready | undefined;
  /** Retractions because the target was behind, since readiness last held for hours. */
  readonly retractions?: number;
  /** Retractions because figures were missing or far out, since then. */
  readonly lapses?: number;
}

/**
 * The present run of a migration, from the looks so far. It begins when a task is first seen or leaves a final phase,
 * and ends with its closing report. Its size is bounded, and it is written only when it changes a present or later
 * event.
 */
export interface MigrationRun extends ReadinessHistory {
  /** The first look at it (ISO 8601, UTC). */
  readonly since: string;
  /** Milliseconds in each ended phase. */
  readonly spent: Readonly<Partial<Record<Phase, number>>>;
  readonly events: readonly { readonly type: string; readonly at: string }[];
  /** The number of further events. */
  readonly unlistedEvents?: number;
  readonly resynchronisations: number;
  readonly peakOffset?: number;
  /** The highest mark that the full synchronisation has passed. */
  readonly mark?: number | undefined;
  /** The sample from which the rate is measured, and the earlier one, which serves while the first is too recent. */
  readonly rateFrom?: ProgressSample | undefined;
  readonly rateFromBefore?: ProgressSample | undefined;
  /** The sample at which the full synchronisation last moved. */
  readonly lastProgress?: ProgressSample | undefined;
  readonly lag?: LagTrend | undefined;
  readonly stalled?: Stalled | undefined;
  readonly waiting?: Waiting | undefined;
  readonly figures?: SeenFigures | undefined;
  readonly obstacle?: Obstacle | undefined;
  /** The figures at the IP switch, as long as the switch holds. */
  readonly switched?: LastFigures | undefined;
  /** Set when readiness was announced since the last fall-back, even if it was retracted later. */
  readonly wasReady?: true | undefined;
  /** Set when an IP switch began and no look has shown how it ended. */
  readonly switchOpen?: true | undefined;
  readonly reminded?: { readonly at: string; readonly times: number } | undefined;
}

export function newRun(now: Date): MigrationRun {
  return { since: now.toISOString(), spent: {}, events: [], resynchronisations: 0 };
}

/** Adds the duration of an ended standing, and drops the facts of its phase. */
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

/** Phases before a new replication, in which figures of an earlier copy are void. */
const BEFORE_REPLICATION: ReadonlySet<Phase> = new Set(['creating', 'configuring', 'full']);

/** The largest loss of wavering progress, in percent. A greater loss is a new start. */
const LARGEST_WAVER = 10;

/** Whether a full synchronisation has started anew within one status, as after a lost connection. */
export function hasFallenBack(before: number | undefined, now: number | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  return now < before / 2 || now <= before - LARGEST_WAVER;
}
