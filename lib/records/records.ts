import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { defined } from '../base/defined.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import type { Item, ItemKey, Store } from '../store/store.ts';
import { decodeRecord, encodeRecord, type NoRecord } from './codec.ts';
import { keptUntil } from './retention.ts';

/** The place of a record in the store. */
export interface RecordRevision {
  readonly key: ItemKey;
  /** The revision at which we know it; 0: not stored yet. */
  readonly rev: number;
}

/** A record with its place in the store. */
export interface HeldRecord extends RecordRevision {
  readonly record: WatchRecord;
}

/** One record, or why there is none to work with. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly held: HeldRecord }
  | { readonly kind: 'missing' }
  | NoRecord;

/** Reads one record. */
export async function readRecord(store: Store, key: ItemKey): Promise<ReadRecord> {
  const item = await store.get(key);
  if (item === undefined) return { kind: 'missing' };
  const decoded = decodeRecord(item.body);
  if (decoded.kind !== 'record') return decoded;
  return { kind: 'record', held: { key, rev: item.rev, record: decoded.record } };
}

/** Reads one record; nothing when there is none or it is not readable. */
export async function loadRecord(store: Store, key: ItemKey): Promise<HeldRecord | undefined> {
  const read = await readRecord(store, key);
  // Mutant survives, `read.kind === 'record'` → `true`: what is not readable holds no record.
  return read.kind === 'record' ? read.held : undefined;
}

/**
 * Writes a record if nobody wrote it since we read it.
 *
 * @returns the record as it is held now; nothing when another run was faster
 * @throws {StoreError} when it is not known whether it was written
 */
export async function saveRecord(
  store: Store,
  { key, rev: before }: RecordRevision,
  record: WatchRecord,
): Promise<HeldRecord | undefined> {
  const rev = before + 1;
  const until = keptUntil(record);
  const expiresAt = until === undefined ? undefined : Math.ceil(until / 1000);
  const item: Item = defined({ key, rev, nonce: randomUUID(), body: encodeRecord(record), expiresAt });
  return (await store.save(item)) === 'saved' ? { key, rev, record } : undefined;
}

/** A record without the fields that deliveries change. */
function knowledgeOf({
  outbox: _pending,
  sent: _arrived,
  deadLettersUpTo: _letters,
  lease: _lease,
  ...known
}: WatchRecord) {
  return known;
}

/** Whether two states of a record differ in their deliveries alone. */
export function isSameKnowledge(a: WatchRecord, b: WatchRecord): boolean {
  return isDeepStrictEqual(knowledgeOf(a), knowledgeOf(b));
}

/** The knowledge of one state of a record, with the deliveries of another one. */
export function withKnowledge(
  known: WatchRecord,
  { outbox, sent, deadLettersUpTo, lease }: WatchRecord,
): WatchRecord {
  return {
    ...knowledgeOf(known),
    outbox,
    ...defined<Partial<WatchRecord>>({ sent, deadLettersUpTo, lease }),
  };
}
