import { defined } from '../base/defined.ts';
import type { Channel } from '../channels/channel.ts';
import { type MigrationEvent, makeEvent } from '../events/event.ts';
import { WATCHER_SOURCE } from '../events/source.ts';
import { en } from '../language/en.ts';
import type { CircuitState, WatchRecord } from '../migration/model/state.ts';
import { counting } from '../migration/model/update.ts';
import type { WatchedProject } from '../migration/project/health.ts';
import { WATCHER_KEY } from '../records/records.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import { isBroken } from './outbox/backoff/circuit-breaker.ts';
import { enqueue } from './outbox/enqueue.ts';
import type { OutboxUpdate } from './outbox/types.ts';

export interface ChannelNewsInput {
  readonly channels: ReadonlyMap<string, Channel>;
  /** Where a warning comes from. */
  readonly project: WatchedProject;
}

const BROKEN = 'dcs.watch.channel_broken';
/** That a channel is broken is said again this seldom, as long as it is. Milliseconds. */
const REMINDED_EVERY_MS = 24 * 3_600_000;
/** As many as one event names, and as much of each reason: a record holds 200 KB of events. */
const MOST_NAMED = 200;
const REASON_LENGTH = 200;

/** Two configurations that use one store may each have a channel of this name. */
export function keyOf({ name, settings }: Pick<Channel, 'name' | 'settings'>): string {
  return `${name} ${settings}`;
}

/** What a record knows of a channel. */
export function stateOf({ channels = {} }: WatchRecord, channel: Channel): CircuitState | undefined {
  return channels[keyOf(channel)];
}

/** The configured channels that are broken. */
export function brokenIn(record: WatchRecord, channels: ReadonlyMap<string, Channel>): BrokenChannel[] {
  return [...channels.values()].flatMap((channel) => {
    const state = stateOf(record, channel);
    if (state?.brokenSince === undefined || !isBroken(state, channel)) return [];
    const { brokenSince: since, openUntil: nextTryAt, reason } = state;
    return [{ channel: channel.name, since, nextTryAt, reason }];
  });
}

/** A state that has just broken is to be told; one that was broken before is told already, or still to be. */
export function withNews(
  before: CircuitState | undefined,
  after: CircuitState | undefined,
): CircuitState | undefined {
  if (after?.brokenSince === undefined) return after;
  if (before?.brokenSince === undefined) return { ...after, isUnannounced: true };
  const { isUnannounced, announcedAt, reminders } = before;
  return {
    ...after,
    ...(isUnannounced && { isUnannounced }),
    ...(announcedAt !== undefined && { announcedAt }),
    ...(reminders !== undefined && { reminders }),
  };
}

/**
 * Tells the channels that work which others are broken: one event names all that have broken since it was last said. Where
 * there is no such news, but some have been broken for a day since it was said, one event reminds of all.
 *
 * @returns what to write; nothing when there is nothing to say, or nobody who could be told
 */
export function announceBroken(
  record: WatchRecord,
  { channels, project }: ChannelNewsInput,
  now: Date,
): OutboxUpdate | undefined {
  const broken = [...channels.values()].filter((channel) => isBroken(stateOf(record, channel), channel));
  const fresh = broken.filter((channel) => stateOf(record, channel)?.isUnannounced);
  const isReminder = fresh.length === 0;
  const about = isReminder ? remindersDue(record, broken, now) : fresh;
  if (about.length === 0) return undefined;
  const event = brokenEvent(record, about, isReminder, project, now);
  const able = [...channels.values()].filter((one) => !broken.includes(one) && one.accepts(event));
  if (able.length === 0) return undefined;
  const told = about.reduce((rest, channel) => withTold(rest, channel, isReminder, now), record);
  const names = able.map(({ name }) => name);
  const isForPeople = (name: string) => channels.get(name)?.audience === 'people';
  const remindEvery = (name: string) => channels.get(name)?.remindEveryMs;
  const routing = { to: () => names, isForPeople, remindEvery };
  const settled = enqueue({ ...told, ...counting(record, now) }, [event], routing, now);
  return { ...settled, events: [event] };
}

/** All of them, once it is time for one. */
function remindersDue(record: WatchRecord, broken: readonly Channel[], now: Date): readonly Channel[] {
  const isDue = (channel: Channel) => {
    const { brokenSince = '', announcedAt = brokenSince } = stateOf(record, channel) ?? {};
    return now.getTime() - Date.parse(announcedAt) >= REMINDED_EVERY_MS;
  };
  return broken.some(isDue) ? broken : [];
}

function withTold(record: WatchRecord, channel: Channel, isReminder: boolean, now: Date): WatchRecord {
  const state = stateOf(record, channel);
  if (state === undefined) return record;
  const { isUnannounced: _told, ...rest } = state;
  const reminders = (rest.reminders ?? 0) + 1;
  const next = { ...rest, announcedAt: now.toISOString(), ...(isReminder && { reminders }) };
  return { ...record, channels: { ...record.channels, [keyOf(channel)]: next } };
}

function brokenEvent(
  record: WatchRecord,
  about: readonly Channel[],
  isReminder: boolean,
  { consoleUrl, stamp }: WatchedProject,
  now: Date,
): MigrationEvent {
  const { sequence, eventCount } = counting(record, now);
  const all = about.flatMap((channel) => {
    const { reason = '', brokenSince: since = now.toISOString() } = stateOf(record, channel) ?? {};
    return [{ name: channel.name, reason: reason.slice(0, REASON_LENGTH), since }];
  });
  const [first = { name: '', reason: '', since: '' }] = all;
  const reminders = Math.max(...about.map((channel) => stateOf(record, channel)?.reminders ?? 0));
  const unlisted = Math.max(0, all.length - MOST_NAMED);
  const facts = defined({
    channel: { name: first.name, reason: first.reason },
    channels: all.slice(0, MOST_NAMED),
    unlisted: unlisted > 0 ? unlisted : undefined,
    reminders: isReminder ? reminders : undefined,
    number: eventCount,
    severity: 'action',
    consoleUrl: consoleUrl === '' ? undefined : consoleUrl,
  });
  return makeEvent({
    origin: { source: WATCHER_SOURCE, subject: WATCHER_KEY.id },
    stamp,
    sequence,
    now,
    type: BROKEN,
    data: { ...facts, summary: en.summarise(BROKEN, facts) ?? BROKEN },
  });
}

export function brokenSentence(name: string, reason: string): string {
  const channels = [{ name, reason, since: '' }];
  return en.summarise(BROKEN, { severity: 'action', channels }) ?? name;
}
