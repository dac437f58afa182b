import type { Instance, LookFailure } from './observation.ts';

/** One task as ListMigrationTask shows it: an allow-listed projection. */
export interface ListedTask {
  readonly taskId: string;
  readonly name?: string;
  /** Huawei's raw word, at most 64 characters; absent when it is not readable. */
  readonly status?: string;
  readonly migrationType?: string;
  readonly migrationMethod?: string;
  readonly createdAt?: string;
  readonly releasedAt?: string;
  /** Why a task failed, in the service's words, redacted. */
  readonly errorMessage?: string;
  readonly source?: Instance;
  readonly target?: Instance;
}

/** What ShowMigrationTaskStats says. A number that the service did not give in a readable form is absent. */
export interface Stats {
  /** Of the full synchronisation. */
  readonly progressPercent?: number;
  /** How far the target is behind; 0: not at all. Its unit is not documented. */
  readonly offset?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
  /** Traffic into the target, KB/s. */
  readonly inputKbps?: number;
  readonly opsPerSecond?: number;
  readonly isMigrating?: boolean;
}

/** One line of a task's log (ListMigrationTaskLogs), redacted. */
export interface TaskLogLine {
  readonly at?: string;
  readonly level?: string;
  readonly code?: string;
  readonly message: string;
  readonly keywords: readonly string[];
}

/**
 * How a neighbouring call ended. `denied`: the key has no right to it, so we go on with what is known without it.
 * `missing`: there is no such task. `failed` and `skipped`: nothing is known this time.
 */
export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'denied'; readonly detail: string }
  | { readonly kind: 'missing'; readonly detail: string }
  | {
      readonly kind: 'failed';
      readonly reason: LookFailure;
      readonly detail: string;
      readonly restMs?: number;
    }
  | { readonly kind: 'skipped'; readonly why: 'resting' | 'out of time' };

/** What the neighbouring calls say about one task; absent: not asked. */
export interface Neighbours {
  readonly stats?: Answer<Stats>;
  /** The task's entry in the list; `absent` when a list that was read whole does not have it. */
  readonly listed?: Answer<ListedTask | 'absent'>;
  /** The last lines of level ERROR. */
  readonly logs?: Answer<readonly TaskLogLine[]>;
}

/** What a call gave; nothing when it was not asked or gave nothing. */
export function known<T>(answer: Answer<T> | undefined): T | undefined {
  return answer?.kind === 'known' ? answer.value : undefined;
}
