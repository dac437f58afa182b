import { WatchError } from '../base/errors.ts';

/** Facts of a call that gave no good answer. */
export interface DcsErrorFacts {
  readonly message: string;
  readonly reason: DcsErrorReason;
  readonly code: string;
  readonly status?: number | undefined;
  readonly serviceMessage?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly isKeyRefused?: boolean | undefined;
}

/** The kinds of failures; `wrong options` before anything was asked. */
export type DcsErrorReason =
  | 'not found'
  | 'not authorised'
  | 'throttled'
  | 'refused'
  | 'unreachable'
  | 'unreadable answer'
  | 'wrong options';

/** DCS gave no good answer, or none at all. Its message is one line that says what to do; nothing in it is secret. */
export class DcsError extends WatchError {
  override readonly name = 'DcsError';
  readonly reason: DcsErrorReason;
  /** The service's code: `DCS.4133`, `APIGW.0301`. Without one, a word of ours: `timeout`, `dns`, `no_credentials`. */
  readonly code: string;
  /** The status of HTTP; undefined where there was no answer. */
  readonly status: number | undefined;
  /** The service's own words, at most 200 characters, without data of customers. */
  readonly serviceMessage: string | undefined;
  /** For whoever asks Huawei's support. */
  readonly requestId: string | undefined;
  /** How long the service, or a key that was refused, is to be left alone. Milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether the key itself was refused: five refusals in a row lock it. */
  readonly isKeyRefused: boolean;

  constructor(facts: DcsErrorFacts) {
    super(facts.message);
    this.reason = facts.reason;
    this.code = facts.code;
    this.status = facts.status;
    this.serviceMessage = facts.serviceMessage;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.isKeyRefused = facts.isKeyRefused ?? false;
  }
}
