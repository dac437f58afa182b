import { compareText } from '../../base/compare.ts';
import { createQueue } from '../../base/concurrency.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Channel, Outcome } from '../../channels/channel.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import { withoutOldMutes } from '../../records/mutes.ts';
import { type ChannelPace, newRecord, type StoredRecord } from '../../records/record.ts';
import { type HeldRecord, type ReadRecord, readRecord } from '../../records/records.ts';
import { update } from '../../records/update.ts';
import type { Store } from '../../store/store.ts';
import type { BrokenChannel } from '../../telemetry/health.ts';
import type { Log } from '../../telemetry/log.ts';
import { logDeadLetters, storeDeadLetters } from '../dead-letters.ts';
import {
  type AttemptOnChannel,
  allows,
  isBroken,
  isFailure,
  stateAfter,
} from '../outbox/backoff/circuit-breaker.ts';
import { type ClassifiedOutcome, isCurrent, paceAfter } from '../outbox/backoff/pace.ts';
import type { OutboxUpdate } from '../outbox/types.ts';
import { announceBroken, brokenSentence } from './broken-channels.ts';
import { brokenIn, keyOf, stateOf, withAttempt, withClosedCircuits, withPaces } from './health-record.ts';

/** Circuit breakers and paces of all channels: the stored state, and what this run adds to it. */
export interface ChannelHealth {
  allows(channel: Channel, now: Date): boolean;
  /**
   * Records what an attempt shows about its channel. {@link announceBroken} announces a broken channel, in this run or
   * the next.
   *
   * @param startedAt when the attempt began
   * @returns the outcome for the deliveries, which one refusal too many turns into a broken channel
   */
  recordOutcome(channel: Channel, outcome: Outcome, now: Date, startedAt: Date): Promise<ClassifiedOutcome>;
  /** The least time from one request to the next, as learnt from the receiver's answers. */
  intervalMs(channel: Channel, now: Date): number;
  /** Stores the paces that this run learnt. */
  savePaces(now: Date): Promise<void>;
  /** Whether a channel may be tried although its last attempt found it broken. */
  isHalfOpen(channel: Channel): boolean;
  /**
   * Announces broken channels to working ones, in one event and one write, and reminds of them a day later.
   *
   * @returns the record of the event as it is stored now; nothing when there is nothing to announce
   */
  announceBroken(now: Date): Promise<HeldRecord | undefined>;
  /** Allows an attempt to these channels at once. */
  closeCircuits(channels: readonly Channel[], now: Date): Promise<void>;
  /** Configured channels that are broken now. */
  broken(): readonly BrokenChannel[];
  /** Dead letters that were stored because the outbox of the health record was full. */
  deadLetters(): number;
  /** Writes that failed. */
  failedWrites(): number;
}

export interface ChannelHealthInput {
  readonly store: Store;
  readonly log: Log;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Announcements come from this project. */
  readonly project: WatchedProject;
  /** The record about the whole configuration; revision 0 if it is not stored yet. */
  readonly held: HeldRecord;
}

/**
 * The project in whose name the whole configuration is announced: the first by name, so that every run takes the same
 * one.
 */
export function announcingProject<P extends { readonly name: string }>(
  projects: readonly P[],
): P | undefined {
  return projects.toSorted((a, b) => compareText(a.name, b.name))[0];
}

export function openChannelHealth(input: ChannelHealthInput): ChannelHealth {
  return new StoredChannelHealth(input);
}

/**
 * Reasons why the health record was not written. An unreadable record stays so for the whole run, and the log says it
 * once.
 */
const WHY_NOT = {
  busy: 'other runs keep writing the record of all channels',
  missing: 'there is no record of all channels',
  newer: 'the record of all channels was written by a newer version; deploy that one',
  unreadable: 'the record of all channels is unreadable',
} as const;

/** A change of the health record, and the dead letters that are stored before it. */
interface HealthUpdate {
  readonly record: StoredRecord;
  readonly deadLetters?: OutboxUpdate['deadLetters'];
}

class StoredChannelHealth implements ChannelHealth {
  readonly #input: ChannelHealthInput;
  readonly #inTurn = createQueue();
  /** Paces learnt in this run; they are stored when it ends. */
  readonly #paces = new Map<string, ChannelPace | undefined>();
  #held: HeldRecord;
  #failedWrites = 0;
  #deadLetters = 0;
  #isLocked = false;

  constructor(input: ChannelHealthInput) {
    this.#input = input;
    this.#held = input.held;
  }

  allows(channel: Channel, now: Date): boolean {
    return allows(stateOf(this.#held.record, channel), channel, now);
  }

  isHalfOpen(channel: Channel): boolean {
    return isBroken(stateOf(this.#held.record, channel), channel);
  }

  async recordOutcome(
    channel: Channel,
    answered: Outcome,
    now: Date,
    startedAt: Date,
  ): Promise<ClassifiedOutcome> {
    const attempt = { outcome: this.#classify(channel, answered, now, startedAt), now, startedAt };
    const after = stateAfter(stateOf(this.#held.record, channel), channel, attempt);
    await this.#recordAttempt(channel, attempt);
    const isBreaking = isFailure(attempt.outcome) && after?.brokenSince !== undefined;
    return isBreaking ? { ...attempt.outcome, class: 'broken' } : attempt.outcome;
  }

  intervalMs(channel: Channel, now: Date): number {
    const pace = this.#paceOf(channel);
    return pace !== undefined && isCurrent(pace, now) ? pace.everyMs : 0;
  }

  async savePaces(now: Date): Promise<void> {
    if (this.#paces.size === 0) return;
    const what = 'the pace of the channels was not saved';
    await this.#write((record) => ({ record: withPaces(record, this.#paces, now) }), what, now);
  }

  async announceBroken(now: Date): Promise<HeldRecord | undefined> {
    const what = 'news about the channels is sent in the next tick';
    const announced = await this.#write((record) => announceBroken(record, this.#input, now), what, now);
    return announced === undefined ? undefined : this.#held;
  }

  async closeCircuits(channels: readonly Channel[], now: Date): Promise<void> {
    const what = 'the pauses of the channels were not ended';
    await this.#write((record) => withClosedCircuits(record, channels, now), what, now);
  }

  broken(): readonly BrokenChannel[] {
    return brokenIn(this.#held.record, this.#input.channels.values());
  }

  deadLetters(): number {
    return this.#deadLetters;
  }

  failedWrites(): number {
    return this.#failedWrites;
  }

  #paceOf(channel: Channel): ChannelPace | undefined {
    const key = keyOf(channel);
    return this.#paces.has(key) ? this.#paces.get(key) : this.#held.record.state.paces?.[key];
  }

  /** Runs without waiting for a write, because answers to parallel attempts may arrive before the write ends. */
  #classify(channel: Channel, outcome: Outcome, now: Date, startedAt: Date): ClassifiedOutcome {
    const before = this.#paceOf(channel);
    const { pace, openMs } = paceAfter(before, outcome, { startedAt, now });
    if (pace !== before) this.#paces.set(keyOf(channel), pace);
    return openMs === undefined ? outcome : { ...outcome, openMs };
  }

  async #recordAttempt(channel: Channel, attempt: AttemptOnChannel): Promise<void> {
    const { channels, log } = this.#input;
    const what = `channel ${channel.name}: its state was not saved`;
    const change = (record: StoredRecord) => withAttempt(record, channel, attempt, channels);
    const written = await this.#write(change, what, attempt.now);
    if (written?.broken !== undefined) {
      log({ kind: 'problem', message: brokenSentence(channel.name, written.broken) });
    }
    if (written?.isMended) log({ kind: 'problem', message: `channel ${channel.name} works again` });
  }

  /**
   * Queues a write behind the earlier ones.
   *
   * @param what names for the log what a failed write loses
   * @returns the update that was written; nothing when there was none, or it failed
   */
  async #write<T extends HealthUpdate>(
    change: (record: StoredRecord) => T | undefined,
    what: string,
    now: Date,
  ): Promise<T | undefined> {
    return this.#inTurn(() => this.#tryUntilWritten(change, what, now)).catch((error: unknown) => {
      this.#giveUp(what, reasonOf(error));
      return undefined;
    });
  }

  async #tryUntilWritten<T extends HealthUpdate>(
    change: (record: StoredRecord) => T | undefined,
    what: string,
    now: Date,
  ): Promise<T | undefined> {
    if (this.#isLocked) return undefined;
    const { store, log } = this.#input;
    const { key } = this.#held;
    const updated = await update<T | undefined>(store, this.#held, {
      change: (record) => {
        const next = change(record);
        const isWritten = next !== undefined && next.record !== record;
        return isWritten ? { ...next, record: withoutOldMutes(next.record, now) } : next;
      },
      beforeWrite: (changed) => storeDeadLetters(store, key, changed?.deadLetters ?? [], now),
      readAgain: async () => {
        const read = await readRecord(store, key);
        const anew: ReadRecord = {
          kind: 'record',
          held: { key, rev: 0, nonce: undefined, record: newRecord(now) },
        };
        return read.kind === 'missing' ? anew : read;
      },
      hold: (held) => {
        this.#held = held;
      },
    });
    if (updated.kind !== 'done') {
      this.#isLocked = updated.kind !== 'busy';
      this.#giveUp(what, WHY_NOT[updated.kind]);
      return undefined;
    }
    const { deadLetters = [] } = updated.change ?? {};
    this.#deadLetters += deadLetters.length;
    logDeadLetters(deadLetters, log);
    return updated.change;
  }

  #giveUp(what: string, why: string): void {
    this.#input.log({ kind: 'problem', message: `${what}: ${why}` });
    this.#failedWrites += 1;
  }
}
