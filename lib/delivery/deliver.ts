import type { Channel, Outcome } from '../channels/channel.ts';
import type { Clock } from '../clock.ts';
import { eachAtMost } from '../concurrency.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { HeldRecord } from '../records.ts';
import type { ChannelBook } from './channel-book.ts';
import { createDesk, type Desk, type DeskRun, type DeskTally } from './desk.ts';
import { nextToTell } from './digest.ts';
import { leasedUntil, released } from './lease.ts';
import { type PendingDelivery, pending, sinceOf } from './outbox.ts';
import { sayWhatIsHeldBack, sayWhoHasLeases } from './quiet.ts';
import { latenessMs } from './retry.ts';
import { type LookAgain, needsReview, type Verdict } from './review.ts';

export interface DeliverInput extends Pick<DeskRun, 'store' | 'log' | 'owner' | 'endsAt'> {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly book: ChannelBook;
  readonly clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** Looks again at events that a program may act on. Without it they wait for a run that can. */
  readonly lookAgain?: LookAgain;
  /** What a run keeps of its passes: see {@link DeskRun}. */
  readonly unsettled?: DeskRun['unsettled'];
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
   * Since when the oldest of that is owed: when it happened, or was put back after it was dead (milliseconds since the
   * epoch); absent when nothing is owed.
   */
  readonly pendingSince?: number;
  /** What was noticed when events were looked at again, and stored. */
  readonly events: readonly MigrationEvent[];
}

/** A receiver of webhooks takes several at a time; a chat is one conversation, and Slack takes one message a second. */
const AT_ONCE = { webhook: 8, chat: 1 } as const;
const CHAT_PACE_MS = 1000;
/** How many records are read or written at a time. */
const WRITES_AT_ONCE = 16;
/** A send is only begun if its acknowledgement fits in as well. Milliseconds: for one write, and more for a batch. */
const ACKNOWLEDGE_MS = 5000;
const ACKNOWLEDGE_EACH_MS = 20;

/** So often other channels are told, in the same run, what a second look for one of them noticed. */
const MOST_ROUNDS = 3;

/** A record from which something may be told; with `only`, to no other channels than these. */
export interface Source extends HeldRecord {
  readonly only?: ReadonlySet<string>;
}

/** What one channel's work needs to know. */
interface Shift {
  readonly channel: Channel;
  readonly desks: readonly Desk[];
  readonly session: Session;
  readonly input: DeliverInput;
}

/**
 * Tells what is due, from all records: channel by channel, so that none holds up another; each record's events in
 * order; each attempt acknowledged by its own write. Stops in time before the run ends; what stays is due again.
 */
export async function deliver(records: readonly Source[], input: DeliverInput): Promise<DeliverSummary> {
  const { channels, book, clock, endsAt } = input;
  const owed = records.filter(({ record }) => record.outbox.length > 0);
  const run = deskRun(input);
  const desks = owed.map(({ only, ...held }) =>
    createDesk(held, only === undefined ? run : within(run, only)),
  );
  const sessions = new Map(
    [...channels.keys()].map((name): [string, Session] => [
      name,
      { resting: false, isWaiting: false, sent: 0 },
    ]),
  );
  sayWhatIsHeldBack(
    owed.map(({ record }) => record),
    input,
  );
  let busy = desks;
  for (let round = 0; round < MOST_ROUNDS && busy.length > 0; round += 1) {
    const open = await openDesks(busy, sessions, run, input);
    await Promise.all(
      [...channels.values()].map(async (channel) => {
        const session = sessions.get(channel.name);
        if (session !== undefined) await tell({ channel, desks: open, session, input });
      }),
    );
    const warning = await book.takeNews();
    const warned = warning === undefined ? [] : [createDesk(unclaimed(warning, run), run)];
    desks.push(...warned);
    const hasTime = clock.now() + ACKNOWLEDGE_MS <= endsAt;
    busy = hasTime ? [...open.filter((desk) => desk.hasNews()), ...warned] : [];
  }

  const tallies = desks.map(({ tally }) => tally);
  const total = (count: (tally: DeskTally) => number) =>
    tallies.reduce((sum, tally) => sum + count(tally), 0);
  return {
    delivered: total(({ delivered }) => delivered),
    dead: total(({ dead }) => dead),
    brokenChannels: book.broken(),
    failedRecords: total(({ failed }) => failed) + book.failed(),
    events: tallies.flatMap(({ events }) => events),
    ...owedBy(newestOfEach(desks)),
  };
}

/** To the other channels nothing is told from there, nothing is cancelled, and at its deadline all of it is given up. */
function within(run: DeskRun, only: ReadonlySet<string>): DeskRun {
  return {
    ...run,
    isConfigured: () => true,
    blockedKind: (name) => (only.has(name) ? run.blockedKind(name) : 'webhook'),
  };
}

/** What was read anew under our own lease may be out of date: the lease is taken once more, which shows it. */
function unclaimed(held: HeldRecord, { owner }: Pick<DeskRun, 'owner'>): HeldRecord {
  return held.record.lease?.owner === owner ? { ...held, record: released(held.record) } : held;
}

/** That a channel broke may come to a record that was worked on before: what stands there at last counts. */
function newestOfEach(desks: readonly Desk[]): Pick<HeldRecord, 'record'>[] {
  const byRecord = new Map(desks.map((desk) => [desk.name, desk.record()]));
  return [...byRecord.values()].map((record) => ({ record }));
}

function deskRun(input: DeliverInput): DeskRun {
  const { store, log, owner, endsAt, channels, book, clock, cancelsRemoved = true } = input;
  const { unsettled = new Set() } = input;
  const now = () => new Date(clock.now());
  return {
    store,
    log,
    owner,
    endsAt,
    now,
    unsettled,
    isConfigured: (name) => channels.has(name) || !cancelsRemoved,
    routes: (event) =>
      [...channels.values()].filter((channel) => channel.wants(event)).map(({ name }) => name),
    blockedKind(name) {
      const channel = channels.get(name);
      return channel === undefined || book.mayTell(channel, now()) ? undefined : channel.kind;
    },
  };
}

/** Takes the leases of the records from which some channel can be told something now. */
async function openDesks(
  desks: readonly Desk[],
  sessions: ReadonlyMap<string, Session>,
  { blockedKind, now, owner, log }: DeskRun,
  { channels }: DeliverInput,
): Promise<Desk[]> {
  const able = [...channels.values()].filter(
    ({ name }) => blockedKind(name) === undefined && sessions.get(name)?.resting !== true,
  );
  const open: Desk[] = [];
  const leases: string[] = [];
  await eachAtMost(WRITES_AT_ONCE, desks, async (desk) => {
    const working = able.filter(
      ({ name, kind, settings }) =>
        !desk.isBlocked(name) && nextToTell(desk.record(), name, kind, now(), settings).length > 0,
    );
    const lease = leasedUntil(desk.record(), owner, now().getTime());
    if (lease !== undefined && working.length > 0) leases.push(lease);
    if (await desk.open(working.map(({ name }) => name))) open.push(desk);
  });
  sayWhoHasLeases(leases, log);
  return open;
}

/** How many deliveries are still owed in these records, and since when. */
export function owedBy(
  records: readonly Pick<HeldRecord, 'record'>[],
): Pick<DeliverSummary, 'pending' | 'pendingSince'> {
  const times = records.flatMap(({ record }) =>
    pending(record).map(({ event, delivery }) => Date.parse(sinceOf(delivery) ?? event.time)),
  );
  if (times.length === 0) return { pending: 0 };
  return { pending: times.length, pendingSince: times.reduce((a, b) => Math.min(a, b)) };
}

/** Everything that one channel is to be told from these desks, the oldest first. */
async function tell(shift: Shift): Promise<void> {
  const { channel, desks, session, input } = shift;
  // A channel that was broken is tried at one desk after the other, until one attempt shows how it is.
  for (const { desk } of input.book.isTrial(channel) ? waitingFor(shift) : []) {
    if (session.resting || !input.book.isTrial(channel)) break;
    await tellInOrder(desk, shift);
  }
  const waiting = waitingFor(shift);
  const postponed = new Set<Desk>();
  for (const group of messagesForMany(channel, waiting)) {
    for (const { desk } of await tellTogether(group, shift)) postponed.add(desk);
  }
  const alone = waiting.filter(({ desk }) => !postponed.has(desk));
  await eachAtMost(AT_ONCE[channel.kind], alone, ({ desk }) => tellInOrder(desk, shift));
  const left = desks.some((desk) => desk.next(channel).length > 0);
  if (left && !session.resting && !session.isWaiting) {
    input.log({ kind: 'deliveries_postponed', channel: channel.name, why: 'this run is nearly out of time' });
  }
  await eachAtMost(WRITES_AT_ONCE, desks, (desk) => desk.leave(channel.name));
}

function waitingFor({ channel, desks }: Shift): readonly Owed[] {
  return desks
    .map((desk) => ({ desk, owed: desk.next(channel) }))
    .filter(({ owed }) => owed.length > 0)
    .sort((a, b) => compare(a.owed[0]?.event.time, b.owed[0]?.event.time));
}

/** What is due from one desk, one after the other. What cannot be judged now waits, and all that is after it. */
async function tellInOrder(desk: Desk, shift: Shift): Promise<void> {
  const { channel, session } = shift;
  const next = () => desk.next(channel);
  let renewedId: string | undefined;
  for (let owed = next(); owed.length > 0 && mayBegin(owed.length, shift); owed = next()) {
    // What was renewed a moment ago was looked at a moment ago.
    const isFresh = owed[0]?.event.id === renewedId;
    const verdict = isFresh ? STANDS : await review(desk, owed, shift);
    if (verdict.kind === 'stands') await tellTogether([{ desk, owed }], shift);
    renewedId = verdict.kind === 'renewed' ? verdict.event.id : undefined;
    const isOpen = verdict.kind === 'unknown' || verdict.kind === 'overtaken';
    if (!isOpen || next()[0]?.event.id !== owed[0]?.event.id) continue;
    session.isWaiting = true;
    return;
  }
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

function mayBegin(acknowledgements: number, shift: Shift): boolean {
  return acknowledgements <= mostAcknowledgements(shift);
}

/** How many events one message may tell that is sent now, so that each can be acknowledged in time. */
function mostAcknowledgements({ channel, session, input }: Shift): number {
  if (session.resting) return 0;
  const leftMs = input.endsAt - input.clock.now() - channel.timeoutMs - ACKNOWLEDGE_MS;
  return Math.floor(leftMs / ACKNOWLEDGE_EACH_MS);
}

const STANDS: Verdict = { kind: 'stands' };

/**
 * What a program may act on is looked at again right before it is sent. People get everything in order, and with it what
 * takes it back.
 */
async function review(
  desk: Desk,
  [first]: readonly PendingDelivery[],
  { channel, input }: Shift,
): Promise<Verdict> {
  if (first === undefined || channel.kind === 'chat' || !needsReview(first.event)) return STANDS;
  const { event } = first;
  const { name } = channel;
  const verdict = await verdictOn(first, desk, channel.kind, input);
  if (verdict.kind === 'unknown' || verdict.kind === 'overtaken') {
    const why = `event ${event.id} could not be looked at again`;
    input.log({ kind: 'deliveries_postponed', channel: name, why });
  }
  if (verdict.kind === 'untrue') {
    const { attempts } = first.delivery;
    input.log({ kind: 'withdrawn', channel: name, eventId: event.id, why: verdict.why, attempts });
  }
  if (verdict.kind === 'renewed') {
    input.log({ kind: 'renewed', channel: name, eventId: event.id, renewedId: verdict.event.id });
  }
  return verdict;
}

/** So often a look that was overtaken by another one is made anew. */
const MOST_LOOKS = 3;

async function verdictOn(
  owed: PendingDelivery,
  desk: Desk,
  kind: Channel['kind'],
  { lookAgain, endsAt }: DeliverInput,
): Promise<Verdict> {
  let verdict: Verdict = { kind: 'unknown' };
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const seen = await lookAgain?.(owed.event, desk.record(), endsAt - ACKNOWLEDGE_MS);
    if (seen === undefined) return verdict;
    verdict = await desk.review(owed, seen, kind);
    if (verdict.kind !== 'overtaken') return verdict;
  }
  return verdict;
}

/**
 * One attempt for one or several events, and the acknowledgement of each.
 *
 * @returns those of which there was no time to tell: they wait for the next run
 */
async function tellTogether(group: readonly Owed[], shift: Shift): Promise<readonly Owed[]> {
  const { channel, session, input } = shift;
  if (channel.kind === 'chat' && session.sent > 0) await input.clock.sleep(CHAT_PACE_MS);
  const fitting = asManyAsFit(group, mostAcknowledgements(shift));
  if (fitting.length === 0) return group;
  const events = fitting.flatMap(({ owed }) => owed.map(({ event }) => event));
  session.sent += 1;

  const startedAt = new Date(input.clock.now());
  const tried = await attempt(channel, events, startedAt);
  const now = new Date(input.clock.now());
  const outcome = await input.book.note(channel, tried, now, startedAt);
  if (outcome.class === 'broken' || outcome.class === 'pause') session.resting = true;
  const { name, kind, settings } = channel;
  const message = { kind, settings, outcome, events: events.length, now, random: input.random() };
  await eachAtMost(WRITES_AT_ONCE, fitting, async ({ desk, owed }) => {
    for (const sent of owed) await desk.acknowledge({ ...message, sent });
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
  return group.slice(fitting.length);
}

/** The first of them, as long as all of their events together are not too many. */
function asManyAsFit(group: readonly Owed[], most: number): readonly Owed[] {
  let events = 0;
  const end = group.findIndex(({ owed }) => {
    events += owed.length;
    return events > most;
  });
  return end === -1 ? group : group.slice(0, end);
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
