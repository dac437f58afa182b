import type { StoredDeadLetter } from '../delivery/dead-letters.ts';
import { deliveryName, pending } from '../delivery/outbox/outbox.ts';
import { type Inventory, loadInventory, mutedChannels } from '../delivery/redrive/inventory.ts';
import { deadIn, type HeldUntil, heldUntil } from '../delivery/redrive/known-deliveries.ts';
import { plainRecordId, projectPartition, taskRecordId } from '../records/keys.ts';
import type { StoredRecord } from '../records/record.ts';
import type { HeldRecord } from '../records/records.ts';
import type { ItemKey } from '../store/store.ts';
import type { StatusSource } from './source.ts';
import type { DeliveryCounts } from './status.ts';

/** The state as it was read, ready to be asked about one subject after another. */
export interface StoredState {
  readonly inventory: Inventory;
  readonly heldIn: HeldUntil;
  /** Deliveries that nobody will make any more, unless they are requeued. */
  readonly dead: readonly StoredDeadLetter[];
  /** The record under a key, in each spelling of a task's id. */
  find(key: ItemKey): StoredRecord | undefined;
  /** Records of one partition. */
  recordsOf(partition: string): readonly HeldRecord[];
  /** Deliveries of events in one record. */
  deliveriesOf(key: ItemKey): DeliveryCounts;
  /** Deliveries by channel, whether it is configured or not. */
  readonly byChannel: ReadonlyMap<string, DeliveryCounts>;
}

/** @throws {StoreError} */
export async function loadStored({
  store,
  projects,
  groups,
  channels,
  now,
}: StatusSource): Promise<StoredState> {
  const ids = projects.map(({ id }) => id);
  const inventory = await loadInventory(store, ids);
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  const recipients = mutedChannels(inventory, { channels: byName, groups, now }).values();
  return storedIn(inventory, heldUntil(recipients, now));
}

function storedIn(inventory: Inventory, heldIn: HeldUntil): StoredState {
  const { records } = inventory;
  const byKey = new Map(records.map(({ key, record }) => [nameOf(key), record]));
  const byPartition = Map.groupBy(records, ({ key }) => key.partition);
  const dead = deadIn(inventory);
  const counted = [...records.flatMap((held) => pendingIn(held, heldIn)), ...dead.map(deadDelivery)];
  const bySubject = countsBy(counted, ({ subject }) => subject);
  return {
    inventory,
    heldIn,
    dead,
    find: (key) => byKey.get(nameOf(key)),
    recordsOf: (partition) => byPartition.get(partition) ?? [],
    deliveriesOf: (key) => bySubject.get(nameOf(key)) ?? NO_DELIVERIES,
    byChannel: countsBy(counted, ({ channel }) => channel),
  };
}

function nameOf({ partition, id }: ItemKey): string {
  return `${partition} ${plainRecordId(id)}`;
}

interface Counted {
  readonly subject: string;
  readonly channel: string;
  readonly state: 'pending' | 'held' | 'dead';
}

function pendingIn({ key, record }: HeldRecord, heldIn: HeldUntil): Counted[] {
  if (record.outbox.length === 0) return [];
  const held = heldIn(record);
  return pending(record).map(({ event, channel }) => ({
    subject: nameOf(key),
    channel,
    state: held.has(deliveryName(event.id, channel)) ? 'held' : 'pending',
  }));
}

function deadDelivery(deadLetter: StoredDeadLetter): Counted {
  return { subject: nameOf(recordKeyOf(deadLetter)), channel: deadLetter.channel, state: 'dead' };
}

/** Dead letters of older versions do not name their record. */
export function recordKeyOf({ record, event: { subject, data } }: StoredDeadLetter): ItemKey {
  const { task } = data;
  return (
    record ?? {
      partition: projectPartition(task?.projectId ?? ''),
      id: taskRecordId(task?.id ?? subject),
    }
  );
}

export const NO_DELIVERIES: DeliveryCounts = { pending: 0, held: 0, dead: 0 };

function countsBy(
  all: readonly Counted[],
  keyOf: (one: Counted) => string,
): ReadonlyMap<string, DeliveryCounts> {
  const counts = new Map<string, DeliveryCounts>();
  for (const [key, group] of Map.groupBy(all, keyOf)) {
    const held = group.filter(({ state }) => state === 'held').length;
    const dead = group.filter(({ state }) => state === 'dead').length;
    counts.set(key, { pending: group.length - dead, held, dead });
  }
  return counts;
}
