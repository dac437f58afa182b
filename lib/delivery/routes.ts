import type { Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { WatchRecord } from '../migration/record.ts';
import { owedTo } from './outbox.ts';
import { hasArrived } from './redrive.ts';

/**
 * The channels that are to be told an event of this record: those that want it. Whoever was told a word is also told
 * what takes it back, though the task may be called or labelled otherwise by now.
 *
 * @returns their names
 */
export function routesOf(
  event: MigrationEvent,
  record: WatchRecord,
  channels: ReadonlyMap<string, Pick<Channel, 'name' | 'wants'>>,
): string[] {
  const word = retractedBy(event);
  const heard = (name: string): boolean =>
    word !== undefined && (hasArrived(record, word, name) || owedTo(record, word, name) !== undefined);
  return [...channels.values()]
    .filter((channel) => channel.wants(event, heard(channel.name)))
    .map(({ name }) => name);
}

/** The id of the event that another one takes back, if it does. */
export function retractedBy({ data: { readiness, group } }: MigrationEvent): string | undefined {
  return readiness?.retracts ?? group?.retracts?.id;
}
