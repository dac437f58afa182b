import type { Outcome } from '../../channels/channel.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Attempt, Delivery, OutboxEntry, Told, WatchRecord } from '../../migration/model/state.ts';
import { mayHaveDeadLetter } from './dead-letter-mark.ts';
import { mergeFor, mergeIntoNext } from './merge.ts';
import { isRateLimited } from './pace.ts';
import { withWaiting } from './reminders.ts';
import { deadlineOf, isPutOff, type Kind, retryDelayMs } from './retry-policy.ts';

/** One event on its way to one channel, as it stands in a record's outbox. */
export interface PendingDelivery {
  readonly event: MigrationEvent;
  readonly channel: string;
  readonly delivery: Delivery;
}

/** A delivery that ended without having arrived, and why: kept where people find it. */
export interface DeadLetter extends PendingDelivery {
  readonly why: 'refused' | 'deadline' | 'overflow' | 'withdrawn' | 'cancelled';
  readonly diedAt: string;
}

/** Names the dead letter of a delivery that was put back this often before it died; there may be none. */
export interface DeadLetterName extends Pick<PendingDelivery, 'event' | 'channel'> {
  readonly redrives: number;
}

/** What an outcome made of a record: the record to write, and dead letters that must be written before it. */
export interface OutboxUpdate {
  readonly record: WatchRecord;
  readonly deadLetters: readonly DeadLetter[];
  /** Dead letters of what arrived after all: they must be settled before the record is written. */
  readonly toResolve?: readonly DeadLetterName[];
  /** What is news with this write. */
  readonly events?: readonly MigrationEvent[];
}

/**
 * The most events that one record holds on to. With the size of an event this stays far below the 400 KB of a
 * DynamoDB item.
 */
export const OUTBOX_EVENTS = 64;
export const OUTBOX_BYTES = 200_000;
/** How many attempts of a delivery are remembered. */
const HISTORY_LENGTH = 10;
/**
 * How many of all deliveries of a record: with some hundred bytes each they leave an item small enough, also when a dozen
 * chats that get digests fail for days.
 */
const HISTORIES_LENGTH = 320;
/** How many deliveries that arrived are remembered per record, how many failures of each, how much of its summary. */
const TOLD_LENGTH = 64;
/** Of each channel at least so many, where there is room: enough to see that a word comes and goes. */
const TOLD_EACH = 5;
const TOLD_BEFORE = 2;
const TOLD_SUMMARY = 120;

/** Who is to be told what. */
export interface Routing {
  /** The names of the channels that want an event. */
  to(event: MigrationEvent): readonly string[];
  /** Whether people are told there: they hear in one message what waits for them; programs get each event. */
  isChat?(channel: string): boolean;
  /** How often a chat wants to hear again what waits for somebody (milliseconds); nothing for whoever does not. */
  remindEvery?(channel: string): number | undefined;
}

/**
 * Puts events into the outbox, each owed to the channels that want it. An event that no channel wants is owed to
 * nobody and leaves no trace in the outbox. When much is owed, what waits for chats is merged.
 *
 * @returns the record, and as dead letters what had to make room (the oldest first)
 */
export function enqueue(
  record: WatchRecord,
  events: readonly MigrationEvent[],
  { to, isChat = () => false, remindEvery = () => undefined }: Routing,
  now: Date,
): OutboxUpdate {
  const added = events.flatMap((event): OutboxEntry[] => {
    const names = to(event);
    if (names.length === 0) return [];
    const fresh: Delivery = { attempts: 0, nextAttemptAt: event.time, history: [] };
    return [{ event, deliveries: Object.fromEntries(names.map((name) => [name, fresh])) }];
  });
  const owing = { ...record, outbox: [...record.outbox, ...added] };
  return bounded(withWaiting(owing, added, remindEvery), isChat, now);
}

type IsChat = NonNullable<Routing['isChat']>;

function bounded(record: WatchRecord, isChat: IsChat, now: Date): OutboxUpdate {
  if (!isNearlyFull(record)) return { record, deadLetters: [] };
  const names = new Set(record.outbox.flatMap(({ deliveries }) => Object.keys(deliveries)));
  let outbox = [...names].filter(isChat).reduce(mergeFor, record.outbox);
  const dead: PendingDelivery[] = [];
  const sizes = new Map<OutboxEntry, number>();
  while (outbox.length > 1 && isTooMuch(outbox, sizes)) {
    const gone = leaving(outbox, isChat);
    const rest = mergedIntoRest(outbox, gone, isChat);
    dead.push(...rest.slice(gone, gone + 1).flatMap(pendingOf));
    outbox = rest.toSpliced(gone, 1);
  }
  return {
    record: { ...record, outbox },
    deadLetters: dead.map((owed) => deadLetter(owed, 'overflow', now)),
  };
}

function isTooMuch(outbox: readonly OutboxEntry[], known: Map<OutboxEntry, number>): boolean {
  if (outbox.length > OUTBOX_EVENTS) return true;
  let bytes = 0;
  for (const entry of outbox) {
    const size = known.get(entry) ?? Buffer.byteLength(JSON.stringify(entry));
    known.set(entry, size);
    bytes += size;
  }
  return bytes > OUTBOX_BYTES;
}

/** The oldest that no chat still has to hear of in full, for those are few; else the oldest. Never the newest. */
function leaving(outbox: readonly OutboxEntry[], isChat: IsChat): number {
  const isForPrograms = ({ deliveries }: OutboxEntry) => !Object.keys(deliveries).some(isChat);
  const oldest = outbox.slice(0, -1).findIndex(isForPrograms);
  return Math.max(0, oldest);
}

/** What a chat would have heard of it is counted at the next event that it hears of, if there is one. */
function mergedIntoRest(
  outbox: readonly OutboxEntry[],
  place: number,
  isChat: IsChat,
): readonly OutboxEntry[] {
  const chats = Object.keys(outbox[place]?.deliveries ?? {}).filter(isChat);
  return chats.reduce((rest, name) => mergeIntoNext(rest, place, name) ?? rest, outbox);
}

/** Whether a record owes so much that another run may be burying the oldest of it. */
export function isNearlyFull({ outbox }: WatchRecord): boolean {
  return outbox.length > OUTBOX_EVENTS / 2 || Buffer.byteLength(JSON.stringify(outbox)) > OUTBOX_BYTES / 2;
}

function pendingOf({ event, deliveries }: OutboxEntry): PendingDelivery[] {
  return Object.entries(deliveries).map(([channel, delivery]) => ({ event, channel, delivery }));
}

/** Everything that is still owed, oldest first. */
export function pending(record: WatchRecord): PendingDelivery[] {
  return record.outbox.flatMap(pendingOf);
}

/** The oldest event that a channel has not got yet: nothing later may be told before it is settled. */
export function head(record: WatchRecord, channel: string): PendingDelivery | undefined {
  for (const { event, deliveries } of record.outbox) {
    const delivery = deliveryTo(deliveries, channel);
    if (delivery !== undefined) return { event, channel, delivery };
  }
  return undefined;
}

/** What is still owed of an event to a channel; nothing when it is settled. */
export function pendingTo(record: WatchRecord, eventId: string, channel: string): Delivery | undefined {
  return find(record, eventId, channel)?.delivery;
}

function find(record: WatchRecord, eventId: string, channel: string): PendingDelivery | undefined {
  return pending(record).find((owed) => owed.event.id === eventId && owed.channel === channel);
}

/** A channel may be called `constructor`. */
function deliveryTo(deliveries: OutboxEntry['deliveries'], channel: string): Delivery | undefined {
  return Object.hasOwn(deliveries, channel) ? deliveries[channel] : undefined;
}

/**
 * The channels whose oldest event may be told now.
 *
 * @param settingsOf of a channel, where they are known
 */
export function dueChannels(
  record: WatchRecord,
  now: Date,
  settingsOf: (channel: string) => string | undefined = () => undefined,
): string[] {
  const first = new Map<string, Delivery>();
  for (const { channel, delivery } of pending(record)) if (!first.has(channel)) first.set(channel, delivery);
  return [...first].flatMap(([channel, delivery]) =>
    isDue(delivery, now, settingsOf(channel)) ? [channel] : [],
  );
}

/**
 * What was never tried has nothing to wait for, even if the clock that noticed it was ahead of ours; nor has what was
 * tried with other settings: somebody may have mended them.
 */
export function isDue(delivery: Delivery, now: Date, settings = delivery.settings): boolean {
  const { attempts, nextAttemptAt, history, settings: tried = settings } = delivery;
  const isPlanned = attempts > 0 && tried === settings && isPutOff(nextAttemptAt, now);
  return !isPlanned || isAhead(history.at(-1)?.at, now);
}

/** Two clocks that are both right differ by less. Milliseconds. */
const CLOCKS_DIFFER_MS = 60_000;

/** What was tried in the future was planned by a clock that has been set back since: nobody waits for as long as that. */
function isAhead(at: string | undefined, now: Date): boolean {
  return at !== undefined && Date.parse(at) - now.getTime() > CLOCKS_DIFFER_MS;
}

/**
 * Writes the outcome of one attempt into the record: a delivery that arrived leaves the outbox, one that was refused or
 * is past its deadline becomes a dead letter, any other is due again later.
 *
 * @param random in [0, 1), for the jitter of the schedule
 */
export function applyOutcome(
  record: WatchRecord,
  attempt: {
    readonly eventId: string;
    readonly channel: string;
    readonly kind: Kind;
    readonly outcome: Outcome;
    readonly now: Date;
    readonly random: number;
    /** How many events the message told, of all records. */
    readonly events?: number;
    /** As it was when it was sent: by now it may have had to make room, and be a dead letter. */
    readonly sent?: PendingDelivery;
    /** Of the channel. */
    readonly settings?: string;
  },
): OutboxUpdate {
  const { eventId, channel, kind, outcome, now, random, events = 1, sent, settings } = attempt;
  const owed = find(record, eventId, channel);
  if (outcome.class === 'delivered') {
    const one = owed ?? sent;
    if (one === undefined) return { record, deadLetters: [] };
    const isOver =
      owed === undefined || now.getTime() >= deadlineOf(one.event, kind, pendingSince(one.delivery));
    const letters = deadLetterNames(one, isOver || mayHaveDeadLetter(record, one.event));
    const left = remembered(without(record, eventId, channel), toldOf(one, outcome, events, now));
    return { record: left, deadLetters: [], ...(letters.length > 0 && { toResolve: letters }) };
  }
  if (owed === undefined) return { record, deadLetters: [] };
  const { event, delivery: before } = owed;
  const deadline = deadlineOf(event, kind, pendingSince(before));
  const counted = withAttempt(before, outcome);
  const delayMs = delayAfter({ ...before, ...counted }, { kind, outcome, random });
  const tried: Delivery = {
    ...before,
    ...counted,
    // The last attempt is made when the time is up, not when the next wait would be too long.
    nextAttemptAt: new Date(Math.min(now.getTime() + delayMs, deadline)).toISOString(),
    history: [...before.history, attemptOf(outcome, now)].slice(-HISTORY_LENGTH),
    ...(settings !== undefined && { settings }),
  };
  const isRefused = outcome.class === 'permanent';
  if (!isRefused && now.getTime() < deadline) {
    return { record: shortened(replaced(record, eventId, channel, tried)), deadLetters: [] };
  }
  const why = isRefused ? 'refused' : 'deadline';
  return {
    record: without(record, eventId, channel),
    deadLetters: [deadLetter({ event, channel, delivery: tried }, why, now)],
  };
}

type Counted = Pick<Delivery, 'attempts' | 'tooSoon'>;

function withAttempt({ attempts, tooSoon = 0 }: Counted, outcome: Outcome): Counted {
  const isTooSoon = isRateLimited(outcome);
  return { attempts: attempts + 1, ...(isTooSoon && { tooSoon: tooSoon + 1 }) };
}

/**
 * What waits for a broken channel is due as soon as the channel is mended, and what came too soon as soon as it has rested:
 * the rest is the channel's, not the event's.
 */
function delayAfter(
  { attempts, tooSoon = 0 }: Counted,
  { kind, outcome, random }: { readonly kind: Kind; readonly outcome: Outcome; readonly random: number },
): number {
  if (outcome.class === 'broken' || isRateLimited(outcome)) return 0;
  return retryDelayMs({ kind, attempts: attempts - tooSoon, retryAfterMs: outcome.retryAfterMs, random });
}

function toldOf(owed: PendingDelivery, outcome: Outcome, events: number, now: Date): Told {
  const { event, channel, delivery } = owed;
  return {
    eventId: event.id,
    channel,
    at: now.toISOString(),
    attempts: delivery.attempts + 1,
    events,
    ...(delivery.redrive !== undefined && { redrives: delivery.redrive.number }),
    ...(event.data.renews !== undefined && { renews: event.data.renews }),
    ...story(owed, outcome),
  };
}

/**
 * The dead letters that a delivery may have.
 *
 * @param mayBeDead whether it may have died itself; else there is only the letter from which it was put back, if any
 */
export function deadLetterNames(
  { event, channel, delivery }: PendingDelivery,
  mayBeDead: boolean,
): DeadLetterName[] {
  const number = redriveCount(delivery);
  const names = [...(number > 0 ? [number - 1] : []), ...(mayBeDead ? [number] : [])];
  return names.map((redrives) => ({ event, channel, redrives }));
}

/** How often a delivery was put back. */
export function redriveCount({ redrive }: Delivery): number {
  return redrive?.number ?? 0;
}

/** From when on the time of a delivery counts, if not from its event. */
export function pendingSince({ redrive, owedSince }: Delivery): string | undefined {
  return redrive?.at ?? owedSince;
}

/** What is remembered of a delivery that arrived, for people who ask how it went. */
function story(
  { event, delivery: { history } }: PendingDelivery,
  { status, ms }: Outcome,
): Pick<Told, 'type' | 'time' | 'summary' | 'status' | 'ms' | 'before'> {
  const { type, time, data } = event;
  return {
    // An event that somebody damaged goes out as it is stored, and must not damage the record.
    ...(isText(type) && { type }),
    time,
    ...(isText(data.summary) && { summary: data.summary.slice(0, TOLD_SUMMARY) }),
    ...(status !== undefined && { status }),
    ms,
    ...(history.length > 0 && { before: history.slice(-TOLD_BEFORE) }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** What the event said is remembered once, beside the channel that was told last: it goes last. */
function remembered(record: WatchRecord, told: Told): WatchRecord {
  const before = (record.told ?? []).map((one) => {
    const { time: _time, summary: _summary, ...rest } = one;
    return one.eventId === told.eventId ? rest : one;
  });
  return { ...record, told: newestOf([...before, told]) };
}

/** The newest of each channel stay, however many the others are told: what a chat was told last decides what it hears. */
function newestOf(all: readonly Told[]): readonly Told[] {
  const byChannel = Map.groupBy(all, ({ channel }) => channel);
  const each = Math.max(1, Math.min(TOLD_EACH, Math.floor(TOLD_LENGTH / byChannel.size)));
  const newest = new Set([...byChannel.values()].flatMap((told) => told.slice(-each)));
  const others = all.filter((one) => !newest.has(one));
  const dropped = new Set(others.slice(0, Math.max(0, all.length - TOLD_LENGTH)));
  return all.filter((one) => !dropped.has(one)).slice(-TOLD_LENGTH);
}

/** When too many attempts are remembered in all, each delivery keeps the same number of its last ones. */
function shortened(record: WatchRecord): WatchRecord {
  const deliveries = pending(record).map(({ delivery }) => delivery);
  const remembered = deliveries.reduce((sum, { history }) => sum + history.length, 0);
  if (remembered <= HISTORIES_LENGTH) return record;
  const each = Math.floor(HISTORIES_LENGTH / deliveries.length);
  const cut = (delivery: Delivery): Delivery => ({
    ...delivery,
    history: delivery.history.slice(Math.max(0, delivery.history.length - each)),
  });
  const outbox = record.outbox.map((entry) => ({
    ...entry,
    deliveries: Object.fromEntries(
      Object.entries(entry.deliveries).map(([name, delivery]) => [name, cut(delivery)]),
    ),
  }));
  return { ...record, outbox };
}

function attemptOf({ class: outcomeClass, reason, status, ms }: Outcome, now: Date): Attempt {
  return { at: now.toISOString(), class: outcomeClass, reason, ...(status !== undefined && { status }), ms };
}

/** With which settings it was tried is no part of a letter: whoever puts it back means to try it. */
function deadLetter(owed: PendingDelivery, why: DeadLetter['why'], now: Date): DeadLetter {
  const { settings: _settings, ...delivery } = owed.delivery;
  return { ...owed, delivery, why, diedAt: now.toISOString() };
}

function without(record: WatchRecord, eventId: string, channel: string): WatchRecord {
  return mapEntry(record, eventId, ({ [channel]: _settled, ...others }) => others);
}

function replaced(record: WatchRecord, eventId: string, channel: string, delivery: Delivery): WatchRecord {
  return mapEntry(record, eventId, (deliveries) => ({ ...deliveries, [channel]: delivery }));
}

function mapEntry(
  record: WatchRecord,
  eventId: string,
  change: (deliveries: OutboxEntry['deliveries']) => OutboxEntry['deliveries'],
): WatchRecord {
  const outbox = record.outbox.flatMap((entry) => {
    if (entry.event.id !== eventId) return [entry];
    const deliveries = change(entry.deliveries);
    return Object.keys(deliveries).length === 0 ? [] : [{ ...entry, deliveries }];
  });
  return { ...record, outbox };
}

/**
 * Takes out what was owed for too long to a channel that cannot be tried now. What can be tried gets its last attempt
 * when its time is up, so it does not end here.
 *
 * @param blockedKind the kind of a channel that cannot be tried now; nothing for all others
 */
export function expireBlocked(
  record: WatchRecord,
  blockedKind: (channel: string) => Kind | undefined,
  now: Date,
): OutboxUpdate {
  const expired = pending(record).filter(({ event, channel, delivery }) => {
    const kind = blockedKind(channel);
    return kind !== undefined && now.getTime() >= deadlineOf(event, kind, pendingSince(delivery));
  });
  const left = expired.reduce((rest, { event, channel }) => without(rest, event.id, channel), record);
  return { record: left, deadLetters: expired.map((owed) => deadLetter(owed, 'deadline', now)) };
}

/** Takes out one delivery that cannot be tried now, if it was owed for too long. */
export function expire(record: WatchRecord, owed: PendingDelivery, kind: Kind, now: Date): OutboxUpdate {
  const { event, channel, delivery } = owed;
  if (now.getTime() < deadlineOf(event, kind, pendingSince(delivery))) return { record, deadLetters: [] };
  return { record: without(record, event.id, channel), deadLetters: [deadLetter(owed, 'deadline', now)] };
}

/** Takes out one delivery whose event another one says anew: nothing is lost with it. */
export function supersede(record: WatchRecord, eventId: string, channel: string): WatchRecord {
  return without(record, eventId, channel);
}

/** Takes out one delivery whose event is no longer true: it is not sent, and kept as a dead letter that says so. */
export function withdraw(record: WatchRecord, eventId: string, channel: string, now: Date): OutboxUpdate {
  const owed = find(record, eventId, channel);
  if (owed === undefined) return { record, deadLetters: [] };
  return { record: without(record, eventId, channel), deadLetters: [deadLetter(owed, 'withdrawn', now)] };
}

/** Takes out what is owed to channels that no configuration has any more; it is kept in case one comes back. */
export function cancelRemoved(
  record: WatchRecord,
  isConfigured: (channel: string) => boolean,
  now: Date,
): OutboxUpdate {
  const removed = pending(record).filter(({ channel }) => !isConfigured(channel));
  const left = removed.reduce((rest, { event, channel }) => without(rest, event.id, channel), record);
  return { record: left, deadLetters: removed.map((owed) => deadLetter(owed, 'cancelled', now)) };
}
