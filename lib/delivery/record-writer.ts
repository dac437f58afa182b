import { createQueue } from '../base/concurrency.ts';
import { reasonOf } from '../base/errors.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { StoredRecord } from '../records/record.ts';
import { type HeldRecord, type ReadRecord, readRecord } from '../records/records.ts';
import { type Updated, update } from '../records/update.ts';
import type { DeliveryContext } from './context.ts';
import { logDeadLetters, resolveDeadLetter, storeDeadLetters } from './dead-letters.ts';
import { markDeadLettersPossible, withoutOldMark } from './outbox/dead-letter-mark.ts';
import { isNearlyFull } from './outbox/enqueue.ts';
import type { DeadLetter, OutboxUpdate } from './outbox/types.ts';

/** The state that all sessions of one run share. */
export interface SessionContext {
  readonly delivery: DeliveryContext;
  /** Names of records whose outbox may still have deliveries that this run stored as dead letters. */
  readonly withStoredDeadLetters: Set<string>;
}

/** Counters of one session. */
export interface SessionTally {
  /** Deliveries that arrived and were acknowledged. */
  delivered: number;
  dead: number;
  /** Writes at which the store failed. */
  failed: number;
  /** Events that revalidations found. */
  readonly events: MigrationEvent[];
}

/** Why a session writes, and sends, nothing more. */
type Stop = 'lease lost' | 'write failed';

/**
 * Writes one leased record, one compare-and-set after another. Dead letters are stored before each write, so that a
 * crash in between loses nothing.
 */
export class RecordWriter {
  readonly name: string;
  readonly tally: SessionTally = { delivered: 0, dead: 0, failed: 0, events: [] };
  readonly #context: SessionContext;
  readonly #inTurn = createQueue();
  held: HeldRecord;
  stopped: Stop | undefined;
  /** Set by a write with new events; reset by `takeNewEvents`. */
  hasNewEvents = false;

  constructor({ key, rev, nonce, record }: HeldRecord, context: SessionContext) {
    this.name = recordName(key);
    this.held = { key, rev, nonce, record };
    this.#context = context;
  }

  /** A store error ends this session, not the run. */
  write<T extends OutboxUpdate>(change: (record: StoredRecord) => T): Promise<T | undefined> {
    return this.afterLastWrite<T | undefined>(() => this.tryUntilWritten(change), undefined);
  }

  /** @param otherwise the result when the store fails */
  afterLastWrite<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    return this.#inTurn(work).catch((error: unknown) => {
      this.tally.failed += 1;
      this.#stop('write failed', reasonOf(error));
      return otherwise;
    });
  }

  async tryUntilWritten<T extends OutboxUpdate>(change: (record: StoredRecord) => T): Promise<T | undefined> {
    const updated = await this.update((before) => {
      const marked = this.marked(before);
      const next = change(marked);
      return this.stopped || next.record === marked ? { ...next, record: before } : next;
    });
    if (updated.kind === 'busy') this.#stop('write failed', 'other runs keep writing');
    return updated.kind === 'done' ? updated.change : undefined;
  }

  /** Changes the record by compare-and-set, with its dead letters before each write. */
  async update<T extends OutboxUpdate>(
    change: (record: StoredRecord) => T,
    readAgain = () => this.readAgain(),
  ): Promise<Updated<T>> {
    const updated = await update(this.#context.delivery.store, this.held, {
      change: (before) => {
        const next = change(before);
        return next.record === before ? next : { ...next, record: withoutOldMark(next.record) };
      },
      beforeWrite: (next) => this.#storeDeadLetters(next),
      readAgain,
      hold: (held) => {
        this.held = held;
      },
    });
    if (updated.kind === 'done' && updated.isWritten) this.#report(updated.change);
    return updated;
  }

  async #storeDeadLetters({ deadLetters, toResolve = [] }: OutboxUpdate): Promise<void> {
    const { withStoredDeadLetters, delivery } = this.#context;
    if (deadLetters.length > 0) withStoredDeadLetters.add(this.name);
    await storeDeadLetters(delivery.store, this.held.key, deadLetters, this.#now());
    for (const name of toResolve) await resolveDeadLetter(delivery.store, name, this.#now());
  }

  /** Reads the record that another run wrote. The session goes on from it if the lease is still ours. */
  async readAgain(): Promise<ReadRecord> {
    const read = await readRecord(this.#context.delivery.store, this.held.key);
    const { owner } = this.#context.delivery;
    if (read.kind === 'record' && read.held.record.lease?.owner === owner) return read;
    this.#stop('lease lost', 'another run took over');
    return { kind: 'missing' };
  }

  /** Marks a record if dead letters of its pending deliveries may be stored, by this write or an earlier one. */
  marked(record: StoredRecord, deadLetters: readonly DeadLetter[] = []): StoredRecord {
    const isStored = deadLetters.length > 0 || this.#context.withStoredDeadLetters.has(this.name);
    return isStored || isNearlyFull(this.held.record) ? markDeadLettersPossible(record) : record;
  }

  #report({ deadLetters, events = [] }: OutboxUpdate): void {
    const { log } = this.#context.delivery;
    this.#context.withStoredDeadLetters.delete(this.name);
    this.tally.dead += deadLetters.length;
    this.tally.events.push(...events);
    this.hasNewEvents ||= events.length > 0;
    for (const event of events) log({ kind: 'event', event });
    logDeadLetters(deadLetters, log);
  }

  #stop(how: Stop, why: string): void {
    const message = `record ${this.held.key.id}: delivering stops here, ${why}`;
    if (!this.stopped) this.#context.delivery.log({ kind: 'problem', message });
    this.stopped ??= how;
  }

  #now(): Date {
    return new Date(this.#context.delivery.clock.now());
  }
}

/** Identifies a record across all partitions. */
export function recordName({ partition, id }: HeldRecord['key']): string {
  return `${partition} ${id}`;
}
