import { defined } from '../../base/defined.ts';
import type { Channel } from '../../channels/channel.ts';
import { type EventFacts, type MigrationEvent, makeEvent } from '../../events/event.ts';
import { WATCHER_SOURCE, WATCHER_SUBJECT } from '../../events/source.ts';
import { en } from '../../language/en.ts';
import { nextCounts } from '../../migration/model/update.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import type { StoredRecord } from '../../records/record.ts';
import { isBroken } from '../outbox/backoff/circuit-breaker.ts';
import { enqueue } from '../outbox/enqueue.ts';
import { routingOf } from '../outbox/routing.ts';
import type { OutboxUpdate } from '../outbox/types.ts';
import { keyOf, stateOf } from './health-record.ts';

export interface AnnouncementInput {
  readonly channels: ReadonlyMap<string, Channel>;
  /** Announcements come from this project. */
  readonly project: WatchedProject;
}

const BROKEN = 'dcs.watch.channel_broken';
/** Interval of the reminders of broken channels. */
const REMINDED_EVERY_MS = 24 * 3_600_000;
/** Channels that one event names, and characters of each reason: a record holds 200 KB of events. */
const MOST_NAMED = 200;
const REASON_LENGTH = 200;

/** The channels of one announcement. */
interface Announcement {
  readonly broken: readonly Channel[];
  readonly isReminder: boolean;
}

/**
 * Announces broken channels to working ones: one event names all channels that broke since the last announcement. If
 * none did, but the last announcement is a day old, one event reminds of all.
 *
 * @returns nothing when there is nothing to announce, or no working channel
 */
export function announceBroken(
  record: StoredRecord,
  { channels, project }: AnnouncementInput,
  now: Date,
): OutboxUpdate | undefined {
  const broken = [...channels.values()].filter((channel) => isBroken(stateOf(record, channel), channel));
  const announcement = announcementOf(record, broken, now);
  if (announcement.broken.length === 0) return undefined;
  const event = brokenEvent(record, announcement, project, now);
  const able = [...channels.values()].filter((one) => !broken.includes(one) && one.accepts(event));
  if (able.length === 0) return undefined;
  const announced = withAnnounced(record, announcement, now);
  const routing = { ...routingOf(record, channels), to: () => able.map(({ name }) => name) };
  const update = enqueue({ ...announced, ...nextCounts(record, now) }, [event], routing, now);
  return { ...update, events: [event] };
}

function announcementOf(record: StoredRecord, broken: readonly Channel[], now: Date): Announcement {
  const fresh = broken.filter((channel) => stateOf(record, channel)?.isUnannounced);
  if (fresh.length > 0) return { broken: fresh, isReminder: false };
  const isDue = broken.some((channel) => {
    const { brokenSince = '', announcedAt = brokenSince } = stateOf(record, channel) ?? {};
    return now.getTime() - Date.parse(announcedAt) >= REMINDED_EVERY_MS;
  });
  return { broken: isDue ? broken : [], isReminder: true };
}

function withAnnounced(record: StoredRecord, { broken, isReminder }: Announcement, now: Date): StoredRecord {
  const announced = broken.flatMap((channel) => {
    const state = stateOf(record, channel);
    if (state === undefined) return [];
    const { isUnannounced: _announced, ...rest } = state;
    const reminders = isReminder ? (rest.reminders ?? 0) + 1 : rest.reminders;
    return [
      [keyOf(channel), { ...rest, announcedAt: now.toISOString(), ...defined({ reminders }) }] as const,
    ];
  });
  const { state } = record;
  const channels = { ...state.channels, ...Object.fromEntries(announced) };
  return { ...record, state: { ...state, channels } };
}

type BrokenChannel = NonNullable<EventFacts['channels']>[number];

const NO_CHANNEL: BrokenChannel = { name: '', reason: '', since: '' };

function brokenEvent(
  record: StoredRecord,
  { broken, isReminder }: Announcement,
  { consoleUrl, stamp }: WatchedProject,
  now: Date,
): MigrationEvent {
  const { sequence, eventCount } = nextCounts(record, now);
  const all = broken.map((channel) => {
    const { reason = '', explanation, brokenSince = now.toISOString() } = stateOf(record, channel) ?? {};
    return defined<BrokenChannel>({
      name: channel.name,
      reason: reason.slice(0, REASON_LENGTH),
      // The codes would repeat the whole reason, including the part cut off here.
      explanation: reason.length > REASON_LENGTH ? undefined : explanation,
      since: brokenSince,
    });
  });
  const [{ name, reason, explanation } = NO_CHANNEL] = all;
  const reminders = Math.max(...broken.map((channel) => stateOf(record, channel)?.reminders ?? 0));
  const unlisted = Math.max(0, all.length - MOST_NAMED);
  const facts: EventFacts = defined({
    channel: defined({ name, reason, explanation }),
    channels: all.slice(0, MOST_NAMED),
    unlisted: unlisted > 0 ? unlisted : undefined,
    reminders: isReminder ? reminders : undefined,
    number: eventCount,
    severity: 'action',
    consoleUrl: consoleUrl === '' ? undefined : consoleUrl,
  });
  return makeEvent({
    origin: { source: WATCHER_SOURCE, subject: WATCHER_SUBJECT },
    stamp,
    sequence,
    now,
    type: BROKEN,
    data: { ...facts, summary: en.summarise(BROKEN, facts) ?? BROKEN },
  });
}

/**
 * Ids of held announcements that are no longer true: every channel they name works again, or has broken anew since.
 *
 * @param broken the channels that are broken now
 */
export function endedAnnouncements(
  broken: readonly BrokenNow[],
  events: readonly MigrationEvent[],
): readonly string[] | undefined {
  const isStill = ({ name, since }: BrokenChannel) =>
    broken.some((one) => one.channel === name && one.since === since);
  const over = events.filter(({ type, data: { channels = [], unlisted = 0 } }) => {
    return type === BROKEN && unlisted === 0 && channels.length > 0 && !channels.some(isStill);
  });
  return over.length === 0 ? undefined : over.map(({ id }) => id);
}

interface BrokenNow {
  readonly channel: string;
  readonly since: string;
}

/** A broken channel, for the log. */
export function brokenSentence(name: string, reason: string): string {
  const channels = [{ name, reason, since: '' }];
  return en.summarise(BROKEN, { severity: 'action', channels }) ?? name;
}
