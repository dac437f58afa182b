import { createHash, randomUUID } from 'node:crypto';
import type { Item, ItemKey, LoadOptions, Store } from '../store/store.ts';
import { decodeRecord } from './codec.ts';
import { PROJECT_PREFIX, plainRecordId, taskIdIn, WATCHER_KEY } from './keys.ts';
import { newRecord, type StoredRecord, type WatcherState } from './record.ts';
import { type HeldRecord, isSameKnowledge, loadRecord, saveRecord } from './records.ts';

/**
 * All records of one partition (of a project, or of the groups) during one pass, read once before any look. A task's
 * record is found by any spelling of the task's id.
 */
export interface PartitionRecords {
  /** The record as it was read or last saved here; nothing when it is missing or unreadable. */
  find(id: string): StoredRecord | undefined;
  /** Ids of records that a newer version of this program wrote, and that are never overwritten. */
  readonly newer: ReadonlySet<string>;
  isNewer(id: string): boolean;
  /** Ids of unreadable records. A save keeps the old text aside, where people can find it. */
  readonly unreadable: ReadonlySet<string>;
  /** @returns false when another run has written the record since, so that this look is out of date */
  save(id: string, record: StoredRecord): Promise<boolean>;
  /**
   * Reads a record again whose save was refused.
   *
   * @returns the record if only its deliveries changed, so that this look still counts
   */
  readAgain(id: string): Promise<StoredRecord | undefined>;
  /** The record with its revision, for a write elsewhere; revision 0 if it is not stored yet. */
  held(id: string, now: Date): HeldRecord;
  all(): HeldRecord[];
  /** The records of tasks. */
  tasks(): { readonly taskId: string; readonly record: StoredRecord }[];
  /** Ids of tasks whose record is unreadable, or was written by a newer version. */
  hiddenTasks(): string[];
  /** Whether a save was refused. Another run is newer then, and some of these records are out of date. */
  isOutdated(): boolean;
}

interface RecordOptions extends LoadOptions {
  /** Decides by its id whether a record stays in memory after it was read. Default: all do. */
  readonly keeps?: (id: string) => boolean;
}

/** Reads the records of a partition, in one query. */
export async function loadRecords(
  store: Store,
  partition: string,
  { keeps = () => true, ...options }: RecordOptions = {},
): Promise<PartitionRecords> {
  const items = await store.load(partition, options);
  return recordsIn(
    store,
    partition,
    items.filter(({ key }) => keeps(key.id)),
  );
}

/** Reads the record about the whole configuration, the only one of its partition. */
export async function loadWatcher(store: Store): Promise<PartitionRecords> {
  const item = await store.get(WATCHER_KEY);
  return recordsIn(store, WATCHER_KEY.partition, item === undefined ? [] : [item]);
}

/** A partition as it was read, with this process' writes since. */
interface LoadedPartition {
  readonly store: Store;
  readonly name: string;
  readonly held: Map<string, HeldRecord>;
  /** Unreadable texts, until a write replaces them. */
  readonly unreadable: Map<string, Item>;
  readonly newer: ReadonlySet<string>;
  /** Ids of records that another run wrote since they were read. */
  readonly refused: Set<string>;
}

function recordsIn(store: Store, name: string, items: readonly Item[]): PartitionRecords {
  const partition = loadedFrom(store, name, items);
  const { held, unreadable, newer, refused } = partition;
  const spelled = spellingIn(partition);
  return {
    newer,
    unreadable: new Set(unreadable.keys()),
    isNewer: (id) => newer.has(spelled(id)),
    find: (id) => held.get(spelled(id))?.record,
    save: (id, record) => saveIn(partition, spelled(id), record),
    readAgain: (id) => readAgainIn(partition, spelled(id)),
    held: (id, now) =>
      held.get(spelled(id)) ?? {
        key: { partition: name, id },
        rev: 0,
        nonce: undefined,
        record: newRecord(now),
      },
    all: () => [...held.values()],
    tasks: () => [...held].flatMap(([id, { record }]) => taskIdIn(id).map((taskId) => ({ taskId, record }))),
    hiddenTasks: () => [...unreadable.keys(), ...newer].flatMap(taskIdIn),
    isOutdated: () => refused.size > 0,
  };
}

function loadedFrom(store: Store, name: string, items: readonly Item[]): LoadedPartition {
  const held = new Map<string, HeldRecord>();
  const unreadable = new Map<string, Item>();
  const newer = new Set<string>();
  for (const item of items) {
    const { key, rev, nonce } = item;
    const decoded = decodeRecord(key, item.body);
    if (decoded.kind === 'record') held.set(key.id, { key, rev, nonce, record: decoded.record });
    else if (decoded.kind === 'newer') newer.add(key.id);
    else unreadable.set(key.id, item);
  }
  return { store, name, held, unreadable, newer, refused: new Set() };
}

/** The stored id of a record, for any spelling that is asked for. */
function spellingIn({ held, unreadable, newer }: LoadedPartition): (id: string) => string {
  const stored = new Set([...held.keys(), ...unreadable.keys(), ...newer]);
  const spellings = new Map([...stored].toReversed().map((id) => [plainRecordId(id), id]));
  const renamed = renamedProjectRecord([...stored], held);
  return (id) => {
    if (stored.has(id)) return id;
    return (id.startsWith(PROJECT_PREFIX) ? renamed : spellings.get(plainRecordId(id))) ?? id;
  };
}

async function saveIn(partition: LoadedPartition, id: string, record: StoredRecord): Promise<boolean> {
  const { store, name, held, unreadable, newer, refused } = partition;
  if (newer.has(id)) return false;
  const key = { partition: name, id };
  const before = unreadable.get(id);
  if (before !== undefined) await keepAside(store, key, before.body);
  const { rev = 0, nonce } = before ?? held.get(id) ?? {};
  const saved = await saveRecord(store, { key, rev, nonce }, record);
  if (saved === undefined) {
    refused.add(id);
    return false;
  }
  held.set(id, saved);
  unreadable.delete(id);
  return true;
}

async function readAgainIn(
  { store, held, refused }: LoadedPartition,
  id: string,
): Promise<StoredRecord | undefined> {
  const before = held.get(id);
  if (before === undefined) return undefined;
  const newest = await loadRecord(store, before.key);
  if (newest === undefined || !isSameKnowledge(newest.record, before.record)) return undefined;
  refused.delete(id);
  held.set(id, newest);
  return newest.record;
}

/**
 * Earlier versions named a project's record after an entry of the configuration, and that id is kept. Of several, the
 * record of an announced failure comes first, then one with pending deliveries.
 */
function renamedProjectRecord(
  stored: readonly string[],
  held: ReadonlyMap<string, HeldRecord>,
): string | undefined {
  const weightOf = (id: string): number => {
    const record = held.get(id)?.record;
    if (record === undefined) return 0;
    return 1 + (record.outbox.length > 0 ? 1 : 0) + (record.state.failing?.announced ? 2 : 0);
  };
  const ids = stored.filter((id) => id.startsWith(PROJECT_PREFIX));
  return ids.toSorted((a, b) => weightOf(b) - weightOf(a))[0];
}

/** The registered partitions, whose records may have pending deliveries, with their channels. */
export function partitionsIn(watcher: PartitionRecords): NonNullable<WatcherState['partitions']> {
  return watcher.find(WATCHER_KEY.id)?.state.partitions ?? {};
}

/** Registered partitions that are not among these. */
export function removedPartitions(watcher: PartitionRecords, partitions: readonly string[]): string[] {
  return Object.keys(partitionsIn(watcher)).filter((partition) => !partitions.includes(partition));
}

/** Reads several partitions, by name. */
export async function loadPartitions(
  store: Store,
  partitions: readonly string[],
): Promise<ReadonlyMap<string, PartitionRecords>> {
  const read = partitions.map(async (name) => [name, await loadRecords(store, name)] as const);
  return new Map(await Promise.all(read));
}

/** Keeps a text in the partition `aside`, under its digest, so that keeping it twice changes nothing. */
async function keepAside(store: Store, key: ItemKey, body: string): Promise<void> {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const aside = { partition: 'aside', id: `${key.partition}/${key.id}/${digest}` };
  await store.save({ key: aside, rev: 1, nonce: randomUUID(), body });
}
