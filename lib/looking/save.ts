import { buryDead, logDead } from '../delivery/dead-letters.ts';
import { leased, mayDeliver } from '../delivery/lease.ts';
import { dueChannels, owe } from '../delivery/outbox.ts';
import { routesOf } from '../delivery/routes.ts';
import { reasonOf } from '../errors.ts';
import type { Noticed } from '../migration/draft.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { PartitionRecords } from '../records.ts';
import type { Run } from './run.ts';

/**
 * Saves what was noticed together with what is owed for it, and takes the lease for telling it, all in one write. On a
 * conflict somebody newer was here, and what was seen is dropped.
 */
export async function save(
  id: string,
  { record, events }: Noticed,
  records: PartitionRecords,
  run: Run,
): Promise<void> {
  const { store, log, owner, endsAt, channels, clock, done } = run;
  const now = new Date(clock.now());
  const routing = {
    to: (event: MigrationEvent) => routesOf(event, record, channels),
    isChat: (name: string) => channels.get(name)?.kind === 'chat',
  };
  const owed = owe(record, events, routing, now);
  const toTell = dueChannels(owed.record, now).some((name) => channels.has(name));
  const mine = toTell && mayDeliver(owed.record, owner, now.getTime());
  const saved = mine
    ? leased(owed.record, { owner, now: clock.now(), leftMs: endsAt - clock.elapsed() })
    : owed.record;
  try {
    await buryDead(store, records.held(id, now).key, owed.dead, now);
    if (!(await records.save(id, saved))) return;
  } catch (error) {
    log({
      kind: 'problem',
      message: `record ${id}: not saved, the next tick looks again: ${reasonOf(error)}`,
    });
    done.failedRecords += 1;
    return;
  }
  done.events += events.length;
  done.changed += events.filter(({ type }) => isChange(type)).length;
  done.dead += owed.dead.length;
  for (const event of events) log({ kind: 'event', event });
  logDead(owed.dead, log);
}

/** Whether a task has come to another status, or is gone. */
export function isChange(type: MigrationEvent['type']): boolean {
  return type === 'dcs.migration.status_changed' || type === 'dcs.migration.gone';
}
