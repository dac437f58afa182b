import type { Channel, Outcome } from '../channels/channel.ts';
import type { Clock } from '../clock.ts';
import { eachAtMost } from '../concurrency.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { HeldRecord } from '../records.ts';
import { createDesk, type Desk, type DeskRun } from './desk.ts';
import { dueChannels, pending } from './outbox.ts';
import { loadPauses, type Pauses } from './pauses.ts';
import { latenessMs, pauseMs } from './retry.ts';

export interface DeliverInput extends Pick<DeskRun, 'store' | 'log' | 'owner' | 'endsAt' | 'random'> {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly clock: Clock;
}

export interface DeliverSummary {
  readonly delivered: number;
  readonly dead: number;
  /** What is still owed in all records. */
  readonly pending: number;
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
  readonly pauses: Pauses;
  readonly input: DeliverInput;
}

/**
 * Tells what is due, from all records: channel by channel, so that none holds up another; each record's events in
 * order; each attempt acknowledged by its own write. Stops in time before the run ends; what stays is due again.
 */
export async function deliver(records: readonly HeldRecord[], input: DeliverInput): Promise<DeliverSummary> {
  const { store, log, owner, endsAt, random, channels, clock } = input;
  const now = () => new Date(clock.now());
  const isConfigured = (name: string) => channels.has(name);
  const owed = records.filter(({ record }) => record.outbox.length > 0);
  const due = owed.filter(({ record }) => needsWork(record, isConfigured, now()));
  if (due.length === 0) return { delivered: 0, dead: 0, pending: countPending(owed) };

  const pauses = await loadPauses(store);
  const run: DeskRun = { store, log, owner, endsAt, now, random, isConfigured };
  const desks = new Map(due.map((held) => [held, createDesk(held, run)]));
  const open: Desk[] = [];
  await eachAtMost(WRITES_AT_ONCE, [...desks.values()], async (desk) => {
    const working = dueChannels(desk.record(), now()).filter(
      (name) => isConfigured(name) && !pauses.isPaused(name, now()),
    );
    if (await desk.open(working)) open.push(desk);
  });
  await Promise.all([...channels.values()].map((channel) => tell({ channel, desks: open, pauses, input })));

  const tallies = [...desks.values()].map(({ tally }) => tally);
  const left = owed.map((held) => ({ record: desks.get(held)?.record() ?? held.record }));
  return {
    delivered: tallies.reduce((sum, { delivered }) => sum + delivered, 0),
    dead: tallies.reduce((sum, { dead }) => sum + dead, 0),
    pending: countPending(left),
  };
}

function needsWork(
  record: HeldRecord['record'],
  isConfigured: (channel: string) => boolean,
  now: Date,
): boolean {
  return dueChannels(record, now).length > 0 || pending(record).some(({ channel }) => !isConfigured(channel));
}

function countPending(records: readonly Pick<HeldRecord, 'record'>[]): number {
  return records.reduce((sum, { record }) => sum + pending(record).length, 0);
}

/** Everything that one channel is to be told in this run, the oldest first. */
async function tell(shift: Shift): Promise<void> {
  const { channel, desks, input } = shift;
  const waiting = desks
    .flatMap((desk) => {
      const next = desk.next(channel.name);
      return next === undefined ? [] : [{ desk, event: next.event }];
    })
    .sort((a, b) => (a.event.time < b.event.time ? -1 : 1));
  const session = { resting: false, sent: 0 };

  for (const [word, group] of Map.groupBy(waiting, ({ event }) => channel.together(event))) {
    if (word !== undefined && group.length > 1) await tellTogether(group, shift, session);
  }
  await eachAtMost(AT_ONCE[channel.kind], waiting, async ({ desk }) => {
    for (let next = desk.next(channel.name); next !== undefined; next = desk.next(channel.name)) {
      if (!mayBegin(1, shift, session)) break;
      await tellTogether([{ desk, event: next.event }], shift, session);
    }
    await desk.leave(channel.name);
  });
  if (session.resting) return;
  const left = desks.some((desk) =>
    dueChannels(desk.record(), new Date(input.clock.now())).includes(channel.name),
  );
  if (left && !mayBegin(1, shift, session)) {
    input.log({ kind: 'deliveries_postponed', channel: channel.name, why: 'this run is nearly out of time' });
  }
}

interface Session {
  /** The channel asked for a rest, or is broken: it is told no more in this run. */
  resting: boolean;
  sent: number;
}

function mayBegin(acknowledgements: number, { channel, input }: Shift, session: Session): boolean {
  const needMs = channel.timeoutMs + ACKNOWLEDGE_MS + acknowledgements * ACKNOWLEDGE_EACH_MS;
  return !session.resting && input.clock.now() + needMs <= input.endsAt;
}

/** One attempt for one or several events, and the acknowledgement of each. */
async function tellTogether(
  group: readonly { desk: Desk; event: MigrationEvent }[],
  shift: Shift,
  session: Session,
): Promise<void> {
  const { channel, pauses, input } = shift;
  if (channel.kind === 'chat' && session.sent > 0) await input.clock.sleep(CHAT_PACE_MS);
  if (!mayBegin(group.length, shift, session)) return;
  session.sent += 1;

  const events = group.map(({ event }) => event);
  const outcome = await attempt(channel, events, new Date(input.clock.now()));
  await eachAtMost(WRITES_AT_ONCE, group, ({ desk, event }) =>
    desk.acknowledge(event.id, channel.name, channel.kind, outcome),
  );
  input.log({
    kind: 'delivery',
    channel: channel.name,
    eventIds: events.map(({ id }) => id),
    outcome: outcome.class,
    reason: outcome.reason,
    ms: outcome.ms,
  });
  if (outcome.class === 'broken') session.resting = true;
  if (outcome.class === 'pause') {
    session.resting = true;
    const until = new Date(input.clock.now() + pauseMs(channel.kind, outcome.retryAfterMs));
    await pauses.pause(channel.name, until, outcome.reason).catch(() => undefined);
  }
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
