import { compareText } from '../base/compare.ts';
import { eachAtMost } from '../base/concurrency.ts';
import type { Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import {
  ACKNOWLEDGE_MS,
  hasTimeFor,
  type RecordBatch,
  type ShiftInput,
  sendBatch,
  type WorkerContext,
  WRITES_AT_ONCE,
} from './attempt.ts';
import { needsRevalidation, type Revalidation } from './outbox/revalidation.ts';
import type { PendingDelivery } from './outbox/types.ts';
import type { RecordSession } from './record-session.ts';

/** A receiver of webhooks takes several at a time; a chat is one conversation. */
const AT_ONCE = { programs: 8, people: 1 } as const;

/** What one channel does in one run, at its own pace. */
export interface ChannelWorker {
  /** Goes on: there may be something to tell. */
  wake(): void;
}

/** One piece of work: from these sessions something is told. */
interface Job {
  readonly sessions: readonly RecordSession[];
  tell(): Promise<void>;
}

/**
 * Tells one channel what the sessions have for it, the oldest first, until there is nothing more. A program is told several
 * things at a time, a chat one after the other; from one session never two at a time.
 *
 * @param track is given each piece of work as it begins
 */
export function createChannelWorker(
  worker: WorkerContext,
  track: (work: Promise<void>) => void,
): ChannelWorker {
  const { channel, state } = worker;
  const busy = new Set<RecordSession>();
  let running = 0;
  let queue: RecordBatch[] = [];

  const waiting = (): RecordBatch[] => waitingFor(worker).filter(({ session }) => !busy.has(session));

  const nextForChat = (): Job | undefined => {
    const group = nextMessage(waiting(), worker);
    return group && { sessions: group.map(({ session }) => session), tell: () => sendBatch(group, worker) };
  };

  /** Of thousands nobody is asked more than once or twice what it has. */
  const nextForProgram = (): Job | undefined => {
    if (queue.length === 0) queue = waiting();
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const { session } = first;
      const owed = busy.has(session) ? [] : session.next(channel);
      if (owed.length === 0) continue;
      if (hasTimeFor(owed.length, worker))
        return { sessions: [session], tell: () => tellInOrder(session, worker) };
      sayWhatIsLate(worker);
    }
    return undefined;
  };

  const next = (): Job | undefined => {
    if (state.resting || running >= atOnce(worker)) return undefined;
    return channel.audience === 'people' ? nextForChat() : nextForProgram();
  };

  const leaveIfIdle = async (): Promise<void> => {
    if (running === 0 && !worker.isOpening()) await leaveAll(worker);
  };

  const work = async ({ sessions, tell }: Job): Promise<void> => {
    try {
      await tell();
    } finally {
      running -= 1;
      for (const session of sessions) busy.delete(session);
    }
    begin();
    for (const session of sessions) if (session.takeNewEvents()) await worker.reopen(session);
    await leaveIfIdle();
  };

  const begin = (): void => {
    for (let job = next(); job !== undefined; job = next()) {
      running += 1;
      for (const session of job.sessions) busy.add(session);
      track(work(job));
    }
  };

  return {
    wake() {
      queue = [];
      begin();
      track(leaveIfIdle());
    },
  };
}

/** A channel that was broken is tried with one request, until that shows how it is. */
function atOnce({ channel, input }: WorkerContext): number {
  return input.health.isHalfOpen(channel) ? 1 : AT_ONCE[channel.audience];
}

function waitingFor({ channel, sessions }: WorkerContext): RecordBatch[] {
  return [...sessions()]
    .map((session) => ({ session, deliveries: session.next(channel) }))
    .filter(({ deliveries }) => deliveries.length > 0)
    .sort((a, b) => compareText(a.deliveries[0]?.event.time ?? '', b.deliveries[0]?.event.time ?? ''));
}

/** Nobody waits for a channel that has nothing to do: what it did not come to is told by whoever comes next. */
async function leaveAll({ channel, sessions }: WorkerContext): Promise<void> {
  const all = [...sessions()];
  for (const session of all) session.leave(channel.name);
  await eachAtMost(WRITES_AT_ONCE, all, (session) => session.releaseIfIdle());
}

function sayWhatIsLate({ channel, state, input }: WorkerContext): void {
  if (state.isLate) return;
  state.isLate = true;
  input.log({ kind: 'deliveries_postponed', channel: channel.name, why: 'this run is nearly out of time' });
}

/** What is due from one session, one after the other. What cannot be judged now waits, and all that is after it. */
async function tellInOrder(session: RecordSession, worker: WorkerContext): Promise<void> {
  const { channel, input } = worker;
  const next = () => session.next(channel);
  let renewedId: string | undefined;
  for (let owed = next(); owed.length > 0 && hasTimeFor(owed.length, worker); owed = next()) {
    const [first] = owed;
    if (first !== undefined && !isLookedAt(first.event, input)) return session.leave(channel.name);
    // What was renewed a moment ago was looked at a moment ago.
    const isFresh = first?.event.id === renewedId;
    const verdict = isFresh ? VALID : await review(session, owed, worker);
    if (verdict.kind === 'valid') await sendBatch([{ session, deliveries: owed }], worker);
    renewedId = verdict.kind === 'reissued' ? verdict.event.id : undefined;
    const isOpen = verdict.kind === 'unknown' || verdict.kind === 'stale';
    if (isOpen && next()[0]?.event.id === first?.event.id) return session.leave(channel.name);
  }
}

/** Where a program may act on an event, its task is to be looked at first: its own time for that comes in each run. */
export function isLookedAt(event: MigrationEvent, { isLookedAt }: Pick<ShiftInput, 'isLookedAt'>): boolean {
  return !needsRevalidation(event) || isLookedAt === undefined || isLookedAt(event);
}

/** So many tasks that change in one run are a storm: a chat gets them as one message. */
const STORM_FROM = 10;

/** What a chat is told next: of several tasks at once what belongs together, and storms; else the oldest. */
function nextMessage(
  waiting: readonly RecordBatch[],
  worker: WorkerContext,
): readonly RecordBatch[] | undefined {
  const { channel, input } = worker;
  const fits = ({ deliveries }: RecordBatch) => hasTimeFor(deliveries.length, worker);
  const many = input.health.isHalfOpen(channel) ? [] : messagesForMany(waiting);
  const group = many.find(([first]) => first !== undefined && fits(first));
  if (group !== undefined) return group;
  const alone = waiting.find(fits);
  if (alone === undefined && waiting.length > 0) sayWhatIsLate(worker);
  return alone && [alone];
}

function messagesForMany(waiting: readonly RecordBatch[]): readonly (readonly RecordBatch[])[] {
  const byWord = Map.groupBy(waiting, ({ deliveries: [first] }) => first && wordOf(first));
  return [...byWord].flatMap(([word, group]) => {
    const isEnough = group.length >= (word === undefined ? STORM_FROM : 2);
    return isEnough ? [group] : [];
  });
}

/** Reminders of one tick are one message, and so are first sights: a message for each task would be a storm. */
function wordOf({ event, delivery }: PendingDelivery): string | undefined {
  if (delivery.reminder) return 'reminder';
  return event.type === 'dcs.migration.first_seen' ? 'first_seen' : undefined;
}

const VALID: Revalidation = { kind: 'valid' };

/**
 * What a program may act on is looked at again right before it is sent. People get everything in order, and with it what
 * takes it back.
 */
async function review(
  session: RecordSession,
  [first]: readonly PendingDelivery[],
  { channel, input }: WorkerContext,
): Promise<Revalidation> {
  if (first === undefined || !needsRevalidation(first.event)) return VALID;
  const { event } = first;
  const { name } = channel;
  const verdict = await verdictOn(first, session, channel.audience, input);
  if (verdict.kind === 'unknown' || verdict.kind === 'stale') {
    const why = `event ${event.id} could not be looked at again`;
    input.log({ kind: 'deliveries_postponed', channel: name, why });
  }
  if (verdict.kind === 'invalid') {
    const { attempts } = first.delivery;
    input.log({ kind: 'withdrawn', channel: name, eventId: event.id, why: verdict.why, attempts });
  }
  if (verdict.kind === 'reissued') {
    input.log({ kind: 'renewed', channel: name, eventId: event.id, renewedId: verdict.event.id });
  }
  return verdict;
}

/** So often a look that was overtaken by another one is made anew. */
const MOST_LOOKS = 3;

async function verdictOn(
  owed: PendingDelivery,
  session: RecordSession,
  audience: Channel['audience'],
  { lookAgain, endsAt }: ShiftInput,
): Promise<Revalidation> {
  let verdict: Revalidation = { kind: 'unknown' };
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    // A store that fails now leaves this one waiting, and nothing else.
    const seen = await lookAgain?.(owed.event, session.record(), endsAt - ACKNOWLEDGE_MS).catch(
      () => undefined,
    );
    if (seen === undefined) return verdict;
    verdict = await session.revalidate(owed, seen, audience);
    if (verdict.kind !== 'stale') return verdict;
  }
  return verdict;
}
