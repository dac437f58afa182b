import { reasonOf } from '../base/errors.ts';
import { holdOf } from '../delivery/outbox/batching/hold.ts';
import { withReminders } from '../delivery/outbox/reminders.ts';
import type { MigrationEvent } from '../events/event.ts';
import { finderOf } from '../migration/discovery/discovery.ts';
import { plainId } from '../migration/model/task-id.ts';
import { groupRecordId, projectRecordId, taskRecordId } from '../records/keys.ts';
import type { PartitionRecords } from '../records/partition.ts';
import type { HeldRecord } from '../records/records.ts';
import type { TickContext } from './context.ts';
import type { TickRecords } from './load/tick-records.ts';
import type { TickGroup, TickProject } from './target.ts';

/**
 * Enqueues again each event that still waits for somebody, for the chats that want reminders. It runs before the looks,
 * because a look that ends the matter also removes the unsent reminder. When the store fails, the next tick reminds.
 */
export async function remind(
  known: TickRecords,
  { channels, clock, log, groups }: TickContext,
): Promise<void> {
  const everyMs = new Map([...channels.values()].map((one) => [one.name, one.remindEveryMs]));
  if ([...everyMs.values()].every((one) => one === undefined)) return;
  const now = new Date(clock.now());
  // Quiet hours and mutes postpone a reminder.
  const everyMsOf = (name: string, event: MigrationEvent) => {
    const channel = channels.get(name);
    const isHeld = channel && holdOf(channel, event)?.until(now.getTime()) !== undefined;
    return isHeld ? undefined : everyMs.get(name);
  };
  try {
    for (const [records, held] of watchedIn(known, groups)) {
      for (const { key, record } of held) {
        const reminded = withReminders(record, everyMsOf, now);
        if (reminded !== record) await records.save(key.id, reminded);
      }
    }
  } catch (error) {
    log({ kind: 'problem', message: `no reminders were sent; the next tick sends them: ${reasonOf(error)}` });
  }
}

/** Records whose subject is still watched. No look would ever end the reminders of any other subject. */
function watchedIn(
  { byProject, groups, watcher }: TickRecords,
  configured: readonly TickGroup[],
): (readonly [PartitionRecords, readonly HeldRecord[]])[] {
  const names = new Set(configured.map(({ name }) => groupRecordId(name)));
  return [
    ...[...byProject].map(([records, entries]) => [records, watchedBy(entries, records)] as const),
    ...(groups === undefined ? [] : [[groups, groups.all().filter(({ key }) => names.has(key.id))] as const]),
    [watcher, watcher.all()],
  ];
}

function watchedBy(entries: readonly TickProject[], records: PartitionRecords): HeldRecord[] {
  const named = entries.flatMap(({ watches }) => watches.map(({ taskId }) => taskRecordId(taskId)));
  const ids = new Set([...named, ...entries.map(({ id }) => projectRecordId(id))].map(plainId));
  return records
    .all()
    .filter(({ key, record }) => ids.has(plainId(key.id)) || finderOf(record.state, entries) !== undefined);
}
