import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { defined } from '../base/defined.ts';
import type { ItemKey, Store, Write } from '../store/store.ts';
import { decodeRecord, encodeRecord, type NoRecord } from './codec.ts';
import type { StoredRecord } from './record.ts';
import { keptUntil } from './retention.ts';

/** The place of a record in the store. */
export interface RecordRevision {
  readonly key: ItemKey;
  /** The revision that was read; 0 if it is not stored yet. */
  readonly rev: number;
  /** The nonce of the item that we know; absent where there is none. */
  readonly nonce?: string | undefined;
}

/** A record with its place in the store. */
export interface HeldRecord extends RecordRevision {
  readonly nonce: string | undefined;
  readonly record: StoredRecord;
}

/** One record, or the reason why there is none to work with. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly held: HeldRecord }
  | { readonly kind: 'missing' }
  | NoRecord;

/** Reads one record. */
export async function readRecord(store: Store, key: ItemKey): Promise<ReadRecord> {
  const item = await store.get(key);
  if (item === undefined) return { kind: 'missing' };
  const decoded = decodeRecord(key, item.body);
  if (decoded.kind !== 'record') return decoded;
  return { kind: 'record', held: { key, rev: item.rev, nonce: item.nonce, record: decoded.record } };
}

/** Reads one record; nothing when it is missing or unreadable. */
export async function loadRecord(store: Store, key: ItemKey): Promise<HeldRecord | undefined> {
  const read = await readRecord(store, key);
  // Mutant survives, `read.kind === 'record'` → `true`: what is not readable holds no record.
  return read.kind === 'record' ? read.held : undefined;
}

/**
 * Writes a record unless another run has written it since it was read.
 *
 * @returns the record as it is held now; nothing when another run was faster
 * @throws {StoreError} when it is not known whether it was written
 */
export async function saveRecord(
  store: Store,
  { key, rev: before, nonce: replaces }: RecordRevision,
  record: StoredRecord,
): Promise<HeldRecord | undefined> {
  const rev = before + 1;
  const until = keptUntil(record);
  const expiresAt = until === undefined ? undefined : Math.ceil(until / 1000);
  const nonce = randomUUID();
  const write: Write = defined({ key, rev, nonce, body: encodeRecord(record), expiresAt, replaces });
  return (await store.save(write)) === 'saved' ? { key, rev, nonce, record } : undefined;
}

/** Whether two versions of a record differ at most in their deliveries. */
export function isSameKnowledge(a: StoredRecord, b: StoredRecord): boolean {
  return isDeepStrictEqual(knowledgeIn(a), knowledgeIn(b));
}

function knowledgeIn({ born, sequence, eventCount, state, reminders }: StoredRecord) {
  return { born, sequence, eventCount, state, reminders };
}
