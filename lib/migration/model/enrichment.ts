import type { Answer, LookFailure } from '../../events/event.ts';
import type { UNANSWERED } from '../../events/reason.ts';
import { type Failed, type Instance, type Missing, SKIPPED, type Skipped } from './observation.ts';

/** One task as ListMigrationTask shows it: an allow-listed projection. Only there is the reason of a failure. */
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
  /** How far the target is behind the source; 0 is not at all. */
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
 * The answer of a call beside ShowMigrationTask, or why nothing is known. `denied` is the key lacking the right to
 * this call, so that the rest must do without it; `missing` is the service saying that there is no such task; `failed`
 * is not knowing; `skipped` is not having asked at all.
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

/** The answers of the calls beside ShowMigrationTask about one task; absent: not asked. */
export interface Enrichment {
  readonly stats?: CallResult<Stats>;
  /** The task's entry in the list; `absent` when a list that was read whole does not have it. */
  readonly listed?: CallResult<ListedTask | 'absent'>;
  /** The newest lines of level ERROR, the newest first. */
  readonly logs?: CallResult<readonly TaskLogLine[]>;
  readonly project?: ProjectFacts;
}

/** The facts of a project that matter for the events of one task. */
export interface ProjectFacts {
  /** When its tasks that replicate were last looked at (ISO 8601, UTC); never much too early, see `isLookedAtDue`. */
  readonly lookedAt?: string;
  /** An event of the project announced that its statistics cannot be read. */
  readonly isStatsFailureAnnounced?: true;
}

/** The value that a call gave; nothing when it was not asked or gave none. */
export function valueIn<T>(answer: CallResult<T> | undefined): T | undefined {
  return answer?.kind === 'known' ? answer.value : undefined;
}

/** Why the answer to a call is not known, in the words of events. */
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
