import type { Answer, LookFailure } from '../../events/event.ts';
import type { UNANSWERED } from '../../events/reason.ts';
import { type Failed, type Instance, type Missing, SKIPPED, type Skipped } from './observation.ts';

/** One task of ListMigrationTask, reduced to allow-listed fields. Only this call tells the reason of a failure. */
export interface ListedTask {
  readonly taskId: string;
  readonly name?: string;
  /** Huawei's raw word, at most 64 characters. */
  readonly status?: string;
  readonly migrationType?: string;
  readonly migrationMethod?: string;
  /** The service's own text, never parsed. */
  readonly createdAt?: string;
  readonly releasedAt?: string;
  /** One redacted line of at most 500 characters. */
  readonly errorMessage?: string;
  readonly source?: Instance;
  readonly target?: Instance;
  /** The private address of the migration machine. */
  readonly migrationIp?: string;
}

/** The statistics of an online task (ShowMigrationTaskStats). A number is absent when the service gave no readable one. */
export interface Stats {
  /** The progress of the full copy in the service's own figure: usually 0 to 100. */
  readonly progressPercent?: number;
  /** The distance of the target behind the source; 0 means none. */
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  /** Kilobytes per second. */
  readonly inputKbps?: number;
  readonly opsPerSecond?: number;
  readonly isMigrating?: boolean;
}

/** One line of a task's log. */
export interface TaskLogLine {
  /** The service's own text. */
  readonly at?: string;
  readonly level?: string;
  readonly code?: string;
  /** One redacted line of at most 500 characters. */
  readonly message: string;
  /** Redacted too: addresses, names. */
  readonly keywords: readonly string[];
}

/**
 * The answer of an enrichment call, or the reason why there is none. `denied`: the key lacks the right to this call.
 * `missing`: the service says that the task does not exist. `failed`: the call gave no answer. `skipped`: the call was
 * not made.
 */
export type CallResult<T> =
  | { readonly kind: 'known'; readonly value: T }
  | {
      readonly kind: 'denied';
      readonly detail: string;
      readonly answer?: Answer;
      readonly requestId?: string;
    }
  | Missing
  /** `isLasting`: the endpoint has no such call. */
  | (Failed & { readonly isLasting?: true })
  | Skipped;

/** The answers of the enrichment calls about one task; absent where a call was not made. */
export interface Enrichment {
  readonly stats?: CallResult<Stats>;
  /** The task's row; `absent` when the complete list lacks it. */
  readonly listed?: CallResult<ListedTask | 'absent'>;
  /** The newest lines of level ERROR, the newest first. */
  readonly logs?: CallResult<readonly TaskLogLine[]>;
  readonly project?: ProjectFacts;
}

/** The facts of a project that matter for the events of one task. */
export interface ProjectFacts {
  /**
   * The last look at its replicating tasks (ISO 8601, UTC). It may be somewhat earlier than the true time, see
   * `isLookedAtDue`.
   */
  readonly lookedAt?: string;
  /** Set when an event of the project has announced that its statistics are unreadable. */
  readonly isStatsFailureAnnounced?: true;
}

/** The value of an answer; nothing when the call was not made or gave none. */
export function valueIn<T>(answer: CallResult<T> | undefined): T | undefined {
  return answer?.kind === 'known' ? answer.value : undefined;
}

/** The reason for an unknown answer, in the codes of events. */
export interface Unanswered {
  readonly why: (typeof UNANSWERED)[number];
  readonly failure?: LookFailure;
}

export function unansweredOf(
  answer: Exclude<CallResult<unknown>, { kind: 'known' }> | undefined,
): Unanswered {
  if (answer === undefined) return { why: 'not_read' };
  switch (answer.kind) {
    case 'failed':
      return { why: 'failed', failure: answer.reason };
    case 'skipped':
      return { why: SKIPPED[answer.why] };
    default:
      return { why: answer.kind };
  }
}
