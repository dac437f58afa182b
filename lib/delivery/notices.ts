import { count } from '../base/text.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { StoredRecord } from '../records/record.ts';
import type { Log } from '../telemetry/log.ts';
import type { RunContext } from './context.ts';
import { suppressedFor } from './outbox/batching/batching.ts';
import { countEvents } from './outbox/batching/merge.ts';
import { heldDeliveriesIn } from './outbox/batching/quiet-time.ts';
import { deliveryName } from './outbox/outbox.ts';
import type { Recipient } from './outbox/types.ts';

/**
 * Reports that another run has the leases of several records. A killed run looks like one at work until its leases
 * expire.
 *
 * @param leases the ends of the leases (ISO 8601, UTC)
 */
export function reportLeases(leases: readonly string[], log: Log): void {
  const last = leases.toSorted().at(-1);
  if (last === undefined) return;
  const records = count(leases.length, 'record', 'records');
  const message = `another run is delivering from ${records}; if it was stopped, the next tick after ${last.slice(11, 19)} UTC takes over`;
  log({ kind: 'notice', message });
}

/** Reports which chats get no message although something happened, and why. */
export function reportSuppressed(
  records: readonly StoredRecord[],
  channels: ReadonlyMap<string, Recipient>,
  now: Date,
  log: Log,
): void {
  for (const record of records) {
    for (const channel of channels.values()) {
      const held = suppressedFor(record, channel, now);
      if (held === undefined) continue;
      const [{ event } = {}] = held.waiting;
      const waiting = countEvents(held.waiting);
      const events = `${count(waiting, 'event waits', 'events wait')}`;
      const message = `channel ${channel.name}: ${whyQuiet(event)}; ${events} until ${held.until.slice(11, 16)} UTC, or until something else happens`;
      log({ kind: 'notice', message });
    }
  }
}

/**
 * Reports the chats for which an event of this run is held, and until when. Later runs do not report the event again.
 */
export function createHeldReport({
  channels,
  clock,
  log,
}: RunContext): (records: readonly StoredRecord[]) => void {
  const startedAt = new Date(clock.now()).toISOString();
  const reported = new Set<string>();
  return (records) => {
    const now = new Date(clock.now());
    for (const channel of channels.values()) {
      const all = records.flatMap((record) => heldDeliveriesIn(record, channel, now) ?? []);
      const byEnd = Map.groupBy(all, ({ by, untilWords }) => `${HELD_WORDS[by]} until ${untilWords}`);
      for (const [words, group] of byEnd) {
        const fresh = group.flatMap(({ held }) =>
          held.filter(({ event }) => {
            const name = deliveryName(event.id, channel.name);
            return event.time >= startedAt && !reported.has(name) && reported.add(name);
          }),
        );
        if (fresh.length === 0) continue;
        const events = count(countEvents(fresh), 'event waits', 'events wait');
        log({ kind: 'notice', message: `channel ${channel.name}: ${words}; ${events}` });
      }
    }
  };
}

const HELD_WORDS = { 'quiet hours': 'quiet', mute: 'muted' } as const;

/** Describes the flapping topic by the first waiting event. */
function whyQuiet(event: MigrationEvent | undefined): string {
  const name = nameOf(event);
  if (event?.type.startsWith('dcs.watch.')) return `looks at ${name} fail intermittently`;
  const isReadiness =
    event?.type.startsWith('dcs.migration.cutover_') || event?.type.startsWith('dcs.group.');
  return isReadiness ? `${name} alternates between ready and not ready` : `${name} changes back and forth`;
}

function nameOf(event: MigrationEvent | undefined): string {
  const { group, project } = event?.data ?? {};
  const what = group === undefined ? 'task' : 'group';
  return project === undefined ? `${what} ${event?.subject}` : `project ${project.name}`;
}
