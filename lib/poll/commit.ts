import { reasonOf } from '../base/errors.ts';
import { logDeadLetters, resolveDeadLetter, storeDeadLetters } from '../delivery/dead-letters.ts';
import { mayDeliver, withLease } from '../delivery/outbox/lease.ts';
import {
  dueChannels,
  enqueue,
  type OutboxUpdate,
  pendingTo,
  redriveCount,
} from '../delivery/outbox/outbox.ts';
import { routesOf } from '../delivery/outbox/routing.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import type { Noticed } from '../migration/model/update.ts';
import { type PartitionRecords, withKnowledge } from '../records/records.ts';
import type { TickContext } from './context.ts';

/** So often what was seen is written on top of what was told meanwhile. */
const MOST_TRIES = 5;

/**
 * Saves what was noticed together with what is owed for it, and takes the lease for telling it, all in one write. Where
 * somebody told something from the record meanwhile, that is kept. Where somebody newer knows more, what was seen is dropped.
 */
export async function save(
  id: string,
  noticed: Noticed,
  records: PartitionRecords,
  context: TickContext,
): Promise<void> {
  const { log, stats } = context;
  const { events } = noticed;
  let dead: OutboxUpdate['deadLetters'] | undefined;
  try {
    dead = await write(id, noticed, records, context);
  } catch (error) {
    log({
      kind: 'problem',
      message: `record ${id}: not saved, the next tick looks again: ${reasonOf(error)}`,
    });
    stats.failedRecords += 1;
    return;
  }
  if (dead === undefined) return;
  stats.events += events.length;
  stats.changed += events.filter(({ type }) => isChange(type)).length;
  stats.dead += dead.length;
  for (const event of events) log({ kind: 'event', event });
  logDeadLetters(dead, log);
}

/** @returns the dead letters that had to make room; nothing when what was seen is out of date */
async function write(
  id: string,
  { record, events }: Noticed,
  records: PartitionRecords,
  { store, owner, endsAt, channels, clock }: TickContext,
): Promise<OutboxUpdate['deadLetters'] | undefined> {
  let known: WatchRecord | undefined = record;
  for (let tries = 0; tries < MOST_TRIES && known !== undefined; tries += 1) {
    const before: WatchRecord = known;
    const now = new Date(clock.now());
    const routing = {
      to: (event: MigrationEvent) => routesOf(event, before, channels),
      isChat: (name: string) => channels.get(name)?.kind === 'chat',
      remindEvery: (name: string) => channels.get(name)?.remindEveryMs,
    };
    const owed = enqueue(before, events, routing, now);
    const toTell = dueChannels(owed.record, now).some((name) => channels.has(name));
    const mine = toTell && mayDeliver(owed.record, owner, now.getTime());
    await storeDeadLetters(store, records.held(id, now).key, owed.deadLetters, now);
    const work = { owner, now: now.getTime(), leftMs: endsAt - clock.elapsed() };
    if (await records.save(id, mine ? withLease(owed.record, work) : owed.record)) return owed.deadLetters;
    const newest = await records.readAgain(id);
    known = newest && withKnowledge(record, newest);
    if (newest !== undefined) await settleArrived(owed.deadLetters, newest, store, now);
  }
  return undefined;
}

/** What had to make room may have arrived just before: then its letter is none. */
async function settleArrived(
  dead: OutboxUpdate['deadLetters'],
  newest: WatchRecord,
  store: TickContext['store'],
  now: Date,
): Promise<void> {
  for (const { event, channel, delivery } of dead) {
    if (pendingTo(newest, event.id, channel) !== undefined) continue;
    await resolveDeadLetter(store, { event, channel, redrives: redriveCount(delivery) }, now);
  }
}

/** Whether a task has come to another status, or is gone. */
export function isChange(type: MigrationEvent['type']): boolean {
  return type === 'dcs.migration.status_changed' || type === 'dcs.migration.gone';
}
