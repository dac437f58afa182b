import type { Clock } from '../base/clock.ts';
import { eachAtMost } from '../base/concurrency.ts';
import type { Channel, Outcome, Outgoing } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Log } from '../telemetry/log.ts';
import type { ChannelHealth } from './channel-health.ts';
import { latenessMs } from './outbox/backoff/retry-policy.ts';
import { countEvents, mergedIn } from './outbox/batching/merge.ts';
import type { Revalidate } from './outbox/revalidation.ts';
import type { PendingDelivery } from './outbox/types.ts';
import type { RecordSession } from './record-session.ts';

/** Slack takes one message a second. */
const CHAT_PACE_MS = 1000;
/** How many records are read or written at a time. */
export const WRITES_AT_ONCE = 16;
/** A send is only begun if its acknowledgement fits in as well. Milliseconds: for one write, and more for a batch. */
export const ACKNOWLEDGE_MS = 5000;
const ACKNOWLEDGE_EACH_MS = 20;

/** What one channel's work in one run needs to know. */
export interface WorkerContext {
  readonly channel: Channel;
  readonly state: WorkerState;
  readonly input: ShiftInput;
  /** The records from which something may be told, as they are handed over. */
  sessions(): Iterable<RecordSession>;
  /** Whether more are just being handed over. */
  isOpening(): boolean;
  /** Until when a send must be over, with its acknowledgement. By {@link Clock.elapsed}. */
  until(): number;
  /** Second looks at this session noticed something: the other channels go on there. */
  reopen(session: RecordSession): Promise<void>;
  /** This channel broke: the others are told, in one message with what else breaks by then. */
  broke(): void;
}

export interface ShiftInput {
  readonly health: ChannelHealth;
  readonly clock: Clock;
  readonly log: Log;
  /** When the run ends. By {@link Clock.elapsed}. */
  readonly endsAt: number;
  /** In [0, 1). */
  random(): number;
  /** Looks again at events that a program may act on. Without it they wait for a run that can. */
  readonly lookAgain?: Revalidate;
  /** Whether what an event speaks of has been looked at in this run: only then it is looked at again. By default it has. */
  isLookedAt?(event: MigrationEvent): boolean;
}

/** A channel in one run. */
export interface WorkerState {
  /** The channel asked for a rest, or is broken: it is told no more in this run. */
  resting: boolean;
  /** No message begins before. By {@link Clock.elapsed}. */
  nextAt: number;
  /** The time was too short for what is left. */
  isLate: boolean;
}

/** What one session has for a channel. */
export interface RecordBatch {
  readonly session: RecordSession;
  readonly deliveries: readonly PendingDelivery[];
}

/** One attempt for one or several events, and the acknowledgement of each. What does not fit into the time left waits. */
export async function sendBatch(group: readonly RecordBatch[], worker: WorkerContext): Promise<void> {
  const { channel, state, input } = worker;
  // Several may wait: nothing comes between seeing that it is one's turn and taking it.
  while (input.clock.elapsed() < state.nextAt) {
    await input.clock.sleep(state.nextAt - input.clock.elapsed());
  }
  const fitting = asManyAsFit(group, mostAcknowledgements(worker, input.clock.elapsed()));
  if (fitting.length === 0) return;
  // Taken at once: whoever waits beside this one waits for the next turn.
  keepDistance(worker);
  const ours = await stillOurs(fitting, worker);
  if (ours.length === 0 || eventsIn(ours) > mostAcknowledgements(worker, input.clock.elapsed())) return;
  keepDistance(worker);
  const told = ours.flatMap(({ deliveries }) => deliveries);
  const events = told.map(({ event }) => event);
  const merged = mergedIn(told);
  const isReminder = told.every(({ delivery }) => delivery.reminder);

  const startedAt = new Date(input.clock.now());
  const tried = await attempt(channel, {
    events,
    now: startedAt,
    ...(merged && { merged }),
    ...(isReminder && { reminder: true }),
  });
  const now = new Date(input.clock.now());
  const outcome = await input.health.recordOutcome(channel, tried, now, startedAt);
  const mayGoOn = input.health.allows(channel, now);
  const isSlower = outcome.class === 'pause' && outcome.restMs === 0;
  if (isSlower) keepDistance(worker);
  if (outcome.class === 'broken' || (outcome.class === 'pause' && !isSlower) || !mayGoOn) {
    state.resting = true;
  }
  if (outcome.class === 'broken' || !mayGoOn) worker.broke();
  const { name, audience, settings } = channel;
  const message = { audience, settings, outcome, events: countEvents(told), now, random: input.random() };
  await eachAtMost(WRITES_AT_ONCE, ours, async ({ session, deliveries }) => {
    for (const sent of deliveries) await session.acknowledge({ ...message, sent });
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

/** The next request comes no sooner than this after now. */
function keepDistance({ channel, state, input: { health, clock } }: WorkerContext): void {
  const everyMs = Math.max(
    channel.audience === 'people' ? CHAT_PACE_MS : 0,
    health.intervalMs(channel, new Date(clock.now())),
  );
  state.nextAt = Math.max(state.nextAt, clock.elapsed() + everyMs);
}

/** Those whose lease covers the message with its acknowledgement, and whose next is still the same. */
async function stillOurs(
  group: readonly RecordBatch[],
  { channel }: WorkerContext,
): Promise<readonly RecordBatch[]> {
  const workMs = channel.timeoutMs + ACKNOWLEDGE_MS + eventsIn(group) * ACKNOWLEDGE_EACH_MS;
  const ours = new Set<RecordBatch>();
  await eachAtMost(WRITES_AT_ONCE, group, async (one) => {
    const isOurs = await one.session.ensureLease(workMs);
    if (isOurs && one.session.next(channel)[0]?.event.id === one.deliveries[0]?.event.id) ours.add(one);
  });
  return group.filter((one) => ours.has(one));
}

function eventsIn(group: readonly RecordBatch[]): number {
  return group.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
}

/** The first of them, as long as all of their events together are not too many. */
function asManyAsFit(group: readonly RecordBatch[], most: number): readonly RecordBatch[] {
  let events = 0;
  const end = group.findIndex(({ deliveries }) => {
    events += deliveries.length;
    return events > most;
  });
  return end === -1 ? group : group.slice(0, end);
}

async function attempt(channel: Channel, telling: Omit<Outgoing, 'lateMs'>): Promise<Outcome> {
  const { events, now } = telling;
  const late = Math.max(0, ...events.map((event) => latenessMs(event, now) ?? 0));
  try {
    const isLate = late > 0 && !telling.reminder;
    return await channel.send({ ...telling, ...(isLate && { lateMs: late }) });
  } catch {
    // A channel promises not to throw. If one does, it is that channel's trouble alone.
    return { class: 'transient', reason: 'internal error of the channel', ms: 0 };
  }
}

/** Whether there is time for one more message. */
export function hasTimeFor(acknowledgements: number, worker: WorkerContext): boolean {
  const beginsAt = Math.max(worker.input.clock.elapsed(), worker.state.nextAt);
  return acknowledgements <= mostAcknowledgements(worker, beginsAt);
}

/** How many events one message may tell that is sent now, so that each can be acknowledged in time. */
function mostAcknowledgements({ channel, state, until }: WorkerContext, beginsAt: number): number {
  if (state.resting) return 0;
  const leftMs = until() - beginsAt - channel.timeoutMs - ACKNOWLEDGE_MS;
  return Math.floor(leftMs / ACKNOWLEDGE_EACH_MS);
}
