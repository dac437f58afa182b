import { createQueue } from '../base/concurrency.ts';
import { reasonOf } from '../base/errors.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { StoredRecord } from '../records/record.ts';
import { type HeldRecord, loadRecord, saveRecord } from '../records/records.ts';
import type { DeliveryContext } from './context.ts';
import { logDeadLetters, resolveDeadLetter, storeDeadLetters } from './dead-letters.ts';
import { markDeadLettersPossible, withoutOldMark } from './outbox/dead-letter-mark.ts';
import { isNearlyFull } from './outbox/enqueue.ts';
import type { DeadLetter, OutboxUpdate } from './outbox/types.ts';

/** The state that all sessions of one run share. */
export interface SessionContext {
  readonly delivery: DeliveryContext;
  /** Names of records with dead letters of this run that the record may not have let go of. */
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

/** Writes are tried again so often on top of what another run wrote meanwhile. */
export const MOST_CONFLICTS = 5;

/** Why a session writes, and sends, nothing more. */
type Stop = 'lease lost' | 'write failed';

/**
 * The writes of one leased record, one after another. Each is a compare-and-set; dead letters are stored before it, so
 * that a crash in between loses nothing.
 */
export class RecordWriter {
  readonly name: string;
  readonly tally: SessionTally = { delivered: 0, dead: 0, failed: 0, events: [] };
  readonly #context: SessionContext;
  readonly #inTurn = createQueue();
  held: HeldRecord;
  stopped: Stop | undefined;
  /** Set by a write with events, until somebody takes notice. */
  hasNewEvents = false;

  constructor({ key, rev, record }: HeldRecord, context: SessionContext) {
    this.name = recordName(key);
    this.held = { key, rev, record };
    this.#context = context;
  }

  /** A store that fails ends this session, not the run. */
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
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const done = await this.#tryToWrite(change);
      if (done !== undefined) return done;
    }
    this.#stop('write failed', 'other runs keep writing');
    return undefined;
  }

  async storeDeadLetters(deadLetters: readonly DeadLetter[]): Promise<void> {
    const { withStoredDeadLetters, delivery } = this.#context;
    if (deadLetters.length > 0) withStoredDeadLetters.add(this.name);
    await storeDeadLetters(delivery.store, this.held.key, deadLetters, this.#now());
  }

  /** @returns false when another run wrote the record meanwhile */
  async save(before: HeldRecord, record: StoredRecord): Promise<boolean> {
    const saved = await saveRecord(this.#context.delivery.store, before, withoutOldMark(record));
    if (saved === undefined) return false;
    this.#context.withStoredDeadLetters.delete(this.name);
    this.held = saved;
    return true;
  }

  /** Another run wrote the record: as long as the lease is ours, the session goes on from there. */
  async reload(): Promise<boolean> {
    const newer = await loadRecord(this.#context.delivery.store, this.held.key);
    if (newer === undefined || newer.record.lease?.owner !== this.#context.delivery.owner) {
      this.#stop('lease lost', 'another run took over');
      return false;
    }
    this.held = newer;
    return true;
  }

  /** Marks the record where dead letters of pending deliveries may be stored already. */
  marked(record: StoredRecord): StoredRecord {
    const isPossible = this.#context.withStoredDeadLetters.has(this.name) || isNearlyFull(this.held.record);
    return isPossible ? markDeadLettersPossible(record) : record;
  }

  /** @returns the update that was written (or never will be); nothing when there is a newer record to change */
  async #tryToWrite<T extends OutboxUpdate>(change: (record: StoredRecord) => T): Promise<T | undefined> {
    const before = this.held;
    const marked = this.marked(before.record);
    const update = change(marked);
    if (this.stopped || update.record === marked) return update;
    await this.storeDeadLetters(update.deadLetters);
    for (const name of update.toResolve ?? []) {
      await resolveDeadLetter(this.#context.delivery.store, name, this.#now());
    }
    if (!(await this.save(before, update.record))) {
      await this.reload();
      return undefined;
    }
    this.#report(update);
    return update;
  }

  #report({ deadLetters, events = [] }: OutboxUpdate): void {
    const { log } = this.#context.delivery;
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

/** Names a record among all. */
export function recordName({ partition, id }: HeldRecord['key']): string {
  return `${partition} ${id}`;
}
