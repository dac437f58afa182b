import { defined } from '../base/defined.ts';
import type { Audience, Channel } from '../channels/channel.ts';
import type { StoredRecord } from '../records/record.ts';
import { type HeldRecord, loadRecord } from '../records/records.ts';
import { nextBatch } from './outbox/batching/batching.ts';
import { cancelRemoved, expireBlocked } from './outbox/endings.ts';
import { covers, type LeaseRequest, mayDeliver, takeOver, withLease, withoutLease } from './outbox/lease.ts';
import { head, isDue, pendingDeliveryTo } from './outbox/outbox.ts';
import { reapplyAcknowledgements } from './outbox/outcome/acknowledgement.ts';
import { type AttemptedDelivery, applyOutcome } from './outbox/outcome/outcome.ts';
import {
  applyFindings,
  type Findings,
  type Revalidation,
  type RevalidationUpdate,
} from './outbox/revalidation.ts';
import { routingOf } from './outbox/routing.ts';
import type { OutboxUpdate, PendingDelivery, Recipient } from './outbox/types.ts';
import { RecordWriter, type SessionContext, type SessionTally } from './record-writer.ts';

/** A record to deliver from. */
export interface DeliverableRecord extends HeldRecord {
  /** Channels whose deliveries are never cancelled, even if they are not configured. */
  readonly keeps?: ReadonlySet<string>;
}

/** Most revalidations of one event, if other looks make the results stale. */
const MOST_CHECKS = 3;
/** Time for the acknowledgement of one message: a send only begins if that fits into the run, too. */
export const ACKNOWLEDGE_MS = 5000;

const UNKNOWN: Revalidation = { kind: 'unknown' };

interface Claim extends OutboxUpdate {
  readonly isOurs: boolean;
}

/**
 * One record while this run delivers from it: its lease, and the channels that work under it at the same time. A session
 * that lost the lease sends nothing more.
 */
export class RecordSession {
  readonly name: string;
  readonly tally: SessionTally;
  readonly #writer: RecordWriter;
  readonly #context: SessionContext;
  readonly #keeps: ReadonlySet<string> | undefined;
  /** Channels that work on the record now. */
  readonly #working = new Set<string>();
  #unacknowledged: AttemptedDelivery[] = [];

  constructor(deliverable: DeliverableRecord, context: SessionContext) {
    this.#writer = new RecordWriter(deliverable, context);
    this.name = this.#writer.name;
    this.tally = this.#writer.tally;
    this.#keeps = deliverable.keeps;
    this.#context = context;
  }

  held(): HeldRecord {
    return this.#writer.held;
  }

  record(): StoredRecord {
    return this.#writer.held.record;
  }

  /** Goes on from a newer state of the record. */
  refresh({ key, rev, nonce, record }: HeldRecord): void {
    if (rev > this.#writer.held.rev) this.#writer.held = { key, rev, nonce, record };
  }

  /** Whether a channel takes nothing more from here in this run. */
  isBlocked(channel: string): boolean {
    return this.#blocked(channel) !== undefined;
  }

  /**
   * Takes the lease for these channels, in addition to those at work here; without any channel, releases it. The same
   * write cancels deliveries to removed channels, and ends deliveries to blocked channels past their deadline.
   *
   * @returns false when another run has the lease
   */
  async open(channels: readonly string[]): Promise<boolean> {
    return (await this.acknowledgeAgain()) && this.#writer.afterLastWrite(() => this.#claim(channels), false);
  }

  /** The deliveries of the next message to a channel, in order; empty when none is left here. */
  next(recipient: Recipient): readonly PendingDelivery[] {
    if (this.#writer.stopped || !this.#working.has(recipient.name)) return [];
    return nextBatch(this.record(), recipient, this.#now());
  }

  /**
   * Revalidates an event right before a program gets it, and writes the findings. Repeats a revalidation that another
   * look made stale.
   *
   * @returns `unknown` also when the findings could not be written
   */
  async revalidate(pending: PendingDelivery, audience: Audience): Promise<Revalidation> {
    const { revalidate, endsAt } = this.#context.delivery;
    for (let checks = 0; checks < MOST_CHECKS; checks += 1) {
      // A store error here only makes this delivery wait.
      const findings = await revalidate?.(pending.event, this.record(), endsAt - ACKNOWLEDGE_MS).catch(
        () => undefined,
      );
      if (findings === undefined) return UNKNOWN;
      const result = await this.#writeFindings(pending, findings, audience);
      if (result.kind !== 'stale') return result;
    }
    return UNKNOWN;
  }

  /**
   * Renews the lease unless it covers work of this length.
   *
   * @returns false when another run has the lease, or wrote the record meanwhile and so changed `next`
   */
  async ensureLease(workMs: number): Promise<boolean> {
    if (this.#writer.stopped) return false;
    const isCovered = () => covers(this.record(), this.#leaseRequest(workMs));
    if (isCovered()) return true;
    let tries = 0;
    await this.#writer.write((record) => {
      tries += 1;
      return { record: withLease(record, this.#leaseRequest(workMs)), deadLetters: [] };
    });
    return !this.#writer.stopped && tries === 1 && isCovered();
  }

  /** Acknowledges an attempt. The last acknowledgement of all channels releases the lease in the same write. */
  async acknowledge(attempted: AttemptedDelivery): Promise<void> {
    await this.#writer.write((record) => {
      const update = applyOutcome(record, attempted);
      if (!this.#goesOn(update.record, attempted)) this.leave(attempted.channel);
      return { ...update, record: this.#withCurrentLease(update.record) };
    });
    if (this.#writer.stopped === 'write failed') this.#unacknowledged.push(attempted);
    else if (!this.#writer.stopped && hasArrived(attempted)) this.tally.delivered += 1;
  }

  /** Whether the acknowledgement of a sent message failed. */
  hasUnacknowledged(): boolean {
    return this.#unacknowledged.length > 0;
  }

  /**
   * Repeats failed acknowledgements. As long as they fail, nothing is sent from this record.
   *
   * @returns whether none is left
   */
  async acknowledgeAgain(): Promise<boolean> {
    return !this.hasUnacknowledged() || this.#writer.afterLastWrite(() => this.#writeUnacknowledged(), false);
  }

  /** Ends the work of a channel here, until the record is opened for it again. */
  leave(channel: string): void {
    this.#working.delete(channel);
  }

  /** Releases the lease if no channel works here. */
  async releaseIfIdle(): Promise<void> {
    if (this.#working.size > 0 || !this.#isOurs(this.record()) || this.#leftMs() <= 0) return;
    await this.#writer.write((record) => ({ record: this.#withoutLeaseWhenIdle(record), deadLetters: [] }));
  }

  /** Whether a revalidation found events since the last call, which other channels may have to send now. */
  takeNewEvents(): boolean {
    const had = this.#writer.hasNewEvents && !this.#writer.stopped;
    this.#writer.hasNewEvents = false;
    return had;
  }

  async #claim(channels: readonly string[]): Promise<boolean> {
    const isWorking = this.#working.size + channels.length > 0;
    const wasOurs = this.#isOurs(this.record());
    const claimed = await this.#writer.update(
      (record) => this.#claimOf(record, isWorking),
      async () => (wasOurs ? this.#writer.readAgain() : { kind: 'missing' }),
    );
    const isClaimed = claimed.kind === 'done' && claimed.change.isOurs;
    this.#writer.stopped = isClaimed ? undefined : 'lease lost';
    if (isClaimed) for (const channel of channels) this.#working.add(channel);
    return isClaimed;
  }

  #claimOf(before: StoredRecord, isWorking: boolean): Claim {
    const { owner } = this.#context.delivery;
    const now = this.#now();
    if (!mayDeliver(before, owner, now.getTime())) return { isOurs: false, record: before, deadLetters: [] };
    const cancelled = cancelRemoved(before, (name) => this.#isConfigured(name), now);
    const expired = expireBlocked(cancelled.record, (name) => this.#blocked(name), now);
    const deadLetters = [...expired.deadLetters, ...cancelled.deadLetters];
    const isSame = expired.record === before && this.#isOurs(before) === isWorking;
    if (isSame) return { isOurs: true, record: before, deadLetters };
    const marked = this.#writer.marked(expired.record, deadLetters);
    const freed = () => withoutLease(takeOver(marked, owner));
    const record = isWorking ? withLease(marked, this.#leaseRequest()) : freed();
    return { isOurs: true, record, deadLetters };
  }

  async #writeFindings({ event, channel }: PendingDelivery, findings: Findings, audience: Audience) {
    const { channels } = this.#context.delivery;
    const routing = (record: StoredRecord) => routingOf(record, channels);
    const written = await this.#writer.write(
      (record): RevalidationUpdate =>
        applyFindings(record, { event, channel }, { findings, routing, audience, now: this.#now() }),
    );
    const isPending = pendingDeliveryTo(this.record(), event.id, channel) !== undefined;
    const isLost = written?.result.kind === 'valid' && !isPending;
    return this.#writer.stopped || written === undefined || isLost ? UNKNOWN : written.result;
  }

  async #writeUnacknowledged(): Promise<boolean> {
    const { store, owner } = this.#context.delivery;
    const all = this.#unacknowledged;
    const newest = await loadRecord(store, this.#writer.held.key);
    this.#unacknowledged = [];
    if (newest !== undefined) this.#writer.held = newest;
    // Another run with the lease will send the message again, and nothing can stop it.
    if (newest === undefined || !mayDeliver(newest.record, owner, this.#now().getTime())) return true;
    this.#writer.stopped = undefined;
    try {
      await this.#writer.tryUntilWritten((record) => {
        const update = reapplyAcknowledgements(record, all);
        return { ...update, record: this.#withoutLeaseWhenIdle(update.record) };
      });
    } catch (error) {
      this.#writer.stopped = 'write failed';
      this.#unacknowledged = all;
      throw error;
    }
    if (!this.#writer.stopped) this.tally.delivered += all.filter(hasArrived).length;
    return true;
  }

  /** Every write renews the lease as well. */
  #withCurrentLease(record: StoredRecord): StoredRecord {
    return this.#working.size > 0 && this.#isOurs(record)
      ? withLease(record, this.#leaseRequest())
      : this.#withoutLeaseWhenIdle(record);
  }

  #withoutLeaseWhenIdle(record: StoredRecord): StoredRecord {
    return this.#working.size === 0 && this.#isOurs(record) ? withoutLease(record) : record;
  }

  #isOurs({ lease }: StoredRecord): boolean {
    return lease?.owner === this.#context.delivery.owner;
  }

  #leaseRequest(workMs?: number): LeaseRequest {
    const { owner } = this.#context.delivery;
    return defined({ owner, now: this.#now().getTime(), leftMs: this.#leftMs(), workMs });
  }

  #goesOn(record: StoredRecord, { channel, outcome, settings }: AttemptedDelivery): boolean {
    const following = head(record, channel);
    const isOver = outcome.class === 'delivered' || outcome.class === 'permanent';
    const isSlower = outcome.openMs === 0 && !this.isBlocked(channel);
    return (
      (isOver || isSlower) && following !== undefined && isDue(following.delivery, this.#now(), settings)
    );
  }

  /**
   * A channel that the stored configuration names counts as configured, since that configuration may be newer than
   * ours.
   */
  #isConfigured(channel: string): boolean {
    const { channels, cancelRemoved: cancels = true } = this.#context.delivery;
    if (!cancels || channels.has(channel)) return true;
    return this.#keeps?.has(channel) === true || isNamedIn(this.record(), channel);
  }

  /** The channel, if its circuit is open in this run; otherwise nothing. */
  #blocked(name: string): Channel | undefined {
    const { channels, health } = this.#context.delivery;
    const channel = channels.get(name);
    return channel === undefined || health.allows(channel, this.#now()) ? undefined : channel;
  }

  #leftMs(): number {
    const { clock, endsAt } = this.#context.delivery;
    return endsAt - clock.elapsed();
  }

  #now(): Date {
    return new Date(this.#context.delivery.clock.now());
  }
}

function hasArrived({ outcome }: AttemptedDelivery): boolean {
  return outcome.class === 'delivered';
}

function isNamedIn({ state: { partitions = {} } }: StoredRecord, channel: string): boolean {
  return Object.values(partitions).some((names) => names.includes(channel));
}
