import type { EventType, MigrationEvent } from '../../events/event.ts';
import type { Delivery, OutboxEntry, RecordState, Reminder, StoredRecord } from '../../records/record.ts';
import { concernsEnding } from './backoff/retry-policy.ts';
import { withEntry } from './outbox.ts';

/** Reminders of an end stop after this time: not every task that failed is deleted. */
const ENDS_REMINDED_FOR_MS = 7 * 24 * 3_600_000;

/** The interval in milliseconds at which a chat wants reminders of an event; nothing when it wants none. */
export type RemindEvery = (channel: string, event: MigrationEvent) => number | undefined;

/**
 * Keeps those new events that somebody must act on, with the chats that want reminders of them. Only the last event of
 * each kind is kept, so that they stay few.
 */
export function withNewReminders(
  record: StoredRecord,
  added: readonly OutboxEntry[],
  remindEvery: RemindEvery,
): StoredRecord {
  const { reminders: before = [], ...rest } = withoutVainReminders(record);
  const fresh = added.flatMap(({ event, deliveries }): Reminder[] => {
    const chats = Object.keys(deliveries).filter((name) => remindEvery(name, event) !== undefined);
    if (chats.length === 0 || !needsSomebody(event)) return [];
    return [{ event, lastSentAt: Object.fromEntries(chats.map((name) => [name, event.time])) }];
  });
  const byKind = new Map([...before, ...fresh].map((one) => [kindOf(one.event), one]));
  const waiting = [...byKind.values()].filter(({ event }) => stillWaits(rest.state, event));
  return waiting.length === 0 ? rest : { ...rest, reminders: waiting };
}

/** Removes unsent reminders whose event no longer holds. */
function withoutVainReminders(record: StoredRecord): StoredRecord {
  const outbox = record.outbox.flatMap((entry): OutboxEntry[] => {
    if (stillWaits(record.state, entry.event)) return [entry];
    const others = Object.entries(entry.deliveries).filter(([, { reminder }]) => !reminder);
    return others.length === 0 ? [] : [{ ...entry, deliveries: Object.fromEntries(others) }];
  });
  return { ...record, outbox };
}

/** Events that somebody should act on, and tasks that are to be configured. */
function needsSomebody({ data: { severity, to } }: MigrationEvent): boolean {
  return severity === 'action' || severity === 'failure' || to?.phase === 'configuring';
}

/**
 * Events with the same kind replace each other. A task has one standing at a time, and beside it may be ready, stalled,
 * or out of sight.
 */
function kindOf({ type, data: { to } }: MigrationEvent): string {
  return to === undefined ? type : 'standing';
}

type Condition = (state: RecordState, event: MigrationEvent) => boolean;

/** Whether an event still holds, by type. Events of other types are sent once. */
const STANDS: Readonly<Partial<Record<EventType, Condition>>> = {
  'dcs.migration.cutover_ready': ({ run }, { id }) => run?.ready?.announced?.id === id,
  'dcs.migration.stalled': ({ run }) => run?.stalled !== undefined,
  'dcs.migration.forgotten': ({ standing }, { data }) => standing?.since === data.standing?.since,
  'dcs.group.ready': ({ announced }, { id }) => announced?.ready?.id === id,
  'dcs.group.failed': ({ announced }, { id }) => announced?.failed?.id === id,
  'dcs.watch.failing': ({ failing }) => failing?.announced === true,
  'dcs.watch.channel_broken': ({ channels = {} }) =>
    Object.values(channels).some(({ brokenSince }) => brokenSince !== undefined),
};

function stillWaits(state: RecordState, event: MigrationEvent): boolean {
  const { standing } = state;
  const { to } = event.data;
  if (to !== undefined) {
    return standing?.status === to.status && standing.phase === to.phase && standing.since === to.since;
  }
  return STANDS[event.type]?.(state, event) ?? false;
}

/**
 * Enqueues due reminders of events that wait for somebody. A reminder repeats the old event and makes no new one.
 *
 * @param remindEvery intervals of the chats that are configured now
 * @returns the same record when no reminder is due
 */
export function withReminders(record: StoredRecord, remindEvery: RemindEvery, now: Date): StoredRecord {
  const { reminders = [] } = record;
  const due = reminders.map((one) => ({ one, chats: chatsToRemind(record, one, remindEvery, now) }));
  if (due.every(({ chats }) => chats.length === 0)) return record;
  const at = now.toISOString();
  const reminder: Delivery = { attempts: 0, nextAttemptAt: at, history: [], owedSince: at, reminder: true };
  const outbox = due.reduce(
    (outboxSoFar, { one: { event }, chats }) =>
      chats.length === 0
        ? outboxSoFar
        : withEntry(outboxSoFar, {
            event,
            deliveries: Object.fromEntries(chats.map((name) => [name, reminder])),
          }),
    record.outbox,
  );
  const reminded = due.map(({ one, chats }) => ({
    ...one,
    lastSentAt: { ...one.lastSentAt, ...Object.fromEntries(chats.map((name) => [name, at])) },
  }));
  return { ...record, reminders: reminded, outbox };
}

function chatsToRemind(
  record: StoredRecord,
  { event, lastSentAt }: Reminder,
  remindEvery: RemindEvery,
  now: Date,
): string[] {
  if (!stillWaits(record.state, event)) return [];
  const isOld = now.getTime() - Date.parse(event.time) >= ENDS_REMINDED_FOR_MS;
  if (isOld && (concernsEnding(event) || event.type === 'dcs.group.failed')) return [];
  return Object.entries(lastSentAt).flatMap(([name, at]) => {
    const everyMs = remindEvery(name, event);
    // A chat with a pending delivery of this record gets a message anyway, and needs no reminder.
    const isPending = record.outbox.some(({ deliveries }) => Object.hasOwn(deliveries, name));
    const isTime = everyMs !== undefined && now.getTime() - Date.parse(at) >= everyMs;
    return isTime && !isPending ? [name] : [];
  });
}
