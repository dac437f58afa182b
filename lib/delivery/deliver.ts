import { AT_ONCE, eachAtMost } from '../base/concurrency.ts';
import type { Channel } from '../channels/channel.ts';
import type { StoredRecord } from '../records/record.ts';
import type { HeldRecord } from '../records/records.ts';
import type { WorkerContext } from './attempt.ts';
import { ChannelWorker } from './channel-worker.ts';
import type { DeliveryContext } from './context.ts';
import { type DeliverSummary, summarise } from './delivery-summary.ts';
import { isAfterHoldNow } from './message-choice.ts';
import { createHeldReport, reportLeases, reportSuppressed } from './notices.ts';
import { nextBatch } from './outbox/batching/batching.ts';
import { leasedUntil, withoutLease } from './outbox/lease.ts';
import { mayRevalidate } from './outbox/revalidation.ts';
import { ACKNOWLEDGE_MS, type DeliverableRecord, RecordSession } from './record-session.ts';
import { recordName, type SessionContext } from './record-writer.ts';

/** The channels that may get deliveries of a record: programs alone, or chats as well. */
export type Recipients = 'programs' | 'all';

/**
 * Delivers what is due from records, which are handed over one after another. Each channel has its own pace, so that
 * none holds up another, and gets the deliveries of one record in order, each with an acknowledgement. The work ends
 * before the run does, or before the next one begins; the rest stays due.
 */
export interface Delivery {
  /** Resolves when the work has begun. A record that was handed over before is opened again. */
  handOver(records: readonly DeliverableRecord[], recipients?: Recipients): Promise<void>;
  /** The newest state of a record, if it was handed over. */
  heldAt(key: HeldRecord['key']): HeldRecord | undefined;
  /** Whether a channel may be sent something now. */
  allows(channel: Channel): boolean;
  /** Ends the hand-over. Resolves when this run has delivered everything that it can. */
  end(): Promise<DeliverSummary>;
}

/** The least time for deliveries, however late in a run their record is handed over. */
export const TELLING_MS = 30_000;
/** Waits before each repetition of failed acknowledgements. */
const ACKNOWLEDGE_AGAIN_MS = [0, 1000, 3000];

export function startDelivery(context: DeliveryContext): Delivery {
  const run = new DeliveryRun(context);
  return {
    handOver: (records, recipients) => run.handOver(records, recipients),
    heldAt: (key) => run.heldAt(key),
    allows: (channel) => context.health.allows(channel, new Date(context.clock.now())),
    end: () => run.end(),
  };
}

/** Delivers what is due from these records. */
export async function deliver(
  records: readonly DeliverableRecord[],
  context: DeliveryContext,
): Promise<DeliverSummary> {
  const delivery = startDelivery(context);
  await delivery.handOver(records);
  return delivery.end();
}

class DeliveryRun {
  readonly #context: DeliveryContext;
  readonly #sessionContext: SessionContext;
  readonly #sessions = new Map<string, RecordSession>();
  readonly #workers: readonly ChannelWorker[];
  readonly #workerContexts: readonly WorkerContext[];
  readonly #works = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  /** Names of records whose foreign lease was reported. */
  readonly #leased = new Set<string>();
  /** All records that were handed over, those with an empty outbox too. */
  readonly #given = new Map<string, HeldRecord>();
  /** Names of records that were also handed over for people. */
  readonly #forPeople = new Set<string>();
  readonly #reportHeld: (records: readonly StoredRecord[]) => void;
  #handedOverAt: number;
  #opening = 0;
  #isComplete = false;
  #isFirst = true;
  #isAnnouncing = false;

  constructor(context: DeliveryContext) {
    this.#context = context;
    this.#sessionContext = { delivery: context, withStoredDeadLetters: new Set() };
    this.#handedOverAt = context.clock.elapsed();
    this.#reportHeld = createHeldReport(context);
    this.#workerContexts = [...context.channels.values()].map((channel) => ({
      channel,
      delivery: context,
      state: { isOpen: false, nextAt: 0, isLate: false },
      sessions: () => this.#sessions.values(),
      isOpening: () => this.#opening > 0,
      isComplete: () => this.#isComplete,
      until: () => this.#until(),
      reopen: async (session) => (this.#isOver() ? undefined : this.#open([session], 'all')),
      onBroken: () => this.#announceSoon(),
    }));
    const track = (work: Promise<void>) => this.#track(work);
    this.#workers = this.#workerContexts.map((worker) => new ChannelWorker(worker, track));
  }

  heldAt(key: HeldRecord['key']): HeldRecord | undefined {
    return this.#sessions.get(recordName(key))?.held();
  }

  async handOver(records: readonly DeliverableRecord[], recipients: Recipients = 'all'): Promise<void> {
    const { channels, health, clock, log } = this.#context;
    const announcement = this.#isFirst ? await health.announceBroken(new Date(clock.now())) : undefined;
    this.#isFirst = false;
    const newest = withNewest(records, announcement);
    for (const held of newest) this.#given.set(recordName(held.key), held);
    const pending = newest.filter(({ record }) => record.outbox.length > 0);
    if (pending.length === 0) return;
    this.#handedOverAt = clock.elapsed();
    const all = pending.map(({ record }) => record);
    const sessions = pending.map((held) => this.#sessionOf(held));
    if (recipients === 'all') {
      reportSuppressed(all, channels, new Date(clock.now()), log);
      this.#reportHeld(all);
      for (const { name } of sessions) this.#forPeople.add(name);
    }
    // Each hand-over extends the time, so deliveries that were too late before may fit now.
    const isLate = this.#workerContexts.some(({ state }) => state.isLate);
    await this.#open(isLate ? [...this.#sessions.values()] : sessions, recipients);
  }

  async end(): Promise<DeliverSummary> {
    const { health, clock } = this.#context;
    await this.#sendWhatWasHeld();
    while (this.#works.size > 0) await Promise.race(this.#works);
    const sessions = [...this.#sessions.values()];
    await acknowledgeAgain(sessions, this.#context);
    await health.savePaces(new Date(clock.now()));
    if (this.#failures.length > 0) throw this.#failures[0];
    return summarise(sessions, [...this.#given.values()], this.#context);
  }

  /**
   * Sends each chat one message about everything that ended quiet hours or mutes held, once all records are handed
   * over.
   */
  async #sendWhatWasHeld(): Promise<void> {
    this.#isComplete = true;
    const all = [...this.#sessions.values()].filter(({ name }) => this.#forPeople.has(name));
    const held = all.filter((session) =>
      this.#workerContexts.some((worker) => this.#isAfterHold(session, worker)),
    );
    if (held.length === 0 || this.#isOver()) return;
    this.#handedOverAt = this.#context.clock.elapsed();
    await this.#open(held, 'all');
  }

  #isAfterHold(session: RecordSession, worker: WorkerContext): boolean {
    const now = new Date(this.#context.clock.now());
    return isAfterHoldNow(nextBatch(session.record(), worker.channel, now), worker);
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#works.delete(tracked));
    this.#works.add(tracked);
  }

  #until(): number {
    const { endsAt, nextTickAt = endsAt } = this.#context;
    return Math.min(endsAt, Math.max(nextTickAt, this.#handedOverAt + TELLING_MS));
  }

  #isOver(): boolean {
    const { clock, endsAt } = this.#context;
    return clock.elapsed() + ACKNOWLEDGE_MS > endsAt;
  }

  /** Announces channels together that broke while other messages were on their way. */
  #announceSoon(): void {
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    this.#track(Promise.all(this.#works).then(() => this.#announce()));
  }

  async #announce(): Promise<void> {
    this.#isAnnouncing = false;
    const { health, clock, owner } = this.#context;
    const held = this.#isOver() ? undefined : await health.announceBroken(new Date(clock.now()));
    if (held === undefined) return;
    const isKnown = this.#sessions.has(recordName(held.key));
    await this.#open([this.#sessionOf(isKnown ? held : unclaimed(held, owner))], 'all');
  }

  #sessionOf(held: DeliverableRecord): RecordSession {
    const known = this.#sessions.get(recordName(held.key));
    known?.refresh(held);
    const session = known ?? new RecordSession(held, this.#sessionContext);
    this.#sessions.set(session.name, session);
    return session;
  }

  async #open(sessions: readonly RecordSession[], recipients: Recipients): Promise<void> {
    const { clock, owner, log } = this.#context;
    this.#opening += 1;
    const leases: string[] = [];
    try {
      await eachAtMost(AT_ONCE.records, sessions, async (session) => {
        const able = this.#channelsFor(session, recipients);
        const lease = leasedUntil(session.record(), owner, clock.now());
        if (lease !== undefined && able.length > 0 && !this.#leased.has(session.name)) {
          this.#leased.add(session.name);
          leases.push(lease);
        }
        await session.open(able);
      });
    } finally {
      this.#opening -= 1;
    }
    reportLeases(leases, log);
    for (const worker of this.#workers) worker.wake();
  }

  /** Names of the channels that may get a message from a record now. */
  #channelsFor(session: RecordSession, recipients: Recipients): string[] {
    const now = new Date(this.#context.clock.now());
    return this.#workerContexts.flatMap((worker) => {
      const { channel, state } = worker;
      const isChat = channel.audience === 'people';
      if (state.isOpen || session.isBlocked(channel.name) || (isChat && recipients === 'programs')) return [];
      const batch = nextBatch(session.record(), channel, now);
      if (!this.#isComplete && isAfterHoldNow(batch, worker)) return [];
      const [first] = batch;
      const isReady = first !== undefined && (isChat || mayRevalidate(first.event, this.#context));
      return isReady ? [channel.name] : [];
    });
  }
}

/** A record that was just written replaces its older state. */
function withNewest(
  records: readonly DeliverableRecord[],
  newest: HeldRecord | undefined,
): readonly DeliverableRecord[] {
  if (newest === undefined) return records;
  const name = recordName(newest.key);
  return [...records.filter(({ key }) => recordName(key) !== name), newest];
}

/** Drops our own lease from a record. The copy may be out of date, and taking the lease again detects that. */
function unclaimed(held: HeldRecord, owner: string): HeldRecord {
  return held.record.lease?.owner === owner ? { ...held, record: withoutLease(held.record) } : held;
}

/** Repeats failed acknowledgements before the run ends, because the next run would send these messages again. */
async function acknowledgeAgain(
  sessions: readonly RecordSession[],
  { clock, endsAt }: DeliveryContext,
): Promise<void> {
  let left = sessions.filter((session) => session.hasUnacknowledged());
  for (const waitMs of ACKNOWLEDGE_AGAIN_MS) {
    if (left.length === 0 || clock.elapsed() + waitMs + ACKNOWLEDGE_MS > endsAt) return;
    if (waitMs > 0) await clock.sleep(waitMs);
    await eachAtMost(AT_ONCE.records, left, async (session) => void (await session.acknowledgeAgain()));
    left = left.filter((session) => session.hasUnacknowledged());
  }
}
