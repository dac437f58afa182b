import { reasonOf } from '../base/errors.ts';
import { logDeadLetters, resolveDeadLetter, storeDeadLetters } from '../delivery/dead-letters.ts';
import { nextBatch } from '../delivery/outbox/batching/batching.ts';
import { enqueue } from '../delivery/outbox/enqueue.ts';
import { mayDeliver, withLease } from '../delivery/outbox/lease.ts';
import { dueChannels, pendingDeliveryTo, redriveCount } from '../delivery/outbox/outbox.ts';
import { routingOf } from '../delivery/outbox/routing.ts';
import type { OutboxUpdate } from '../delivery/outbox/types.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Update } from '../migration/model/update.ts';
import type { PartitionRecords } from '../records/partition.ts';
import { type RecordState, type StoredRecord, withStream } from '../records/record.ts';
import type { TickContext } from './context.ts';

/** An update of any record. */
export type StoredUpdate = Update<Partial<RecordState>>;

/**
 * Saves an update of one record. Never throws: an update that is not saved is logged and counted, and the next tick looks
 * again.
 */
export type Commit = (id: string, update: StoredUpdate, records: PartitionRecords) => Promise<void>;

type DeadLetters = OutboxUpdate['deadLetters'];

/** Tries to write one update while deliveries keep changing its record. */
const MAX_TRIES = 5;

/**
 * Commits state, its deliveries and the lease for sending them in one write. After a conflict, the deliveries that
 * another tick made stay, and the update is dropped if that tick's look is newer.
 */
export function createCommit(context: TickContext): Commit {
  const { log, stats } = context;
  return async (id, update, records) => {
    let dead: DeadLetters | undefined;
    try {
      dead = await write(id, update, records, context);
    } catch (error) {
      const message = `record ${id}: not saved; the next tick looks again: ${reasonOf(error)}`;
      log({ kind: 'problem', message });
      stats.failedRecords += 1;
      return;
    }
    if (dead !== undefined) countUpdate(update, dead, context);
  };
}

function countUpdate({ events }: StoredUpdate, dead: DeadLetters, { log, stats }: TickContext): void {
  stats.events += events.length;
  stats.changed += events.filter(({ type }) => isChange(type)).length;
  stats.dead += dead.length;
  for (const event of events) log({ kind: 'event', event });
  logDeadLetters(dead, log);
}

/** @returns the dead letters that a full outbox produced; nothing when the update is out of date */
async function write(
  id: string,
  { stream, events }: StoredUpdate,
  records: PartitionRecords,
  context: TickContext,
): Promise<DeadLetters | undefined> {
  const { store, clock } = context;
  const { record } = records.held(id, new Date(clock.now()));
  let newest: StoredRecord | undefined = withStream(record, stream);
  for (let tries = 0; tries < MAX_TRIES && newest !== undefined; tries += 1) {
    const now = new Date(clock.now());
    const queued = enqueue(newest, events, routingOf(newest, context.channels), now);
    await storeDeadLetters(store, records.held(id, now).key, queued.deadLetters, now);
    if (await records.save(id, leaseFor(queued.record, now, context))) return queued.deadLetters;
    const stored = await records.readAgain(id);
    newest = stored && withStream(stored, stream);
    if (stored !== undefined) await resolveDelivered(queued.deadLetters, stored, context, now);
  }
  return undefined;
}

/** Takes the lease in the same write if there is something to deliver, and no other tick delivers it. */
function leaseFor(record: StoredRecord, now: Date, context: TickContext): StoredRecord {
  const { owner, endsAt, channels, clock } = context;
  const isDue = dueChannels(record, now).some((name) => {
    const channel = channels.get(name);
    if (channel === undefined) return false;
    const isNeverHeld = channel.quiet === undefined && channel.mutes === undefined;
    return isNeverHeld || nextBatch(record, channel, now).length > 0;
  });
  if (!isDue || !mayDeliver(record, owner, now.getTime())) return record;
  return withLease(record, { owner, now: now.getTime(), leftMs: endsAt - clock.elapsed() });
}

/** Resolves dead letters of a full outbox whose delivery another run had just made. */
async function resolveDelivered(
  dead: DeadLetters,
  stored: StoredRecord,
  { store }: TickContext,
  now: Date,
): Promise<void> {
  for (const { event, channel, delivery } of dead) {
    if (pendingDeliveryTo(stored, event.id, channel) !== undefined) continue;
    await resolveDeadLetter(store, { event, channel, redrives: redriveCount(delivery) }, now);
  }
}

/** Whether a task has come to another status, or is gone. */
export function isChange(type: MigrationEvent['type']): boolean {
  return type === 'dcs.migration.status_changed' || type === 'dcs.migration.gone';
}
