import { pending } from '../../../lib/delivery/outbox/outbox.ts';
import { StoreError } from '../../../lib/store/errors.ts';
import type { Item, Store } from '../../../lib/store/store.ts';
import type { Counter, Faults, StoreFault } from './faults.ts';
import type { Promised } from './promise.ts';
import type { Gate } from './scheduler.ts';

interface StorageInput {
  readonly store: Store;
  /** The store as a process of its own sees it; by default as every other one. */
  readonly open?: (() => Store) | undefined;
  readonly promised: Promised;
  readonly fired: Counter;
  faults(): Faults;
}

/** The store of a case, as its runs get to see it: behind the scheduler, and with faults. */
export interface Storage {
  of(gate: Gate, run: number): Store;
  /** The same at once and without faults, for somebody at the command line. */
  readonly atOnce: Store;
  /** Everything that was acknowledged, as it was last written. */
  items(): Item[];
  /** Takes as acknowledged what was written while that was not known. */
  confirm(items: readonly Item[]): void;
  /** Compares all of it with what the store holds. */
  check(): Promise<void>;
  readonly largest: { outboxEvents: number; itemBytes: number };
}

export function createStorage({ store, open, promised, fired, faults }: StorageInput): Storage {
  const items = new Map<string, Map<string, Item>>();
  /** What a stale read gives: each partition as it was before its last write. */
  const past = new Map<string, Item[]>();
  const largest = { outboxEvents: 0, itemBytes: 0 };

  const noteSaved = (item: Item): void => {
    const { partition, id } = item.key;
    const inPartition = items.get(partition) ?? new Map<string, Item>();
    past.set(partition, [...inPartition.values()]);
    items.set(partition, inPartition.set(id, item));
    for (const { type } of promised.persisted(item)) fired.count(`event: ${type.replace('dcs.', '')}`);
    largest.itemBytes = Math.max(largest.itemBytes, Buffer.byteLength(item.body));
    largest.outboxEvents = Math.max(largest.outboxEvents, promised.record(id)?.outbox.length ?? 0);
  };

  const spoil = (operation: 'load' | 'get' | 'save', partition: string, run: number) => {
    const fault = faults().store(operation, partition);
    if (fault === undefined) return undefined;
    fired.count(`store: ${fault}`);
    // Only what is written, or read again while writing, can leave a delivery unacknowledged.
    if (operation !== 'load' && fault !== 'asked twice') promised.accident(run);
    if (fault === 'throttled') throw new StoreError('unavailable', 'the table is throttled');
    return fault;
  };

  const isAcknowledgement = ({ key, body }: Item): boolean => {
    const before = promised.record(key.id);
    if (before === undefined || !key.partition.startsWith('project:')) return false;
    return pending(JSON.parse(body)).length < pending(before).length;
  };

  const save = async (item: Item, fault: StoreFault | undefined, own = store, run?: number) => {
    if (fault === 'answer lost' && isAcknowledgement(item)) fired.count('store: acknowledgement lost');
    const saved = await own.save(item).catch((error: unknown) => {
      fired.count('store: unconfirmed');
      if (run !== undefined) promised.accident(run);
      throw error;
    });
    if (saved === 'saved') {
      noteSaved(item);
      promised.forgot(Number(!isSame(await store.get(item.key), item)));
    } else fired.count('store: conflict');
    if (fault === 'answer lost') throw new StoreError('unavailable', 'the connection was closed');
    return fault === 'asked twice' ? own.save(item) : saved;
  };

  const inside = (): Item[] => [...items.values()].flatMap((inPartition) => [...inPartition.values()]);

  return {
    largest,
    items: inside,
    atOnce: { ...store, save: (item) => save(item, undefined) },

    of(gate, run) {
      const own = open?.() ?? store;
      return {
        load: (partition) =>
          gate(`load ${partition}`, () =>
            spoil('load', partition, run) === 'stale read'
              ? (past.get(partition) ?? [])
              : own.load(partition),
          ),
        get: (key) =>
          gate(`get ${key.id}`, () => {
            const isStale = spoil('get', key.partition, run) === 'stale read';
            return isStale ? past.get(key.partition)?.find((item) => item.key.id === key.id) : own.get(key);
          }),
        save: (item) =>
          gate(
            `save ${item.key.id}`,
            () => save(item, spoil('save', item.key.partition, run), own, run),
            item,
          ),
        close: async () => undefined,
      };
    },

    confirm(written) {
      for (const item of written) noteSaved(item);
    },

    async check() {
      const held = await Promise.all([...items.keys()].map((partition) => store.load(partition)));
      const byKey = new Map(held.flat().map((item) => [keyOf(item), item]));
      promised.forgot(inside().filter((item) => !isSame(byKey.get(keyOf(item)), item)).length);
    },
  };
}

function keyOf({ key }: Item): string {
  return JSON.stringify([key.partition, key.id]);
}

function isSame(held: Item | undefined, { rev, nonce, body }: Item): boolean {
  return held?.rev === rev && held.nonce === nonce && held.body === body;
}
