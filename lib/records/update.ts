import type { Store } from '../store/store.ts';
import type { StoredRecord } from './record.ts';
import { type HeldRecord, type ReadRecord, readRecord, saveRecord } from './records.ts';

/** Most conflicts with writes of other runs before an update gives up. */
const MOST_CONFLICTS = 5;

/** The record to write. An unchanged record, or no change, causes no write. */
type Change = { readonly record: StoredRecord } | undefined;

interface Changing<C extends Change> {
  /** Decides on the newest record that was read. Runs again after each conflict. */
  change(record: StoredRecord): C | Promise<C>;
  /** Stores dead letters and the like before the record, so that a crash in between loses nothing. */
  beforeWrite?(change: C): Promise<void>;
  /** Reads the record after a conflict; default: {@link readRecord}. The update ends if it gives no record. */
  readAgain?(): Promise<ReadRecord>;
  /** Called with each newer version of the record. */
  hold?(held: HeldRecord): void;
}

/** The change and the newest record, or the reason why there is none: `busy` after too many conflicts. */
export type Updated<C> =
  | { readonly kind: 'done'; readonly change: C; readonly held: HeldRecord; readonly isWritten: boolean }
  | { readonly kind: 'busy' }
  | Exclude<ReadRecord, { kind: 'record' }>;

/**
 * Changes a record by compare-and-set: decides, writes unless another run wrote meanwhile, else reads again and decides
 * anew.
 *
 * @param held the record as it was read last
 * @throws {StoreError} when it is not known whether it was written
 */
export async function update<C extends Change>(
  store: Store,
  held: HeldRecord,
  { change, beforeWrite, hold, readAgain = () => readRecord(store, held.key) }: Changing<C>,
): Promise<Updated<C>> {
  let newest = held;
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const next = await change(newest.record);
    const isSame = next === undefined || next.record === newest.record;
    if (isSame) return { kind: 'done', change: next, held: newest, isWritten: false };
    await beforeWrite?.(next);
    const saved = await saveRecord(store, newest, next.record);
    if (saved !== undefined) {
      hold?.(saved);
      return { kind: 'done', change: next, held: saved, isWritten: true };
    }
    const read = await readAgain();
    if (read.kind !== 'record') return read;
    newest = read.held;
    hold?.(newest);
  }
  return { kind: 'busy' };
}
