import { AT_ONCE, eachAtMost } from '../base/concurrency.ts';
import { defined } from '../base/defined.ts';
import type { Channel, Outcome } from '../channels/channel.ts';
import { latenessMs } from '../events/lateness.ts';
import type { Overview } from '../events/overview.ts';
import type { DeliveryContext } from './context.ts';
import { endedAnnouncements } from './health/broken-channels.ts';
import type { ClassifiedOutcome } from './outbox/backoff/pace.ts';
import { countEvents, mergedIn } from './outbox/batching/merge.ts';
import { exceptedNow, hasWaited, hasWaitedInMute } from './outbox/batching/quiet-time.ts';
import { receiptOf } from './outbox/outcome/receipts.ts';
import type { PendingDelivery } from './outbox/types.ts';
import { ACKNOWLEDGE_MS, type RecordSession } from './record-session.ts';

/** The slowest chats take one message a second. */
const CHAT_EVERY_MS = 1000;
/** Time for one more acknowledgement of a batch. */
const ACKNOWLEDGE_EACH_MS = 20;

/** One channel in one run. */
export interface WorkerContext {
  readonly channel: Channel;
  readonly delivery: DeliveryContext;
  readonly state: WorkerState;
  /** Sessions of all records that were handed over so far. */
  sessions(): Iterable<RecordSession>;
  /** Whether further sessions are being opened. */
  isOpening(): boolean;
  /** Whether every record of this run with news for people has been handed over. */
  isComplete(): boolean;
  /** When a send must be over, with its acknowledgement. By {@link Clock.elapsed}. */
  until(): number;
  /** Called when a revalidation found new events: the other channels go on at this record. */
  reopen(session: RecordSession): Promise<void>;
  /** Called when the channel broke. One message tells the other channels of all that broke meanwhile. */
  onBroken(): void;
}

/** The part of a worker that changes while it works. */
export interface WorkerState {
  /** The circuit is open: nothing more is sent in this run. */
  isOpen: boolean;
  /** No message begins earlier. By {@link Clock.elapsed}. */
  nextAt: number;
  /** The time was too short for what is left. */
  isLate: boolean;
}

/** Deliveries of one record in one message. */
export interface RecordBatch {
  readonly session: RecordSession;
  readonly deliveries: readonly PendingDelivery[];
}

type Batches = readonly RecordBatch[];

/**
 * Sends one message and acknowledges each of its events. Deliveries for which the time is too short wait for the next
 * run.
 */
export async function sendBatch(batches: Batches, worker: WorkerContext): Promise<void> {
  const { state } = worker;
  const { clock, log } = worker.delivery;
  // Several sends may wait here. No other work runs between the end of this loop and `takeTurn`.
  while (clock.elapsed() < state.nextAt) await clock.sleep(state.nextAt - clock.elapsed());
  const fitting = thatFit(batches, acknowledgementsThatFit(worker));
  if (fitting.length === 0) return;
  takeTurn(worker);
  const ours = await withLeases(fitting, worker);
  if (ours.length === 0 || countDeliveries(ours) > acknowledgementsThatFit(worker)) return;
  takeTurn(worker);
  const attempted = await attempt(ours, worker);
  await acknowledge(ours, attempted, worker);
  const { class: outcome, reason, isPartial, ms } = attempted.outcome;
  const eventIds = deliveriesOf(ours).map(({ event }) => event.id);
  const channel = worker.channel.name;
  log(defined({ kind: 'delivery', channel, eventIds, outcome, reason, isPartial, ms }));
}

function takeTurn({ channel, state, delivery: { health, clock } }: WorkerContext): void {
  const paceMs = health.intervalMs(channel, new Date(clock.now()));
  const leastMs = channel.audience === 'people' ? CHAT_EVERY_MS : 0;
  const everyMs = Math.max(leastMs, paceMs, channel.minuteLimit?.waitMs(new Date(clock.now())) ?? 0);
  state.nextAt = Math.max(state.nextAt, clock.elapsed() + everyMs);
}

/** An attempt that is over. */
interface Attempted {
  readonly outcome: ClassifiedOutcome;
  readonly now: Date;
}

async function attempt(batches: Batches, worker: WorkerContext): Promise<Attempted> {
  const { channel, delivery } = worker;
  const startedAt = new Date(delivery.clock.now());
  channel.minuteLimit?.count(startedAt);
  const answered = await send(batches, worker, startedAt);
  const now = new Date(delivery.clock.now());
  const outcome = await delivery.health.recordOutcome(channel, answered, now, startedAt);
  react(outcome, now, worker);
  return { outcome, now };
}

async function send(batches: Batches, { channel, delivery }: WorkerContext, now: Date): Promise<Outcome> {
  const all = deliveriesOf(batches);
  const events = all.map(({ event }) => event);
  const isReminder = all.every(({ delivery }) => delivery.reminder);
  const isHeld = !isReminder && hasWaited(all, channel, now);
  const isMuted = isHeld && hasWaitedInMute(all, channel, now);
  const lateMs = isReminder ? 0 : Math.max(0, ...events.map((event) => latenessMs(event, now) ?? 0));
  try {
    return await channel.send(
      defined({
        events,
        now,
        merged: mergedIn(all),
        reminder: isReminder ? true : undefined,
        held: isHeld ? true : undefined,
        muted: isMuted ? true : undefined,
        excepted: exceptedNow(all, channel, now),
        over: isHeld ? endedAnnouncements(delivery.health.broken(), events) : undefined,
        lateMs: lateMs > 0 ? lateMs : undefined,
        ...knownOf(batches, channel, delivery),
      }),
    );
  } catch {
    // A channel promises not to throw. A channel that throws affects no other.
    return BROKEN_PROMISE;
  }
}

const BROKEN_PROMISE: Outcome = {
  class: 'transient',
  reason: 'internal error of the channel',
  explanation: { what: [{ code: 'internal_error_of_channel' }] },
  ms: 0,
};

/** This run's knowledge of the one subject of a message. */
interface KnownSubject {
  readonly thread?: string;
  readonly overview?: Overview;
}

function knownOf(
  [first, ...others]: Batches,
  channel: Channel,
  { overviewOf }: DeliveryContext,
): KnownSubject {
  if (channel.live === undefined || first === undefined || others.length > 0) return {};
  const held = first.session.held();
  return defined({ thread: receiptOf(held.record, channel), overview: overviewOf?.(held) });
}

function react(outcome: ClassifiedOutcome, now: Date, worker: WorkerContext): void {
  const { channel, state, delivery } = worker;
  const isAllowed = delivery.health.allows(channel, now);
  const isSlower = outcome.class === 'pause' && outcome.openMs === 0;
  if (isSlower) takeTurn(worker);
  if (outcome.class === 'broken' || (outcome.class === 'pause' && !isSlower) || !isAllowed) {
    state.isOpen = true;
  }
  if (outcome.class === 'broken' || !isAllowed) worker.onBroken();
}

async function acknowledge(
  batches: Batches,
  { outcome, now }: Attempted,
  { channel: { audience, settings, receiptKey, quiet, mutes }, delivery }: WorkerContext,
): Promise<void> {
  const events = countEvents(deliveriesOf(batches));
  const random = delivery.random();
  const common = { audience, settings, receiptKey, outcome, events, now, random };
  await eachAtMost(AT_ONCE.records, batches, async ({ session, deliveries }) => {
    for (const sent of deliveries) {
      const { event, channel } = sent;
      await session.acknowledge(defined({ ...common, eventId: event.id, channel, sent, quiet, mutes }));
    }
  });
}

/** Batches that are still next, and whose lease covers the message with its acknowledgement. */
async function withLeases(batches: Batches, { channel }: WorkerContext): Promise<Batches> {
  const workMs = channel.timeoutMs + ACKNOWLEDGE_MS + countDeliveries(batches) * ACKNOWLEDGE_EACH_MS;
  const ours = new Set<RecordBatch>();
  await eachAtMost(AT_ONCE.records, batches, async (batch) => {
    const { session, deliveries } = batch;
    const isOurs = await session.ensureLease(workMs);
    if (isOurs && session.next(channel)[0]?.event.id === deliveries[0]?.event.id) ours.add(batch);
  });
  return batches.filter((batch) => ours.has(batch));
}

function deliveriesOf(batches: Batches): readonly PendingDelivery[] {
  return batches.flatMap(({ deliveries }) => deliveries);
}

function countDeliveries(batches: Batches): number {
  return deliveriesOf(batches).length;
}

/** The first batches, up to `most` deliveries together. */
function thatFit(batches: Batches, most: number): Batches {
  let count = 0;
  const end = batches.findIndex(({ deliveries }) => {
    count += deliveries.length;
    return count > most;
  });
  return end === -1 ? batches : batches.slice(0, end);
}

/** Whether the time allows one more message with this many deliveries. */
export function hasTimeFor(deliveries: number, worker: WorkerContext): boolean {
  const beginsAt = Math.max(worker.delivery.clock.elapsed(), worker.state.nextAt);
  return deliveries <= acknowledgementsThatFit(worker, beginsAt);
}

function acknowledgementsThatFit(
  { channel, state, delivery, until }: WorkerContext,
  beginsAt = delivery.clock.elapsed(),
): number {
  if (state.isOpen) return 0;
  const leftMs = until() - beginsAt - channel.timeoutMs - ACKNOWLEDGE_MS;
  return Math.floor(leftMs / ACKNOWLEDGE_EACH_MS);
}
