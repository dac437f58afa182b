import type { Channel, Outcome } from '../channels/channel.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { WatchRecord } from '../migration/record.ts';
import { type HeldRecord, loadRecord, saveRecord } from '../records.ts';
import type { Store } from '../store/store.ts';
import { buryDead, logDead, settleLetter } from './dead-letters.ts';
import { nextToTell } from './digest.ts';
import { inDoubt, withoutOldDoubt } from './doubt.ts';
import { covers, leased, mayDeliver, released, takenOver, type Work } from './lease.ts';
import {
  cancelRemoved,
  expireBlocked,
  head,
  isDue,
  owedTo,
  owesMuch,
  type PendingDelivery,
  type Settled,
  settle,
} from './outbox.ts';
import type { Kind } from './retry.ts';
import { type Review, type SettledReview, settleReview, type Verdict } from './review.ts';

/** What all desks of one run share. */
export interface DeskRun {
  readonly store: Store;
  readonly log: Log;
  /** Names this run in leases. */
  readonly owner: string;
  /** How long this run still has, in milliseconds, whatever the clock on the wall was set to. */
  leftMs(): number;
  now(): Date;
  /** The names of records of which this run buried something that they may still owe. */
  readonly unsettled: Set<string>;
  /** Whether there is such a channel, as far as is known to this run or to the record. */
  isConfigured(channel: string, record: WatchRecord): boolean;
  /** The channels that want an event. */
  routes(event: MigrationEvent, record: WatchRecord): readonly string[];
  isChat(channel: string): boolean;
  /** The kind of a channel that cannot be told anything in this run; nothing for all others. */
  blockedKind(channel: string): Kind | undefined;
}

/** What became of the deliveries of one desk. */
export interface DeskTally {
  delivered: number;
  dead: number;
  /** Writes at which the store failed. */
  failed: number;
  /** What second looks noticed. */
  readonly events: MigrationEvent[];
}

/**
 * One record while this run delivers from it. Several channels work at a desk at the same time; its writes happen one
 * after another, each by compare-and-set under the run's lease. Whoever finds that the lease is somebody else's stops.
 */
export interface Desk {
  readonly tally: Readonly<DeskTally>;
  /** Names the record. */
  readonly name: string;
  record(): WatchRecord;
  /** Whether a channel cannot be told anything from here in this run. */
  isBlocked(channel: string): boolean;
  /**
   * Takes the lease for the work of these channels (for none of them: gives it back), cancels what is owed to channels
   * that are no longer configured (it is kept as dead letters), and gives up what was owed for too long to channels that cannot be told anything.
   *
   * @returns false when another run has the lease
   */
  open(channels: readonly string[]): Promise<boolean>;
  /** What this channel is to be told in one message now, in order; empty when it is done here. */
  next(channel: Pick<Channel, 'name' | 'kind' | 'settings'>): readonly PendingDelivery[];
  /**
   * Writes what a second look at an event says.
   *
   * @returns what it says; `unknown` also when it could not be written
   */
  review(owed: PendingDelivery, review: Review, kind: Kind): Promise<Verdict>;
  /**
   * Makes sure that the lease covers a piece of work: where it does not, it is renewed.
   *
   * @param workMs how long the work takes, in milliseconds
   * @returns false when another run has it, or has written the record meanwhile: ask again what is to be told
   */
  holds(workMs: number): Promise<boolean>;
  /** Acknowledges an attempt. With the last one of all channels the lease is given back in the same write. */
  acknowledge(attempt: Acknowledgement): Promise<void>;
  /** This channel goes no further here until the desk is opened again. */
  leave(channel: string): Promise<void>;
  /** Whether a second look noticed something since it was opened: other channels may have something to tell now. */
  hasNews(): boolean;
}

/** What became of one event in one attempt. */
export interface Acknowledgement {
  /** As it was sent. */
  readonly sent: PendingDelivery;
  readonly kind: Kind;
  /** Of the channel. */
  readonly settings: string;
  /** Of the message. */
  readonly outcome: Outcome;
  /** How many events the message told, of all records. */
  readonly events: number;
  /** When the attempt was over, and in [0, 1) what is drawn for it: all that one message told is due again together. */
  readonly now: Date;
  readonly random: number;
}

/** How often a write is tried again on top of what another tick added meanwhile. */
const MOST_CONFLICTS = 5;

export function createDesk(initial: HeldRecord, run: DeskRun): Desk {
  const { store, log, owner } = run;
  const name = `${initial.key.partition} ${initial.key.id}`;
  const tally: DeskTally = { delivered: 0, dead: 0, failed: 0, events: [] };
  const working = new Set<string>();
  let news = 0;
  let held = initial;
  let stopped = false;
  let lastWrite: Promise<unknown> = Promise.resolve();

  const stop = (why: string): void => {
    if (!stopped) log({ kind: 'problem', message: `record ${held.key.id}: delivering stops here, ${why}` });
    stopped = true;
  };

  const fail = (error: unknown): void => {
    tally.failed += 1;
    stop(reasonOf(error));
  };

  const mayBeBuried = (): boolean => run.unsettled.has(name) || owesMuch(held.record);

  const bury = async (dead: Settled['dead']): Promise<void> => {
    if (dead.length > 0) run.unsettled.add(name);
    await buryDead(store, held.key, dead, run.now());
  };

  /** @returns what was done (or never will be); nothing when there is a newer record to do it on */
  const tryToWrite = async <T extends Settled>(
    change: (record: WatchRecord) => T,
  ): Promise<T | undefined> => {
    const known = mayBeBuried() ? inDoubt(held.record) : held.record;
    const settled = change(known);
    const { record, dead, letters = [], events = [] } = settled;
    if (stopped || record === known) return settled;
    await bury(dead);
    for (const letter of letters) await settleLetter(store, letter, run.now());
    const saved = await saveRecord(store, held, withoutOldDoubt(record));
    if (saved === undefined) {
      const newer = await loadRecord(store, held.key);
      if (newer?.record.lease?.owner !== owner) stop('another run took over');
      else held = newer;
      return undefined;
    }
    run.unsettled.delete(name);
    held = saved;
    tally.dead += dead.length;
    tally.events.push(...events);
    news += events.length;
    for (const event of events) log({ kind: 'event', event });
    logDead(dead, log);
    return settled;
  };

  const write = async <T extends Settled>(change: (record: WatchRecord) => T): Promise<T | undefined> => {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const done = await tryToWrite(change);
      if (done !== undefined) return done;
    }
    stop('other runs keep writing');
    return undefined;
  };

  /** One write after another; a store that fails ends the work at this desk, not the run. */
  const inTurn = <T extends Settled>(change: (record: WatchRecord) => T): Promise<T | undefined> => {
    const written = lastWrite
      .then(() => write(change))
      .catch((error: unknown) => {
        fail(error);
        return undefined;
      });
    lastWrite = written;
    return written;
  };

  const work = (workMs?: number): Work => ({
    owner,
    now: run.now().getTime(),
    leftMs: run.leftMs(),
    ...(workMs !== undefined && { workMs }),
  });

  const withoutLeaseWhenDone = (record: WatchRecord): WatchRecord =>
    working.size === 0 && record.lease?.owner === owner ? released(record) : record;

  /** What is written anyway renews the lease as well. */
  const renewedUnlessDone = (record: WatchRecord): WatchRecord =>
    working.size > 0 && record.lease?.owner === owner ? leased(record, work()) : withoutLeaseWhenDone(record);

  const goesOn = (record: WatchRecord, { sent, outcome, settings }: Acknowledgement): boolean => {
    const following = head(record, sent.channel);
    const isOver = outcome.class === 'delivered' || outcome.class === 'permanent';
    return isOver && following !== undefined && isDue(following.delivery, run.now(), settings);
  };

  const claim = async (): Promise<boolean> => {
    const cancelled = cancelRemoved(
      held.record,
      (channel) => run.isConfigured(channel, held.record),
      run.now(),
    );
    const { record: kept, dead: expired } = expireBlocked(cancelled.record, run.blockedKind, run.now());
    const dead = [...cancelled.dead, ...expired];
    const isOurs = kept.lease?.owner === owner;
    if (kept === held.record && isOurs === working.size > 0) return true;
    await bury(dead);
    const known = mayBeBuried() ? inDoubt(kept) : kept;
    const claimed = working.size > 0 ? leased(known, work()) : released(takenOver(known, owner));
    const saved = await saveRecord(store, held, withoutOldDoubt(claimed));
    if (saved === undefined) return false;
    run.unsettled.delete(name);
    held = saved;
    tally.dead += dead.length;
    logDead(expired, log);
    logCancelled(cancelled.dead, log);
    return true;
  };

  return {
    tally,
    name,
    record: () => held.record,
    isBlocked: (channel) => run.blockedKind(channel) !== undefined,

    async open(channels) {
      if (!mayDeliver(held.record, owner, run.now().getTime())) return false;
      for (const channel of channels) working.add(channel);
      news = 0;
      try {
        stopped = !(await claim());
      } catch (error) {
        fail(error);
      }
      return !stopped;
    },

    next({ name: channel, kind, settings }) {
      if (stopped || !working.has(channel)) return [];
      return nextToTell(held.record, channel, kind, run.now(), settings);
    },

    async review({ event, channel }, review, kind) {
      const done = await inTurn((record): SettledReview => {
        const { routes, isChat } = run;
        return settleReview(record, { event, channel }, { review, routes, isChat, kind, now: run.now() });
      });
      const isOwed = owedTo(held.record, event.id, channel) !== undefined;
      if (stopped || done === undefined || (done.verdict.kind === 'stands' && !isOwed)) {
        return { kind: 'unknown' };
      }
      return done.verdict;
    },

    async holds(workMs) {
      if (stopped) return false;
      if (covers(held.record, work(workMs))) return true;
      let tries = 0;
      await inTurn((record) => {
        tries += 1;
        return { record: leased(record, work(workMs)), dead: [] };
      });
      return !stopped && tries === 1 && covers(held.record, work(workMs));
    },

    async acknowledge(acknowledgement) {
      const { sent, outcome } = acknowledgement;
      const { event, channel } = sent;
      const attempt = { ...acknowledgement, eventId: event.id, channel };
      if (outcome.class === 'delivered') tally.delivered += 1;
      await inTurn((record) => {
        const settled = settle(record, attempt);
        if (!goesOn(settled.record, acknowledgement)) working.delete(channel);
        return { ...settled, record: renewedUnlessDone(settled.record) };
      });
    },

    async leave(channel) {
      working.delete(channel);
      if (working.size > 0 || run.leftMs() <= 0) return;
      await inTurn((record) => ({ record: withoutLeaseWhenDone(record), dead: [] }));
    },

    hasNews: () => news > 0 && !stopped,
  };
}

function logCancelled(cancelled: readonly PendingDelivery[], log: Log): void {
  for (const [channel, group] of Map.groupBy(cancelled, ({ channel }) => channel)) {
    log({ kind: 'deliveries_cancelled', channel, count: group.length });
  }
}
