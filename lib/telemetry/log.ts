import type { OutcomeClass } from '../channels/channel.ts';
import type { LookFailure, MigrationEvent } from '../events/event.ts';
import type { Health } from './health.ts';

/** The work of one tick; the function returns it. */
export interface TickSummary {
  /** Watched tasks. */
  readonly tasks: number;
  /** Tasks whose status changed (or that are gone). */
  readonly changed: number;
  /** Events that were stored. */
  readonly events: number;
  /** Deliveries that arrived and were acknowledged: what could not be acknowledged is pending, and sent again. */
  readonly delivered: number;
  /** Deliveries that are pending. */
  readonly pending: number;
  /** Deliveries that ended as dead letters. */
  readonly dead: number;
  readonly failedLooks: number;
  /** Milliseconds. */
  readonly ms: number;
}

/** One tick in full: what it did, and how things stand after it. */
export interface TickReport extends TickSummary, Health {
  /** Looks that were made; the other tasks were left for later. */
  readonly looks: number;
  /** Projects that have runs of their own at the same time; absent: none. */
  readonly elsewhere?: number;
  /** Tasks of which the list alone was read, because the permitted rate does not allow a look at each; absent: none. */
  readonly listedOnly?: number;
  /** Age of the oldest event that is pending for a channel, in milliseconds; 0 when nothing is. */
  readonly pendingAgeMs: number;
  /** Channels that take nothing until somebody repairs them. */
  readonly brokenChannels: number;
  /** When all is free that is pending and that another run has the leases of (ISO 8601): if it was killed, a tick goes on then. */
  readonly leasedUntil?: string;
}

/** The part of a report that the function returns. */
export function summaryOf(report: TickReport): TickSummary {
  const { tasks, changed, events, delivered, pending, dead, failedLooks, ms } = report;
  return { tasks, changed, events, delivered, pending, dead, failedLooks, ms };
}

/** Everything this program says about its own work. No entry has a place for a secret. */
export type LogEntry =
  | ({ readonly kind: 'tick' } & TickReport)
  | { readonly kind: 'event'; readonly event: MigrationEvent }
  | {
      readonly kind: 'look_failed';
      readonly project: string;
      /** Absent where it was the project's list that could not be read, or several tasks. */
      readonly taskId?: string;
      /** Several tasks whose looks failed alike: how many, and the first of their ids. */
      readonly count?: number;
      readonly taskIds?: readonly string[];
      readonly reason: LookFailure;
      readonly detail: string;
      readonly requestId?: string;
    }
  | { readonly kind: 'looks_skipped'; readonly project: string; readonly why: string; readonly count: number }
  | {
      readonly kind: 'delivery';
      readonly channel: string;
      readonly eventIds: readonly string[];
      readonly outcome: OutcomeClass;
      readonly reason: string;
      /** It did not reach all whom it should. */
      readonly isPartial?: true;
      readonly ms: number;
    }
  | {
      readonly kind: 'dead_letter';
      readonly channel: string;
      readonly eventId: string;
      readonly why: string;
      readonly attempts: number;
    }
  | {
      readonly kind: 'put_back';
      readonly channel: string;
      readonly eventId: string;
      readonly why: string;
      readonly diedAt: string;
    }
  | { readonly kind: 'deliveries_cancelled'; readonly channel: string; readonly count: number }
  /** Right before an event that a program may act on was sent, it was found to be true no more. */
  | {
      readonly kind: 'withdrawn';
      readonly channel: string;
      readonly eventId: string;
      readonly why: string;
      /** How often it was sent before, without an answer that it arrived. */
      readonly attempts: number;
    }
  /** Or it was found to be true, but sent too long ago: another event says the same. */
  | {
      readonly kind: 'renewed';
      readonly channel: string;
      readonly eventId: string;
      readonly renewedId: string;
    }
  | { readonly kind: 'deliveries_postponed'; readonly channel: string; readonly why: string }
  /** `notice` is for people to know, `problem` for somebody to act on. */
  | { readonly kind: 'notice' | 'problem'; readonly message: string };

export type Log = (entry: LogEntry) => void;
