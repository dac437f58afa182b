import { AT_ONCE, eachAtMost } from '../base/concurrency.ts';
import { hasTimeFor, type RecordBatch, sendBatch, type WorkerContext } from './attempt.ts';
import { nextMessage, waitingBatches } from './message-choice.ts';
import { mayRevalidate, needsRevalidation, type Revalidation } from './outbox/revalidation.ts';
import type { PendingDelivery } from './outbox/types.ts';
import type { RecordSession } from './record-session.ts';

/** A program takes several requests at a time; a chat is one conversation. */
const REQUESTS_AT_ONCE = { programs: 8, people: 1 } as const;

/** One message, and the sessions that are busy until it is acknowledged. */
interface Job {
  readonly sessions: readonly RecordSession[];
  run(): Promise<void>;
}

/**
 * Sends the deliveries of all sessions to one channel, the oldest first and at the channel's pace, until none is left.
 * It never sends two messages from one record at a time.
 */
export class ChannelWorker {
  readonly #context: WorkerContext;
  readonly #track: (work: Promise<void>) => void;
  readonly #busy = new Set<RecordSession>();
  #running = 0;
  /**
   * Batches for a program that are not yet taken. The queue saves asking thousands of sessions again for each message.
   */
  #queue: RecordBatch[] = [];

  /** @param track called with each piece of work as it begins */
  constructor(context: WorkerContext, track: (work: Promise<void>) => void) {
    this.#context = context;
    this.#track = track;
  }

  /** Looks for deliveries again. */
  wake(): void {
    this.#queue = [];
    this.#begin();
    this.#track(this.#leaveIfIdle());
  }

  #begin(): void {
    for (let job = this.#nextJob(); job !== undefined; job = this.#nextJob()) {
      this.#running += 1;
      for (const session of job.sessions) this.#busy.add(session);
      this.#track(this.#work(job));
    }
  }

  async #work({ sessions, run }: Job): Promise<void> {
    try {
      await run();
    } finally {
      this.#running -= 1;
      for (const session of sessions) this.#busy.delete(session);
    }
    this.#begin();
    for (const session of sessions) if (session.takeNewEvents()) await this.#context.reopen(session);
    await this.#leaveIfIdle();
  }

  #nextJob(): Job | undefined {
    const { channel, state } = this.#context;
    if (state.isOpen || this.#running >= requestsAtOnce(this.#context)) return undefined;
    return channel.audience === 'people' ? this.#nextForChat() : this.#nextForProgram();
  }

  #nextForChat(): Job | undefined {
    const waiting = this.#waiting();
    const batches = nextMessage(waiting, this.#context);
    if (batches === undefined) {
      if (waiting.length > 0) reportLate(this.#context);
      return undefined;
    }
    const sessions = batches.map(({ session }) => session);
    return { sessions, run: () => sendBatch(batches, this.#context) };
  }

  #nextForProgram(): Job | undefined {
    if (this.#queue.length === 0) this.#queue = this.#waiting();
    for (let first = this.#queue.shift(); first !== undefined; first = this.#queue.shift()) {
      const { session } = first;
      const deliveries = this.#busy.has(session) ? [] : session.next(this.#context.channel);
      if (deliveries.length === 0) continue;
      if (hasTimeFor(deliveries.length, this.#context)) {
        return { sessions: [session], run: () => sendInOrder(session, this.#context) };
      }
      reportLate(this.#context);
    }
    return undefined;
  }

  #waiting(): RecordBatch[] {
    return waitingBatches(this.#context).filter(({ session }) => !this.#busy.has(session));
  }

  async #leaveIfIdle(): Promise<void> {
    if (this.#running === 0 && !this.#context.isOpening()) await leaveAll(this.#context);
  }
}

/** One request at a time probes a half-open circuit. */
function requestsAtOnce({ channel, delivery }: WorkerContext): number {
  return delivery.health.isHalfOpen(channel) ? 1 : REQUESTS_AT_ONCE[channel.audience];
}

/** Leaves all sessions, so that no lease is held for an idle channel: another run may deliver the rest. */
async function leaveAll({ channel, sessions }: WorkerContext): Promise<void> {
  const all = [...sessions()];
  for (const session of all) session.leave(channel.name);
  await eachAtMost(AT_ONCE.records, all, (session) => session.releaseIfIdle());
}

function reportLate({ channel, state, delivery }: WorkerContext): void {
  if (state.isLate) return;
  state.isLate = true;
  delivery.log({
    kind: 'deliveries_postponed',
    channel: channel.name,
    why: 'this run is nearly out of time',
  });
}

const VALID: Revalidation = { kind: 'valid' };

/**
 * Sends the due deliveries of one record to a program, in order. An event that cannot be revalidated now waits, and so
 * do all later ones.
 */
async function sendInOrder(session: RecordSession, worker: WorkerContext): Promise<void> {
  const { channel, delivery } = worker;
  const next = () => session.next(channel);
  let reissuedId: string | undefined;
  for (
    let deliveries = next();
    deliveries.length > 0 && hasTimeFor(deliveries.length, worker);
    deliveries = next()
  ) {
    const [first] = deliveries;
    if (first === undefined || !mayRevalidate(first.event, delivery)) return session.leave(channel.name);
    // The look that reissued this event has just confirmed it.
    const isFresh = first.event.id === reissuedId;
    const result = isFresh ? VALID : await revalidate(session, first, worker);
    if (result.kind === 'valid') await sendBatch([{ session, deliveries }], worker);
    reissuedId = result.kind === 'reissued' ? result.event.id : undefined;
    if (result.kind === 'unknown' && next()[0]?.event.id === first.event.id) {
      return session.leave(channel.name);
    }
  }
}

/**
 * Revalidates events for programs only: they act on an event before they read the next. People read in order, so they
 * also see the event that retracts it.
 */
async function revalidate(
  session: RecordSession,
  pending: PendingDelivery,
  { channel, delivery }: WorkerContext,
): Promise<Revalidation> {
  const { event } = pending;
  if (!needsRevalidation(event)) return VALID;
  const { name } = channel;
  const result = await session.revalidate(pending, channel.audience);
  if (result.kind === 'unknown') {
    const why = `event ${event.id} could not be checked again`;
    delivery.log({ kind: 'deliveries_postponed', channel: name, why });
  }
  if (result.kind === 'invalid') {
    const { attempts } = pending.delivery;
    delivery.log({ kind: 'withdrawn', channel: name, eventId: event.id, why: result.why, attempts });
  }
  if (result.kind === 'reissued') {
    delivery.log({ kind: 'renewed', channel: name, eventId: event.id, renewedId: result.event.id });
  }
  return result;
}
