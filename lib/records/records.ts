import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { WatchRecord } from '../migration/model/state.ts';
import type { ItemKey, Store } from '../store/store.ts';
import { decodeRecord, encodeRecord } from './codec.ts';
import { keptUntil } from './retention.ts';

/** A record with its place in the store and the revision at which we know it (0: not stored yet). */
export interface HeldRecord {
  readonly key: ItemKey;
  readonly rev: number;
  readonly record: WatchRecord;
}

/** One record, or why there is none to work with. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly held: HeldRecord }
  | { readonly kind: 'missing' | 'unreadable' | 'newer' };

/** Reads one record. */
export async function readRecord(store: Store, key: ItemKey): Promise<ReadRecord> {
  const item = await store.get(key);
  if (item === undefined) return { kind: 'missing' };
  const decoded = decodeRecord(item.body);
  if (decoded.kind === 'record')
    return { kind: 'record', held: { key, rev: item.rev, record: decoded.record } };
  return { kind: decoded.kind === 'newer' ? 'newer' : 'unreadable' };
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
 * @returns the record as it is held now; nothing when somebody else was faster
 * @throws {StoreError} when it is not known whether it was written
 */
export async function saveRecord(
  store: Store,
  held: Pick<HeldRecord, 'key' | 'rev'>,
  record: WatchRecord,
): Promise<HeldRecord | undefined> {
  const rev = held.rev + 1;
  const until = keptUntil(record);
  const saved = await store.save({
    key: held.key,
    rev,
    nonce: randomUUID(),
    body: encodeRecord(record),
    ...(until !== undefined && { expiresAt: Math.ceil(until / 1000) }),
  });
  return saved === 'saved' ? { key: held.key, rev, record } : undefined;
}

/** A record without what telling changes in it. */
function knowledgeOf({
  outbox: _owed,
  sent: _told,
  deadLettersUpTo: _letters,
  lease: _lease,
  ...known
}: WatchRecord) {
  return known;
}

/** Whether two states of a record differ in nothing but what is owed and told. */
export function isSameKnowledge(a: WatchRecord, b: WatchRecord): boolean {
  return isDeepStrictEqual(knowledgeOf(a), knowledgeOf(b));
}

/** What one state of a record knows, with what another one owes. */
export function withKnowledge(
  known: WatchRecord,
  { outbox, sent, deadLettersUpTo, lease }: WatchRecord,
): WatchRecord {
  return {
    ...knowledgeOf(known),
    outbox,
    ...(sent !== undefined && { sent }),
    ...(deadLettersUpTo !== undefined && { deadLettersUpTo }),
    ...(lease !== undefined && { lease }),
  };
}
