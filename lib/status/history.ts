import type { KnownDelivery } from '../delivery/redrive/known-deliveries.ts';
import type { Phase, Severity } from '../events/phase.ts';
import type { Point } from '../migration/model/series.ts';
import type { PastEvent, TaskStatus } from './status.ts';

/** One migration: its phases, its figures, and the deliveries of its events. Times are ISO 8601, UTC. */
export interface History {
  readonly at: string;
  readonly task: TaskStatus;
  /** Oldest first; the last one is the present one. */
  readonly phases: readonly PastPhase[];
  readonly figures: readonly Point[];
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
}

export interface PastPhase {
  readonly phase: Phase;
  /** As DCS names it. */
  readonly status: string;
  readonly from: string;
  /** Absent while it lasts. */
  readonly to?: string;
}

/** An event, and what is known of its deliveries. */
export interface HistoryEvent extends PastEvent {
  /** Absent where the state has only the words of the event. */
  readonly severity?: Severity;
  /** Nothing is stored any more but its type, which the summary repeats. */
  readonly isWordless?: true;
  readonly deliveries: readonly KnownDelivery[];
}
