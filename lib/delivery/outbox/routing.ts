import type { Channel } from '../../channels/channel.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { WatchRecord } from '../../migration/model/state.ts';
import { pending } from './outbox.ts';
import { retractedBy } from './retraction.ts';

/**
 * The channels that are to be told an event of this record: those that want it. Whoever was told a word is also told
 * what takes it back, though the task may be called or labelled otherwise by now.
 *
 * @returns their names
 */
export function routesOf(
  event: MigrationEvent,
  record: WatchRecord,
  channels: ReadonlyMap<string, Pick<Channel, 'name' | 'accepts'>>,
): string[] {
  const word = retractedBy(event);
  const heard = word === undefined ? new Set() : whoHeard(word, record);
  return [...channels.values()]
    .filter((channel) => channel.accepts(event, heard.has(channel.name)))
    .map(({ name }) => name);
}

/** The channels that were, or are to be, told a word, or that it was said anew. */
function whoHeard(word: string, record: WatchRecord): ReadonlySet<string> {
  const told = (record.sent ?? []).map(({ channel, eventId, renews }) => ({
    channel,
    ids: [eventId, renews],
  }));
  const owed = pending(record).map(({ channel, event }) => ({ channel, ids: [event.id, event.data.renews] }));
  return new Set([...told, ...owed].filter(({ ids }) => ids.includes(word)).map(({ channel }) => channel));
}
