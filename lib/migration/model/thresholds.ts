/** Limits beyond which an event is due, from `settings` of the configuration or the defaults below. */
export interface Thresholds {
  /** Marks of the full synchronisation that are announced, in percent, ascending. */
  readonly progressMarks: readonly number[];
  readonly cutover: {
    /**
     * The largest `offset` at which the target counts as in step; 0 means no gap at all. See `largeBytes` for its unit.
     */
    readonly maxOffset: number;
    /** Percent by which the two key counts may differ. Expiring keys make small differences normal. */
    readonly maxKeyGapPercent: number;
    /** Looks in a row that must find the target in step. */
    readonly looks: number;
    /** Above one of these limits an announced readiness ends; between them and the two above it stays. */
    readonly unreadyOffset: number;
    readonly unreadyKeyGapPercent: number;
    /** Looks in a row above these limits, or without an answer, before readiness is retracted. */
    readonly unreadyLooks: number;
    /** Looks at a replication that is not ready, after which the reason is announced. */
    readonly blockedAfter: number;
    /** The greatest age in milliseconds of figures that still describe an end. */
    readonly figuresValidForMs: number;
  };
  /** Milliseconds without progress, or with a growing lag, that make a stall. */
  readonly stalledAfterMs: number;
  readonly forgotten: {
    /** Milliseconds that a task may wait to be configured. */
    readonly configuringMs: number;
    /** Milliseconds that a replication may run before somebody is reminded of it. */
    readonly incrementalMs: number;
    /** Between two reminders. Milliseconds. */
    readonly everyMs: number;
  };
  /** Milliseconds after an event in which an automatic action may rely on it. */
  readonly actionsValidForMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Default limits of losing readiness, derived from the limits of becoming ready. */
export function unreadyLimits(maxOffset: number, maxKeyGapPercent: number) {
  return {
    unreadyOffset: Math.max(100_000, maxOffset * 10),
    unreadyKeyGapPercent: Math.min(100, Math.max(maxKeyGapPercent * 2, maxKeyGapPercent + 1)),
  };
}

/** The default of `maxOffset`. A source under load alternates between 0 and some hundred bytes in transit. */
const MAX_OFFSET = 1000;
const MAX_KEY_GAP_PERCENT = 1;

export const DEFAULT_THRESHOLDS: Thresholds = {
  progressMarks: [25, 50, 75],
  cutover: {
    maxOffset: MAX_OFFSET,
    maxKeyGapPercent: MAX_KEY_GAP_PERCENT,
    looks: 3,
    ...unreadyLimits(MAX_OFFSET, MAX_KEY_GAP_PERCENT),
    unreadyLooks: 3,
    blockedAfter: 10,
    figuresValidForMs: 15 * MINUTE,
  },
  stalledAfterMs: 30 * MINUTE,
  forgotten: { configuringMs: DAY, incrementalMs: 7 * DAY, everyMs: DAY },
  actionsValidForMs: HOUR,
};
