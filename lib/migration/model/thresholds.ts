/** Limits beyond which an event is due: `settings` of the configuration, and else the defaults below. */
export interface Thresholds {
  /** Marks of the full synchronisation that are announced, in percent, ascending. */
  readonly progressMarks: readonly number[];
  readonly cutover: {
    /** Up to this `offset` the target counts as in step. 0 is no gap at all; see `largeBytes` for its unit. */
    readonly maxOffset: number;
    /** Percent by which the two key counts may differ. Expiring keys make small differences normal. */
    readonly maxKeyGapPercent: number;
    /** For so many looks in a row. */
    readonly looks: number;
    /** Above one of these, not below the two above, what was announced as ready is so no more, */
    readonly unreadyOffset: number;
    readonly unreadyKeyGapPercent: number;
    /** when so many looks in a row found it so, or could not tell. */
    readonly unreadyLooks: number;
    /** After so many looks at a replication that is not ready, the reason is announced. */
    readonly blockedAfter: number;
    /** Figures that were seen longer ago than this say nothing about an end. Milliseconds. */
    readonly figuresValidForMs: number;
  };
  /** So long without progress, or with a growing lag, is a stall. Milliseconds. */
  readonly stalledAfterMs: number;
  readonly forgotten: {
    /** How long a task may wait to be configured. Milliseconds. */
    readonly configuringMs: number;
    /** How long a replication may run before somebody is reminded of it. Milliseconds. */
    readonly incrementalMs: number;
    /** Between two reminders. Milliseconds. */
    readonly everyMs: number;
  };
  /** How long after an event an automatic action may rest on it. Milliseconds. */
  readonly actionsValidForMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Limits of what stays ready, where the configuration says only what becomes ready. */
export function unreadyLimits(maxOffset: number, maxKeyGapPercent: number) {
  return {
    unreadyOffset: Math.max(100_000, maxOffset * 10),
    unreadyKeyGapPercent: Math.min(100, Math.max(maxKeyGapPercent * 2, maxKeyGapPercent + 1)),
  };
}

/** A source under load reads 0 at one look and some hundred bytes at the next: those are on their way. */
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
