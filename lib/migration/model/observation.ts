import type { Answer, LookFailure } from '../../events/event.ts';
import type { Reason } from '../../events/reason.ts';

/** The source or the target of a migration, as far as messages need it. */
export interface Instance {
  readonly id?: string;
  readonly name?: string;
  /** `host:port`, a comma-separated list for clusters, or an OBS bucket; nothing else of what the service writes there. */
  readonly address?: string;
}

/**
 * The task as one look saw it: an allow-listed projection of the answer of ShowMigrationTask. There is no field for a
 * password, so none can get in. Timestamps are the service's own text, never parsed (their zone is not documented).
 */
export interface Observation {
  /** Huawei's raw word, at most 64 characters. */
  readonly status: string;
  readonly name?: string;
  readonly description?: string;
  readonly migrationType?: string;
  readonly migrationMethod?: string;
  readonly networkType?: string;
  readonly resumeMode?: string;
  readonly version?: string;
  /** The state of an IP switch: `EXCHANGING`, `EXCHANGE_SUCCESS`, `ROLLBACK_SUCCESS`. */
  readonly taskStatus?: string;
  readonly source?: Instance;
  readonly target?: Instance;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly releasedAt?: string;
  /** The private address of the migration machine, which a white list of the source must have. */
  readonly migrationIp?: string;
}

/**
 * How a look ended. `missing` is the service saying that the task does not exist (any more); `failed` is not knowing.
 * `skipped` is not having looked at all: it says nothing and counts as nothing.
 */
export type Look = { readonly kind: 'seen'; readonly observation: Observation } | Missing | Failed | Skipped;

/** The service says that there is no such task. */
export interface Missing {
  readonly kind: 'missing';
  readonly detail: string;
  readonly answer?: Answer;
  readonly requestId?: string;
}

/** Nothing is known, and why. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: LookFailure;
  /** One line for people, without secrets: `HTTP 401 APIGW.0301 …`. */
  readonly detail: string;
  /** The same as codes. */
  readonly answer?: Answer;
  readonly requestId?: string;
  /** The endpoint asks for, or the refused key needs, a cooldown of this many milliseconds. */
  readonly cooldownMs?: number;
  /** The key itself was refused: every user of it must leave it alone. */
  readonly isKeyRefused?: true;
}

/** That nobody was asked, and why. */
export type Skipped =
  | { readonly kind: 'skipped'; readonly why: 'resting' | 'out of time' }
  | {
      readonly kind: 'skipped';
      readonly why: 'the endpoint does not answer';
      /** The failure that other calls met there. */
      readonly failure: NoAnswer;
    };

/** The words of events for not having asked. */
export const SKIPPED = {
  resting: 'resting',
  'out of time': 'out_of_time',
  'the endpoint does not answer': 'endpoint_silent',
} as const satisfies Record<Skipped['why'], Reason>;

/** Why no answer came, as a look that fails says it. */
export interface NoAnswer {
  readonly reason: LookFailure;
  readonly detail: string;
  readonly answer?: Answer;
}

/** How a look ended, without what it saw: the input of the health of a project. */
export type LookResult = Exclude<Look, { kind: 'seen' }> | { readonly kind: 'seen' };

/** The service answered about the task, so it accepted the key. Only that ends refusals in a row. */
export function isAnswered({ kind }: LookResult): boolean {
  return kind === 'seen' || kind === 'missing';
}

/** Its phases are not those of an online migration, and it has no statistics (API reference, ShowMigrationTaskStats). */
const BACKUP_IMPORT = 'backupfile_import';

/** Whether a task goes through the phases of an online migration. */
export function hasOnlinePhases({ migrationType }: Observation): boolean {
  return migrationType !== BACKUP_IMPORT;
}
