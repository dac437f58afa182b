import { WatchError } from '../../base/errors.ts';

/** A run that was not started. */
export class StartError extends WatchError {
  override readonly name = 'StartError';
  readonly code = 'not_started';
}
