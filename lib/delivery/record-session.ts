import { reasonOf } from '../base/errors.ts';
import type { Audience, Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import { type HeldRecord, loadRecord, saveRecord } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { logDeadLetters, resolveDeadLetter, storeDeadLetters } from './dead-letters.ts';
import {
  type Acknowledgement,
  applyAcknowledgement,
  reapplyAcknowledgements,
} from './outbox/acknowledgement.ts';
import { nextBatch } from './outbox/batching/batching.ts';
import { markDeadLettersPossible, withoutOldMark } from './outbox/dead-letter-mark.ts';
import { cancelRemoved, expireBlocked } from './outbox/endings.ts';
import { isNearlyFull } from './outbox/enqueue.ts';
import { covers, type LeaseRequest, mayDeliver, takeOver, withLease, withoutLease } from './outbox/lease.ts';
import { head, isDue, pendingTo } from './outbox/outbox.ts';
import {
  applyFindings,
  type Findings,
  type Revalidation,
  type RevalidationUpdate,
} from './outbox/revalidation.ts';
import type { OutboxUpdate, PendingDelivery } from './outbox/types.ts';

/** What all sessions of one run share. */
export interface SessionContext {
  readonly store: Store;
  readonly log: Log;
  /** Names this run in leases. */
  readonly owner: string;
  /** How long this run still has, in milliseconds, whatever the clock on the wall was set to. */
  leftMs(): number;
  now(): Date;
  /** The names of records of which this run buried something that they may still owe. */
  readonly withStoredDeadLetters: Set<string>;
  /** Whether there is such a channel, as far as is known to this run or to the record. */
  isConfigured(channel: string, record: WatchRecord): boolean;
  /** The channels that want an event. */
  routes(event: MigrationEvent, record: WatchRecord): readonly string[];
  isForPeople(channel: string): boolean;
  remindEvery(channel: string): number | undefined;
  /** The audience of a channel that cannot be told anything in this run; nothing for all others. */
  blockedAudience(channel: string): Audience | undefined;
}

/** What became of the deliveries of one session. */
export interface SessionTally {
  /** What arrived, and was acknowledged. */
  delivered: number;
  dead: number;
  /** Writes at which the store failed. */
  failed: number;
  /** What second looks noticed. */
  readonly events: MigrationEvent[];
}

/**
 * One record while this run delivers from it. Several channels work at a session at the same time; its writes happen one
 * after another, each by compare-and-set under the run's lease. Whoever finds that the lease is somebody else's stops.
 */
export interface RecordSession {
  readonly tally: Readonly<SessionTally>;
  /** Names the record. */
  readonly name: string;
  record(): WatchRecord;
  held(): HeldRecord;
  /** Goes on from this state of the record, if it is newer. */
  renew(newer: HeldRecord): void;
  /** Whether a channel cannot be told anything from here in this run. */
  isBlocked(channel: string): boolean;
  /**
   * Takes the lease for the work of these channels, beside those that are at work here (for none at all: gives it back),
   * cancels what is owed to channels that are no longer configured (it is kept as dead letters), and gives up what was owed
   * for too long to channels that cannot be told anything.
   *
   * @returns false when another run has the lease
   */
  open(channels: readonly string[]): Promise<boolean>;
  /** What this channel is to be told in one message now, in order; empty when it is done here. */
  next(channel: Pick<Channel, 'name' | 'audience' | 'settings'>): readonly PendingDelivery[];
  /**
   * Writes what a second look at an event says.
   *
   * @returns what it says; `unknown` also when it could not be written
   */
  revalidate(owed: PendingDelivery, review: Findings, audience: Audience): Promise<Revalidation>;
  /**
   * Makes sure that the lease covers a piece of work: where it does not, it is renewed.
   *
   * @param workMs how long the work takes, in milliseconds
   * @returns false when another run has it, or has written the record meanwhile: ask again what is to be told
   */
  ensureLease(workMs: number): Promise<boolean>;
  /** Acknowledges an attempt. With the last one of all channels the lease is given back in the same write. */
  acknowledge(attempt: Acknowledgement): Promise<void>;
  /** Whether something was told that could not be acknowledged. */
  hasUnacknowledged(): boolean;
  /**
   * Tries once more to write what could not be acknowledged. Nothing is told from here as long as that fails.
   *
   * @returns whether nothing is left
   */
  acknowledgeAgain(): Promise<boolean>;
  /** This channel goes no further here until the session is opened again. */
  leave(channel: string): void;
  /** Gives the lease back if no channel is at work here. */
  releaseIfIdle(): Promise<void>;
  /** Whether a second look noticed something since this was asked before: other channels may have something to tell now. */
  takeNewEvents(): boolean;
}

/** How often a write is tried again on top of what another tick added meanwhile. */
const MOST_CONFLICTS = 5;

export function createRecordSession(initial: HeldRecord, run: SessionContext): RecordSession {
  const { store, log, owner } = run;
  const name = recordName(initial.key);
  const tally: SessionTally = { delivered: 0, dead: 0, failed: 0, events: [] };
  const working = new Set<string>();
  let hasNews = false;
  let held = initial;
  let stopped: 'another has it' | 'not written' | undefined;
  let left: Acknowledgement[] = [];
  let lastWrite: Promise<unknown> = Promise.resolve();

  const stop = (how: typeof stopped, why: string): void => {
    if (!stopped) log({ kind: 'problem', message: `record ${held.key.id}: delivering stops here, ${why}` });
    stopped ??= how;
  };

  const fail = (error: unknown): void => {
    tally.failed += 1;
    stop('not written', reasonOf(error));
  };

  const isOurs = ({ lease }: WatchRecord): boolean => lease?.owner === owner;

  const mayBeBuried = (): boolean => run.withStoredDeadLetters.has(name) || isNearlyFull(held.record);

  const bury = async (dead: OutboxUpdate['deadLetters']): Promise<void> => {
    if (dead.length > 0) run.withStoredDeadLetters.add(name);
    await storeDeadLetters(store, held.key, dead, run.now());
  };

  /** Somebody else wrote the record: as long as the lease is ours we go on from there. */
  const readAgain = async (): Promise<boolean> => {
    const newer = await loadRecord(store, held.key);
    if (newer === undefined || !isOurs(newer.record)) {
      stop('another has it', 'another run took over');
      return false;
    }
    held = newer;
    return true;
  };

  /** @returns what was done (or never will be); nothing when there is a newer record to do it on */
  const tryToWrite = async <T extends OutboxUpdate>(
    change: (record: WatchRecord) => T,
  ): Promise<T | undefined> => {
    const before = held;
    const known = mayBeBuried() ? markDeadLettersPossible(before.record) : before.record;
    const settled = change(known);
    const { record, deadLetters, toResolve = [], events = [] } = settled;
    if (stopped || record === known) return settled;
    await bury(deadLetters);
    for (const letter of toResolve) await resolveDeadLetter(store, letter, run.now());
    const saved = await saveRecord(store, before, withoutOldMark(record));
    if (saved === undefined) {
      await readAgain();
      return undefined;
    }
    run.withStoredDeadLetters.delete(name);
    held = saved;
    tally.dead += deadLetters.length;
    tally.events.push(...events);
    hasNews ||= events.length > 0;
    for (const event of events) log({ kind: 'event', event });
    logDeadLetters(deadLetters, log);
    return settled;
  };

  const write = async <T extends OutboxUpdate>(
    change: (record: WatchRecord) => T,
  ): Promise<T | undefined> => {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const done = await tryToWrite(change);
      if (done !== undefined) return done;
    }
    stop('not written', 'other runs keep writing');
    return undefined;
  };

  /** One write after another; a store that fails ends the work at this session, not the run. */
  const inTurn = <T extends OutboxUpdate>(change: (record: WatchRecord) => T): Promise<T | undefined> =>
    afterLastWrite<T | undefined>(() => write(change), undefined);

  const work = (workMs?: number): LeaseRequest => ({
    owner,
    now: run.now().getTime(),
    leftMs: run.leftMs(),
    ...(workMs !== undefined && { workMs }),
  });

  const withoutLeaseWhenDone = (record: WatchRecord): WatchRecord =>
    working.size === 0 && isOurs(record) ? withoutLease(record) : record;

  /** What is written anyway renews the lease as well. */
  const renewedUnlessDone = (record: WatchRecord): WatchRecord =>
    working.size > 0 && isOurs(record) ? withLease(record, work()) : withoutLeaseWhenDone(record);

  const goesOn = (record: WatchRecord, { sent, outcome, settings }: Acknowledgement): boolean => {
    const following = head(record, sent.channel);
    const isOver = outcome.class === 'delivered' || outcome.class === 'permanent';
    const isSlower = outcome.restMs === 0 && run.blockedAudience(sent.channel) === undefined;
    return (isOver || isSlower) && following !== undefined && isDue(following.delivery, run.now(), settings);
  };

  /** @returns whether the lease is ours; `undefined` when it is, and somebody else wrote the record meanwhile */
  const tryToClaim = async (channels: ReadonlySet<string>): Promise<boolean | undefined> => {
    const before = held;
    if (!mayDeliver(before.record, owner, run.now().getTime())) return false;
    const isConfigured = (channel: string) => run.isConfigured(channel, before.record);
    const cancelled = cancelRemoved(before.record, isConfigured, run.now());
    const { record: kept, deadLetters: expired } = expireBlocked(
      cancelled.record,
      run.blockedAudience,
      run.now(),
    );
    const dead = [...cancelled.deadLetters, ...expired];
    if (kept === before.record && isOurs(kept) === channels.size > 0) return true;
    await bury(dead);
    const known = mayBeBuried() ? markDeadLettersPossible(kept) : kept;
    const claimed = channels.size > 0 ? withLease(known, work()) : withoutLease(takeOver(known, owner));
    const saved = await saveRecord(store, before, withoutOldMark(claimed));
    if (saved === undefined) return isOurs(before.record) && (await readAgain()) ? undefined : false;
    run.withStoredDeadLetters.delete(name);
    held = saved;
    tally.dead += dead.length;
    logDeadLetters(expired, log);
    logCancelled(cancelled.deadLetters, log);
    return true;
  };

  /** Nobody is at work here before the lease is ours. */
  const claim = async (channels: readonly string[]): Promise<boolean> => {
    let isClaimed: boolean | undefined;
    for (let conflicts = 0; conflicts < MOST_CONFLICTS && isClaimed === undefined; conflicts += 1) {
      isClaimed = await tryToClaim(new Set([...working, ...channels]));
    }
    stopped = isClaimed ? undefined : 'another has it';
    if (isClaimed) for (const channel of channels) working.add(channel);
    return isClaimed === true;
  };

  /** One after another, also with the writes of the channels that are at work here. */
  const afterLastWrite = <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    const done = lastWrite.then(work).catch((error: unknown) => {
      fail(error);
      return otherwise;
    });
    lastWrite = done;
    return done;
  };

  const acknowledgeAgain = async (): Promise<boolean> => {
    const again = left;
    const newest = await loadRecord(store, held.key);
    left = [];
    if (newest !== undefined) held = newest;
    // Whoever has the lease now tells it again: that cannot be helped any more.
    if (newest === undefined || !mayDeliver(newest.record, owner, run.now().getTime())) return true;
    stopped = undefined;
    await write((record) => {
      const settled = reapplyAcknowledgements(record, again);
      return { ...settled, record: withoutLeaseWhenDone(settled.record) };
    }).catch((error: unknown) => {
      stopped = 'not written';
      left = again;
      throw error;
    });
    if (!stopped) tally.delivered += again.filter(hasArrived).length;
    return true;
  };

  const acknowledgeLeft = async (): Promise<boolean> => {
    if (left.length === 0) return true;
    return afterLastWrite(acknowledgeAgain, false);
  };

  return {
    tally,
    name,
    record: () => held.record,
    held: () => held,
    isBlocked: (channel) => run.blockedAudience(channel) !== undefined,

    renew(newer) {
      if (newer.rev > held.rev) held = newer;
    },

    async open(channels) {
      return (await acknowledgeLeft()) && afterLastWrite(() => claim(channels), false);
    },

    next({ name: channel, audience, settings }) {
      if (stopped || !working.has(channel)) return [];
      return nextBatch(held.record, { name: channel, audience, settings }, run.now());
    },

    async revalidate({ event, channel }, review, audience) {
      const done = await inTurn((record): RevalidationUpdate => {
        const { routes, isForPeople, remindEvery } = run;
        return applyFindings(
          record,
          { event, channel },
          { findings: review, routes, isForPeople, remindEvery, audience, now: run.now() },
        );
      });
      const isOwed = pendingTo(held.record, event.id, channel) !== undefined;
      if (stopped || done === undefined || (done.result.kind === 'valid' && !isOwed)) {
        return { kind: 'unknown' };
      }
      return done.result;
    },

    async ensureLease(workMs) {
      if (stopped) return false;
      if (covers(held.record, work(workMs))) return true;
      let tries = 0;
      await inTurn((record) => {
        tries += 1;
        return { record: withLease(record, work(workMs)), deadLetters: [] };
      });
      return !stopped && tries === 1 && covers(held.record, work(workMs));
    },

    async acknowledge(acknowledgement) {
      const { channel } = acknowledgement.sent;
      await inTurn((record) => {
        const settled = applyAcknowledgement(record, acknowledgement);
        if (!goesOn(settled.record, acknowledgement)) working.delete(channel);
        return { ...settled, record: renewedUnlessDone(settled.record) };
      });
      if (stopped === 'not written') left.push(acknowledgement);
      else if (!stopped && hasArrived(acknowledgement)) tally.delivered += 1;
    },

    hasUnacknowledged: () => left.length > 0,
    acknowledgeAgain: acknowledgeLeft,

    leave: (channel) => void working.delete(channel),

    async releaseIfIdle() {
      if (working.size > 0 || !isOurs(held.record) || run.leftMs() <= 0) return;
      await inTurn((record) => ({ record: withoutLeaseWhenDone(record), deadLetters: [] }));
    },

    takeNewEvents() {
      const had = hasNews && !stopped;
      hasNews = false;
      return had;
    },
  };
}

function hasArrived({ outcome }: Acknowledgement): boolean {
  return outcome.class === 'delivered';
}

/** Names a record among all. */
export function recordName({ partition, id }: HeldRecord['key']): string {
  return `${partition} ${id}`;
}

function logCancelled(cancelled: readonly PendingDelivery[], log: Log): void {
  for (const [channel, group] of Map.groupBy(cancelled, ({ channel }) => channel)) {
    log({ kind: 'deliveries_cancelled', channel, count: group.length });
  }
}
