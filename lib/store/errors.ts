import { WatchError } from '../base/errors.ts';

/**
 * `missing` (no table, not a store) · `denied` (no permission, read-only) · `corrupt` (not a database, unreadable
 * answer) · `lost` (deleted or replaced while it was in use) · `unavailable` (throttled, time-out, locked, disk full):
 * only the last may go away by itself.
 */
export type StoreErrorCode = 'missing' | 'denied' | 'corrupt' | 'lost' | 'unavailable';

/** A failed request to the store. The message names the table or file, and the remedy. */
export class StoreError extends WatchError {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
