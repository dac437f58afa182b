import type { Clock } from '../base/clock.ts';
import { count } from '../base/text.ts';
import type { Audience } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import type { Log } from '../telemetry/log.ts';
import { suppressedFor } from './outbox/batching/batching.ts';
import { countEvents } from './outbox/batching/merge.ts';

/**
 * Says that what several records owe is not told now, because another run has their leases. A run that was killed looks
 * like one that is at work: its leases end by themselves.
 *
 * @param leases when they end (ISO 8601, UTC)
 */
export function reportLeases(leases: readonly string[], log: Log): void {
  const last = leases.toSorted().at(-1);
  if (last === undefined) return;
  const records = leases.length === 1 ? '1 record owes' : `${leases.length} records owe`;
  const message = `what ${records} is being told by another run; if that was stopped, the next tick after ${last.slice(11, 19)} UTC goes on`;
  log({ kind: 'notice', message });
}

/** Says of each chat that is quiet about something, although something happened, why that is. */
export function reportSuppressed(
  records: readonly WatchRecord[],
  input: {
    readonly channels: ReadonlyMap<
      string,
      { readonly name: string; readonly audience: Audience; readonly settings: string }
    >;
    readonly clock: Pick<Clock, 'now'>;
    readonly log: Log;
  },
): void {
  const now = new Date(input.clock.now());
  for (const record of records) {
    for (const { name, audience, settings } of input.channels.values()) {
      const held = suppressedFor(record, { name, audience, settings }, now);
      if (held === undefined) continue;
      const [{ event } = {}] = held.waiting;
      const waiting = countEvents(held.waiting);
      const events = `${count(waiting, 'event')} ${waiting === 1 ? 'waits' : 'wait'}`;
      const message = `channel ${name}: ${whyQuiet(event)}; ${events} until ${held.until.slice(11, 16)} UTC, or until something else happens`;
      input.log({ kind: 'notice', message });
    }
  }
}

/** What comes and goes, by the first of the events that wait. */
function whyQuiet(event: MigrationEvent | undefined): string {
  const name = nameOf(event);
  if (event?.type.startsWith('dcs.watch.')) return `looks at ${name} fail now and then`;
  const isReadiness =
    event?.type.startsWith('dcs.migration.cutover_') || event?.type.startsWith('dcs.group.');
  return isReadiness ? `${name} is ready and not ready by turns` : `${name} changes back and forth`;
}

function nameOf(event: MigrationEvent | undefined): string {
  const { group, project } = event?.data ?? {};
  const what = group === undefined ? 'task' : 'group';
  return project === undefined ? `${what} ${event?.subject}` : `project ${project.name}`;
}
