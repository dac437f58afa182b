/** From when on something is told. Of the configuration's `settings`; these are the defaults. */
export interface Thresholds {
  /** Marks of the full synchronisation that are told, in percent, ascending. */
  readonly progressMarks: readonly number[];
  readonly cutover: {
    /** Up to this `offset` the target counts as in step. Its unit is not documented; 0 is no gap at all. */
    readonly maxOffset: number;
    /** Percent by which the two key counts may differ. Expiring keys make small differences normal. */
    readonly maxKeyGapPercent: number;
    /** For so many looks in a row. */
    readonly looks: number;
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

export const DEFAULT_THRESHOLDS: Thresholds = {
  progressMarks: [25, 50, 75],
  cutover: { maxOffset: 0, maxKeyGapPercent: 1, looks: 3 },
  stalledAfterMs: 30 * MINUTE,
  forgotten: { configuringMs: DAY, incrementalMs: 7 * DAY, everyMs: DAY },
  actionsValidForMs: HOUR,
};
