import type { Channel, Outcome } from '../channels/channel.ts';
import type { Clock } from '../clock.ts';
import { eachAtMost } from '../concurrency.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { HeldRecord } from '../records.ts';
import type { ChannelBook } from './channel-book.ts';
import { createDesk, type Desk, type DeskRun, type DeskTally } from './desk.ts';
import { nextToTell } from './digest.ts';
import { type PendingDelivery, pending } from './outbox.ts';
import { latenessMs } from './retry.ts';
import { type LookAgain, needsReview, type Standing } from './review.ts';

export interface DeliverInput extends Pick<DeskRun, 'store' | 'log' | 'owner' | 'endsAt' | 'random'> {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly book: ChannelBook;
  readonly clock: Clock;
  /** Looks again at events that a program may act on. Without it they wait for a run that can. */
  readonly lookAgain?: LookAgain;
  /** Whether what is owed to channels that are not among these is cancelled; by default it is. */
  readonly cancelsRemoved?: boolean;
}

export interface DeliverSummary {
  readonly delivered: number;
  readonly dead: number;
  /** Channels that are broken now. */
  readonly brokenChannels: number;
  /** How often a record could not be written. */
  readonly failedRecords: number;
  /** What is still owed in all records. */
  readonly pending: number;
  /**
   * When the oldest event of that happened, or was put back after it was dead (milliseconds since the epoch); absent when
   * nothing is owed.
   */
  readonly pendingSince?: number;
}

/** A receiver of webhooks takes several at a time; a chat is one conversation, and Slack takes one message a second. */
const AT_ONCE = { webhook: 8, chat: 1 } as const;
const CHAT_PACE_MS = 1000;
/** How many records are read or written at a time. */
const WRITES_AT_ONCE = 16;
/** A send is only begun if its acknowledgement fits in as well. Milliseconds: for one write, and more for a batch. */
const ACKNOWLEDGE_MS = 5000;
const ACKNOWLEDGE_EACH_MS = 20;

/** What one channel's work needs to know. */
interface Shift {
  readonly channel: Channel;
  readonly desks: readonly Desk[];
  readonly input: DeliverInput;
}

/**
 * Tells what is due, from all records: channel by channel, so that none holds up another; each record's events in
 * order; each attempt acknowledged by its own write. Stops in time before the run ends; what stays is due again.
 */
export async function deliver(records: readonly HeldRecord[], input: DeliverInput): Promise<DeliverSummary> {
  const { store, log, owner, endsAt, random, channels, book, clock, cancelsRemoved = true } = input;
  const now = () => new Date(clock.now());
  const isConfigured = (name: string) => channels.has(name) || !cancelsRemoved;
  const blockedKind = (name: string) => {
    const channel = channels.get(name);
    return channel === undefined || book.mayTell(channel, now()) ? undefined : channel.kind;
  };
  const owed = records.filter(({ record }) => record.outbox.length > 0);
  const routes = (event: MigrationEvent) =>
    [...channels.values()].filter((channel) => channel.wants(event)).map(({ name }) => name);
  const run: DeskRun = { store, log, owner, endsAt, now, random, isConfigured, routes, blockedKind };
  const desks = new Map(owed.map((held) => [held, createDesk(held, run)]));
  const open: Desk[] = [];
  await eachAtMost(WRITES_AT_ONCE, [...desks.values()], async (desk) => {
    const working = [...channels.values()].filter(
      ({ name, kind }) =>
        blockedKind(name) === undefined && nextToTell(desk.record(), name, kind, now()).length > 0,
    );
    if (await desk.open(working.map(({ name }) => name))) open.push(desk);
  });
  await Promise.all([...channels.values()].map((channel) => tell({ channel, desks: open, input })));

  const tallies = [...desks.values()].map(({ tally }) => tally);
  const left = owed.map((held) => ({ record: desks.get(held)?.record() ?? held.record }));
  const total = (count: (tally: DeskTally) => number) =>
    tallies.reduce((sum, tally) => sum + count(tally), 0);
  return {
    delivered: total(({ delivered }) => delivered),
    dead: total(({ dead }) => dead),
    brokenChannels: book.broken(),
    failedRecords: total(({ failed }) => failed) + book.failed(),
    ...owedBy(left),
  };
}

/** How many deliveries are still owed in these records, and since when. */
export function owedBy(
  records: readonly Pick<HeldRecord, 'record'>[],
): Pick<DeliverSummary, 'pending' | 'pendingSince'> {
  const times = records.flatMap(({ record }) =>
    pending(record).map(({ event, delivery }) => Date.parse(delivery.redrive?.at ?? event.time)),
  );
  if (times.length === 0) return { pending: 0 };
  return { pending: times.length, pendingSince: times.reduce((a, b) => Math.min(a, b)) };
}

/** Everything that one channel is to be told in this run, the oldest first. */
async function tell(shift: Shift): Promise<void> {
  const { channel, desks, input } = shift;
  const session: Session = { resting: false, isWaiting: false, sent: 0 };
  const waiting = desks
    .map((desk) => ({ desk, owed: desk.next(channel.name, channel.kind) }))
    .filter(({ owed }) => owed.length > 0)
    .sort((a, b) => compare(a.owed[0]?.event.time, b.owed[0]?.event.time));

  for (const group of messagesForMany(channel, waiting)) await tellTogether(group, shift, session);
  await eachAtMost(AT_ONCE[channel.kind], waiting, async ({ desk }) => {
    const next = () => desk.next(channel.name, channel.kind);
    for (let owed = next(); owed.length > 0 && mayBegin(owed.length, shift, session); owed = next()) {
      const standing = await review(desk, owed, shift);
      if (standing === 'unknown') {
        session.isWaiting = true;
        break;
      }
      if (standing === 'stands') await tellTogether([{ desk, owed }], shift, session);
    }
  });
  const left = desks.some((desk) => desk.next(channel.name, channel.kind).length > 0);
  if (left && !session.resting && !session.isWaiting) {
    input.log({ kind: 'deliveries_postponed', channel: channel.name, why: 'this run is nearly out of time' });
  }
  await eachAtMost(WRITES_AT_ONCE, desks, (desk) => desk.leave(channel.name));
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b);
}

/** What one desk has for a channel. */
interface Owed {
  readonly desk: Desk;
  readonly owed: readonly PendingDelivery[];
}

/** So many tasks that change in one run are a storm: a chat gets them as one message. */
const STORM_FROM = 10;

/** What a chat is told of several tasks at once: what belongs together, and storms. */
function messagesForMany(channel: Channel, waiting: readonly Owed[]): readonly (readonly Owed[])[] {
  if (channel.kind !== 'chat') return [];
  const byWord = Map.groupBy(waiting, ({ owed: [first] }) => first && channel.together(first.event));
  return [...byWord].flatMap(([word, group]) => {
    const isEnough = group.length >= (word === undefined ? STORM_FROM : 2);
    return isEnough ? [group] : [];
  });
}

interface Session {
  /** The channel asked for a rest, or is broken: it is told no more in this run. */
  resting: boolean;
  /** Something could not be looked at again, and waits for the next run. */
  isWaiting: boolean;
  sent: number;
}

function mayBegin(acknowledgements: number, { channel, input }: Shift, session: Session): boolean {
  const needMs = channel.timeoutMs + ACKNOWLEDGE_MS + acknowledgements * ACKNOWLEDGE_EACH_MS;
  return !session.resting && input.clock.now() + needMs <= input.endsAt;
}

/**
 * What a program may act on is looked at again right before it is sent. People get everything in order, and with it what
 * takes it back.
 */
async function review(
  desk: Desk,
  [first]: readonly PendingDelivery[],
  { channel, input }: Shift,
): Promise<Standing> {
  if (first === undefined || channel.kind === 'chat' || !needsReview(first.event)) return 'stands';
  const until = input.endsAt - channel.timeoutMs - ACKNOWLEDGE_MS;
  const seen = await input.lookAgain?.(first.event, until);
  if (seen === undefined) {
    const why = `event ${first.event.id} could not be looked at again`;
    input.log({ kind: 'deliveries_postponed', channel: channel.name, why });
    return 'unknown';
  }
  const standing = await desk.review(first, seen);
  if (standing === 'withdrawn')
    input.log({ kind: 'withdrawn', channel: channel.name, eventId: first.event.id });
  return standing;
}

/** One attempt for one or several events, and the acknowledgement of each. */
async function tellTogether(group: readonly Owed[], shift: Shift, session: Session): Promise<void> {
  const { channel, input } = shift;
  if (channel.kind === 'chat' && session.sent > 0) await input.clock.sleep(CHAT_PACE_MS);
  const events = group.flatMap(({ owed }) => owed.map(({ event }) => event));
  if (!mayBegin(events.length, shift, session)) return;
  session.sent += 1;

  const tried = await attempt(channel, events, new Date(input.clock.now()));
  const outcome = await input.book.note(channel, tried, new Date(input.clock.now()));
  if (outcome.class === 'broken' || outcome.class === 'pause') session.resting = true;
  const { name, kind } = channel;
  await eachAtMost(WRITES_AT_ONCE, group, async ({ desk, owed }) => {
    for (const { event } of owed) {
      await desk.acknowledge({ eventId: event.id, channel: name, kind, outcome, events: events.length });
    }
  });
  const { class: outcomeClass, reason, ms } = outcome;
  input.log({
    kind: 'delivery',
    channel: name,
    eventIds: events.map(({ id }) => id),
    outcome: outcomeClass,
    reason,
    ms,
  });
}

async function attempt(channel: Channel, events: readonly MigrationEvent[], now: Date): Promise<Outcome> {
  const late = Math.max(0, ...events.map((event) => latenessMs(event, now) ?? 0));
  try {
    return await channel.send({ events, now, ...(late > 0 && { lateMs: late }) });
  } catch {
    // A channel promises not to throw. If one does, it is that channel's trouble alone.
    return { class: 'transient', reason: 'internal error of the channel', ms: 0 };
  }
}
