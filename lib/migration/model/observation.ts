import type { Answer, LookFailure } from '../../events/event.ts';
import type { Reason } from '../../events/reason.ts';

/** The source or the target of a migration, with the fields that messages need. */
export interface Instance {
  readonly id?: string;
  readonly name?: string;
  /**
   * `host:port`, a comma-separated list of them for clusters, or an OBS bucket. Any other text of the service is left
   * out.
   */
  readonly address?: string;
}

/**
 * The answer of ShowMigrationTask, reduced to allow-listed fields. There is no field for a password, so none can get
 * in. Timestamps are the service's own text, never parsed (their zone is not documented).
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
 * The outcome of a look. `missing`: the service says that the task does not exist (any more). `failed`: the look gave
 * no answer. `skipped`: no look was made, so it counts neither as good nor as failed.
 */
export type Look = { readonly kind: 'seen'; readonly observation: Observation } | Missing | Failed | Skipped;

/** The service says that the task does not exist. */
export interface Missing {
  readonly kind: 'missing';
  readonly detail: string;
  readonly answer?: Answer;
  readonly requestId?: string;
}

/** The look gave no answer, for this reason. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: LookFailure;
  /** One line for people, without secrets: `HTTP 401 APIGW.0301 …`. */
  readonly detail: string;
  /** The detail as codes. */
  readonly answer?: Answer;
  readonly requestId?: string;
  /** The endpoint asks for, or the refused key needs, a cooldown of this many milliseconds. */
  readonly cooldownMs?: number;
  /** Set when the key itself was refused, so that no other request may use it for now. */
  readonly isKeyRefused?: true;
}

/** No request was made, for this reason. */
export type Skipped =
  | { readonly kind: 'skipped'; readonly why: 'resting' | 'out of time' }
  | {
      readonly kind: 'skipped';
      readonly why: 'the endpoint does not answer';
      /** The failure of other calls there. */
      readonly failure: NoAnswer;
    };

/** The reasons of skipped looks, in the codes of events. */
export const SKIPPED = {
  resting: 'resting',
  'out of time': 'out_of_time',
  'the endpoint does not answer': 'endpoint_silent',
} as const satisfies Record<Skipped['why'], Reason>;

/** The reason for a missing answer, in the form of a failed look. */
export interface NoAnswer {
  readonly reason: LookFailure;
  readonly detail: string;
  readonly answer?: Answer;
}

/** The outcome of a look without its observation, which the health of a project needs. */
export type LookResult = Exclude<Look, { kind: 'seen' }> | { readonly kind: 'seen' };

/** Whether the service answered about the task, and so accepted the key. Only such a look ends a row of refusals. */
export function isAnswered({ kind }: LookResult): boolean {
  return kind === 'seen' || kind === 'missing';
}

/**
 * The type of tasks that have neither the phases of an online migration nor statistics (API reference,
 * ShowMigrationTaskStats).
 */
const BACKUP_IMPORT = 'backupfile_import';

/** Whether a task goes through the phases of an online migration. */
export function hasOnlinePhases({ migrationType }: Observation): boolean {
  return migrationType !== BACKUP_IMPORT;
}
