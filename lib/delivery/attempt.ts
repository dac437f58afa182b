import type { Clock } from '../base/clock.ts';
import { eachAtMost } from '../base/concurrency.ts';
import type { Channel, Outcome, Telling } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Log } from '../telemetry/log.ts';
import type { ChannelBook } from './channel-health.ts';
import { countOf, mergedIn } from './outbox/merge.ts';
import type { PendingDelivery } from './outbox/outbox.ts';
import { latenessMs } from './outbox/retry-policy.ts';
import type { LookAgain } from './outbox/revalidation.ts';
import type { Desk } from './record-session.ts';

/** Slack takes one message a second. */
const CHAT_PACE_MS = 1000;
/** How many records are read or written at a time. */
export const WRITES_AT_ONCE = 16;
/** A send is only begun if its acknowledgement fits in as well. Milliseconds: for one write, and more for a batch. */
export const ACKNOWLEDGE_MS = 5000;
const ACKNOWLEDGE_EACH_MS = 20;

/** What one channel's work in one run needs to know. */
export interface Shift {
  readonly channel: Channel;
  readonly session: Session;
  readonly input: ShiftInput;
  /** The records from which something may be told, as they are handed over. */
  desks(): Iterable<Desk>;
  /** Whether more are just being handed over. */
  isOpening(): boolean;
  /** Until when a send must be over, with its acknowledgement. By {@link Clock.elapsed}. */
  until(): number;
  /** Second looks at this desk noticed something: the other channels go on there. */
  reopen(desk: Desk): Promise<void>;
  /** This channel broke: the others are told, in one message with what else breaks by then. */
  broke(): void;
}

export interface ShiftInput {
  readonly book: ChannelBook;
  readonly clock: Clock;
  readonly log: Log;
  /** When the run ends. By {@link Clock.elapsed}. */
  readonly endsAt: number;
  /** In [0, 1). */
  random(): number;
  /** Looks again at events that a program may act on. Without it they wait for a run that can. */
  readonly lookAgain?: LookAgain;
  /** Whether what an event speaks of has been looked at in this run: only then it is looked at again. By default it has. */
  isLookedAt?(event: MigrationEvent): boolean;
}

/** A channel in one run. */
export interface Session {
  /** The channel asked for a rest, or is broken: it is told no more in this run. */
  resting: boolean;
  /** No message begins before. By {@link Clock.elapsed}. */
  nextAt: number;
  /** The time was too short for what is left. */
  isLate: boolean;
}

/** What one desk has for a channel. */
export interface Owed {
  readonly desk: Desk;
  readonly owed: readonly PendingDelivery[];
}

/** One attempt for one or several events, and the acknowledgement of each. What does not fit into the time left waits. */
export async function tellTogether(group: readonly Owed[], shift: Shift): Promise<void> {
  const { channel, session, input } = shift;
  // Several may wait: nothing comes between seeing that it is one's turn and taking it.
  while (input.clock.elapsed() < session.nextAt) {
    await input.clock.sleep(session.nextAt - input.clock.elapsed());
  }
  const fitting = asManyAsFit(group, mostAcknowledgements(shift, input.clock.elapsed()));
  if (fitting.length === 0) return;
  // Taken at once: whoever waits beside this one waits for the next turn.
  keepDistance(shift);
  const ours = await stillOurs(fitting, shift);
  if (ours.length === 0 || eventsIn(ours) > mostAcknowledgements(shift, input.clock.elapsed())) return;
  keepDistance(shift);
  const told = ours.flatMap(({ owed }) => owed);
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
  const outcome = await input.book.note(channel, tried, now, startedAt);
  const mayGoOn = input.book.mayTell(channel, now);
  const isSlower = outcome.class === 'pause' && outcome.restMs === 0;
  if (isSlower) keepDistance(shift);
  if (outcome.class === 'broken' || (outcome.class === 'pause' && !isSlower) || !mayGoOn) {
    session.resting = true;
  }
  if (outcome.class === 'broken' || !mayGoOn) shift.broke();
  const { name, kind, settings } = channel;
  const message = { kind, settings, outcome, events: countOf(told), now, random: input.random() };
  await eachAtMost(WRITES_AT_ONCE, ours, async ({ desk, owed }) => {
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
}

/** The next request comes no sooner than this after now. */
function keepDistance({ channel, session, input: { book, clock } }: Shift): void {
  const everyMs = Math.max(
    channel.kind === 'chat' ? CHAT_PACE_MS : 0,
    book.everyMs(channel, new Date(clock.now())),
  );
  session.nextAt = Math.max(session.nextAt, clock.elapsed() + everyMs);
}

/** Those whose lease covers the message with its acknowledgement, and whose next is still the same. */
async function stillOurs(group: readonly Owed[], { channel }: Shift): Promise<readonly Owed[]> {
  const workMs = channel.timeoutMs + ACKNOWLEDGE_MS + eventsIn(group) * ACKNOWLEDGE_EACH_MS;
  const ours = new Set<Owed>();
  await eachAtMost(WRITES_AT_ONCE, group, async (one) => {
    const isOurs = await one.desk.holds(workMs);
    if (isOurs && one.desk.next(channel)[0]?.event.id === one.owed[0]?.event.id) ours.add(one);
  });
  return group.filter((one) => ours.has(one));
}

function eventsIn(group: readonly Owed[]): number {
  return group.reduce((sum, { owed }) => sum + owed.length, 0);
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

async function attempt(channel: Channel, telling: Omit<Telling, 'lateMs'>): Promise<Outcome> {
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
export function mayBegin(acknowledgements: number, shift: Shift): boolean {
  const beginsAt = Math.max(shift.input.clock.elapsed(), shift.session.nextAt);
  return acknowledgements <= mostAcknowledgements(shift, beginsAt);
}

/** How many events one message may tell that is sent now, so that each can be acknowledged in time. */
function mostAcknowledgements({ channel, session, until }: Shift, beginsAt: number): number {
  if (session.resting) return 0;
  const leftMs = until() - beginsAt - channel.timeoutMs - ACKNOWLEDGE_MS;
  return Math.floor(leftMs / ACKNOWLEDGE_EACH_MS);
}
