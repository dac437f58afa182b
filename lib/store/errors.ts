import { WatchError } from '../base/errors.ts';

/**
 * `missing` (no table, not a store) · `denied` (no permission, read-only) · `corrupt` (not a database, unreadable
 * answer) · `lost` (deleted or replaced while it was in use) · `unavailable` (throttled, time-out, locked, disk full): only
 * the last may pass by itself.
 */
export type StoreErrorCode = 'missing' | 'denied' | 'corrupt' | 'lost' | 'unavailable';

/** The store could not do what was asked. The message names the table or file and what to do about it. */
export class StoreError extends WatchError {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
