import { createHash, randomUUID } from 'node:crypto';
import type { Item, ItemKey, LoadOptions, Store } from '../store/store.ts';
import { decodeRecord } from './codec.ts';
import { PROJECT_PREFIX, plainRecordId, taskIdIn, WATCHER_KEY } from './keys.ts';
import { newRecord, type StoredRecord, type WatcherState } from './record.ts';
import { type HeldRecord, isSameKnowledge, loadRecord, saveRecord } from './records.ts';

/**
 * All records of one partition (of a project, or of the groups) during one pass: read once, before any look. The record
 * of a task is found under each spelling of the task's id.
 */
export interface PartitionRecords {
  /** The record as it was read or last saved here; nothing when there is none, or none that can be read. */
  find(id: string): StoredRecord | undefined;
  /** Ids of records that a newer version of this program wrote, which are left alone. */
  readonly newer: ReadonlySet<string>;
  isNewer(id: string): boolean;
  /** Ids of records that cannot be read. Saving keeps the old text aside, where a person can find it. */
  readonly unreadable: ReadonlySet<string>;
  /** @returns false when another run wrote the record since it was read: this look is then out of date */
  save(id: string, record: StoredRecord): Promise<boolean>;
  /**
   * Reads a record anew whose save was refused.
   *
   * @returns the record as it stands, if only its deliveries changed: this look is then not out of date
   */
  readAgain(id: string): Promise<StoredRecord | undefined>;
  /** The record with its revision, to be written by others; revision 0 if there is none yet. */
  held(id: string, now: Date): HeldRecord;
  all(): HeldRecord[];
  /** The records of tasks. */
  tasks(): { readonly taskId: string; readonly record: StoredRecord }[];
  /** Ids of tasks that have a record which cannot be read, or which a newer version wrote. */
  hiddenTasks(): string[];
  /** Whether a save was refused: a newer run is here, and these records are partly out of date. */
  isOutdated(): boolean;
}

interface RecordOptions extends LoadOptions {
  /** By the id of a record: the others are read, and not kept in memory. By default all are. */
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

/** Reads the record that speaks for the whole configuration; it stands alone. */
export async function loadWatcher(store: Store): Promise<PartitionRecords> {
  const item = await store.get(WATCHER_KEY);
  return recordsIn(store, WATCHER_KEY.partition, item === undefined ? [] : [item]);
}

/** A partition as it was read, and as it was written since. */
interface LoadedPartition {
  readonly store: Store;
  readonly name: string;
  readonly held: Map<string, HeldRecord>;
  /** Texts that hold no record, until their place is written. */
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

/** The id under which a record was stored when the partition was read, whichever way it is asked for. */
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
 * Records of projects were once named after an entry of the configuration, and live on under that id. The one that was
 * announced as failing goes first, then one that has deliveries pending.
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

/** Partitions whose records may have pending deliveries, by what was written down, with their channels. */
export function partitionsIn(watcher: PartitionRecords): NonNullable<WatcherState['partitions']> {
  return watcher.find(WATCHER_KEY.id)?.state.partitions ?? {};
}

/** Partitions with pending deliveries, by what was written down, that are not among these. */
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

/** Keeps a text in the partition `aside`. Its key is its digest: keeping it twice changes nothing. */
async function keepAside(store: Store, key: ItemKey, body: string): Promise<void> {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const aside = { partition: 'aside', id: `${key.partition}/${key.id}/${digest}` };
  await store.save({ key: aside, rev: 1, nonce: randomUUID(), body });
}
