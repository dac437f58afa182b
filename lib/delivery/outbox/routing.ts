import type { Audience } from '../../channels/channel.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { StoredRecord } from '../../records/record.ts';
import { pending } from './outbox.ts';
import { retractedBy } from './retraction.ts';
import type { Routing } from './types.ts';

/** A channel as routing sees it. */
export interface Route {
  readonly name: string;
  readonly audience: Audience;
  /** Interval at which it wants to be reminded; absent: never. Milliseconds. */
  readonly remindEveryMs?: number;
  /** @param isFollowUp whether the event retracts one that was sent to the channel */
  accepts(event: MigrationEvent, isFollowUp?: boolean): boolean;
}

type Routes = ReadonlyMap<string, Route>;

/** Routing of the events of one record. */
export function routingOf(record: StoredRecord, channels: Routes): Routing {
  return {
    to: (event) => routesOf(event, record, channels),
    isForPeople: (name) => channels.get(name)?.audience === 'people',
    remindEvery: (name) => channels.get(name)?.remindEveryMs,
  };
}

/**
 * Names of the channels that accept an event of this record. A channel that got an announcement also gets its
 * retraction, even if the task's name or labels have changed since.
 */
function routesOf(event: MigrationEvent, record: StoredRecord, channels: Routes): string[] {
  const retracted = retractedBy(event);
  const heard = retracted === undefined ? new Set() : recipientsOf(retracted, record);
  return [...channels.values()]
    .filter((channel) => channel.accepts(event, heard.has(channel.name)))
    .map(({ name }) => name);
}

/** Channels that got an event or its renewal, or still wait for it. */
function recipientsOf(eventId: string, record: StoredRecord): ReadonlySet<string> {
  const sent = (record.sent ?? []).map(({ channel, eventId, renews }) => ({
    channel,
    ids: [eventId, renews],
  }));
  const waiting = pending(record).map(({ channel, event }) => ({
    channel,
    ids: [event.id, event.data.renews],
  }));
  return new Set(
    [...sent, ...waiting].filter(({ ids }) => ids.includes(eventId)).map(({ channel }) => channel),
  );
}
