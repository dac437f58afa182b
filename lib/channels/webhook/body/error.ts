import { WatchError } from '../../../base/errors.ts';

/**
 * `template`: it is no Liquid, or names something that does not exist. `missing`: this event lacks a variable.
 * `value`: what came out cannot be sent. `slow`: it took too long, here and now.
 */
export type TemplateErrorCode = 'template' | 'missing' | 'value' | 'slow';

/** A template of a body, or what came out of it, cannot be used. The message holds nothing of the template or the event. */
export class TemplateError extends WatchError {
  override readonly name = 'TemplateError';
  readonly code: TemplateErrorCode;
  /** The word that the template uses and nobody knows, as far as there is one; it may be a secret. */
  readonly word: string | undefined;

  constructor(code: TemplateErrorCode, message: string, word?: string) {
    super(message);
    this.code = code;
    this.word = word;
  }
}
