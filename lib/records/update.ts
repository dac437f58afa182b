import type { Store } from '../store/store.ts';
import type { StoredRecord } from './record.ts';
import { type HeldRecord, type ReadRecord, readRecord, saveRecord } from './records.ts';

/** Writes are tried again so often on top of what other runs wrote meanwhile. */
const MOST_CONFLICTS = 5;

/** The record to write. The same record, or no change at all, is not written. */
type Change = { readonly record: StoredRecord } | undefined;

interface Changing<C extends Change> {
  /** Decides on the record as it was read last: once more after each conflict. */
  change(record: StoredRecord): C | Promise<C>;
  /** Stores what must be stored before the record: a crash in between loses nothing. */
  beforeWrite?(change: C): Promise<void>;
  /** Reads the record after a conflict, by default as it is. Without a record the update ends. */
  readAgain?(): Promise<ReadRecord>;
  /** Gets each newer state of the record at once. */
  hold?(held: HeldRecord): void;
}

/** A change, and the record as it is held now; or why there is none: `busy` after too many conflicts. */
export type Updated<C> =
  | { readonly kind: 'done'; readonly change: C; readonly held: HeldRecord; readonly isWritten: boolean }
  | { readonly kind: 'busy' }
  | Exclude<ReadRecord, { kind: 'record' }>;

/**
 * Changes a record by compare-and-set: decides, writes if nobody wrote meanwhile, else reads again and decides anew.
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
