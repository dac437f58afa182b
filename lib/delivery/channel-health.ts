import { reasonOf } from '../base/errors.ts';
import type { Channel, Outcome } from '../channels/channel.ts';
import {
  type ChannelPace,
  type CircuitState,
  newRecord,
  type WatchRecord,
} from '../migration/model/state.ts';
import type { WatchedProject } from '../migration/project/health.ts';
import { type HeldRecord, readRecord, saveRecord } from '../records/records.ts';
import type { Store } from '../store/store.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import type { Log } from '../telemetry/log.ts';
import {
  announceBroken,
  brokenIn,
  brokenSentence,
  type ChannelNewsInput,
  keyOf,
  stateOf,
  withNews,
} from './channel-news.ts';
import { logDeadLetters, storeDeadLetters } from './dead-letters.ts';
import { allows, isBroken, isFailure, stateAfter } from './outbox/backoff/circuit-breaker.ts';
import { type ClassifiedOutcome, isCurrent, paceAfter } from './outbox/backoff/pace.ts';
import type { OutboxUpdate } from './outbox/types.ts';

/** What is known of the channels as a whole: which of them rest, and which are broken. */
export interface ChannelHealth {
  allows(channel: Channel, now: Date): boolean;
  /**
   * Remembers what an attempt says about its channel. That it broke is told when {@link announceBroken} is asked, by this run or
   * the next one.
   *
   * @param startedAt when the attempt began
   * @returns the outcome as the deliveries are to take it: a refusal too many is a broken channel
   */
  recordOutcome(channel: Channel, outcome: Outcome, now: Date, startedAt: Date): Promise<ClassifiedOutcome>;
  /** How long to wait from one request to the next, as far as the receiver's answers showed. Milliseconds. */
  intervalMs(channel: Channel, now: Date): number;
  /** Writes down what was learnt in this run of the paces that receivers take. */
  savePaces(now: Date): Promise<void>;
  /** Whether a channel that may be told something is only tried: it was broken when it was last told something. */
  isHalfOpen(channel: Channel): boolean;
  /**
   * Tells the channels that work which others have broken, in one event and one write; a day later it reminds of them.
   *
   * @returns its record as it is stored now, if there is something to tell from it; nothing when there is no news
   */
  announceBroken(now: Date): Promise<HeldRecord | undefined>;
  /** Ends the rests of these channels: what they are owed may be tried now. */
  closeCircuits(channels: readonly Channel[], now: Date): Promise<void>;
  /** The configured channels that are broken now. */
  broken(): readonly BrokenChannel[];
  /** How many dead letters were written because what is owed from its record is too much. */
  deadLetters(): number;
  /** How often what was to be remembered could not be written. */
  failedWrites(): number;
}

export interface ChannelHealthInput extends ChannelNewsInput {
  readonly store: Store;
  readonly log: Log;
  /** The record that speaks for the whole configuration; revision 0 if it is not stored yet. */
  readonly held: HeldRecord;
}

/** The project in whose name something is said of the whole configuration: the first one, in every run the same. */
export function announcingProject<P extends Pick<WatchedProject, 'name'>>(
  projects: readonly P[],
): P | undefined {
  return projects.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0];
}

/** How often a write is tried again on top of what another run wrote meanwhile. */
const MOST_CONFLICTS = 5;
/** Nothing of this run can be written there; that is said once. */
const WHY_LOCKED = {
  newer: 'the record of all channels was written by a newer version; deploy that one',
  unreadable: 'the record of all channels is unreadable',
} as const;

export function openChannelHealth(input: ChannelHealthInput): ChannelHealth {
  const { store, log, channels } = input;
  let held = input.held;
  let failed = 0;
  let dead = 0;
  let isLocked = false;
  let lastWrite: Promise<unknown> = Promise.resolve();

  const giveUp = (what: string, why: string): void => {
    log({ kind: 'problem', message: `${what}: ${why}` });
    failed += 1;
  };

  /** @returns what was written; nothing when there was nothing to write, or it could not be */
  const write = async <T extends Pick<OutboxUpdate, 'record'> & Partial<OutboxUpdate>>(
    change: (record: WatchRecord) => T | undefined,
    what: string,
    now: Date,
  ): Promise<T | undefined> => {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS && !isLocked; conflicts += 1) {
      const changed = change(held.record);
      if (changed === undefined) return undefined;
      const { record, deadLetters: letters = [] } = changed;
      await storeDeadLetters(store, held.key, letters, now);
      const saved = await saveRecord(store, held, record);
      if (saved !== undefined) {
        held = saved;
        dead += letters.length;
        logDeadLetters(letters, log);
        return changed;
      }
      await readAgain(what, now);
    }
    if (!isLocked) giveUp(what, 'other runs keep writing the record of all channels');
    return undefined;
  };

  const readAgain = async (what: string, now: Date): Promise<void> => {
    const read = await readRecord(store, held.key);
    if (read.kind === 'record') held = read.held;
    else if (read.kind === 'missing') held = { ...held, rev: 0, record: newRecord(now) };
    else {
      isLocked = true;
      giveUp(what, WHY_LOCKED[read.kind]);
    }
  };

  /** What was learnt in this run, and is written when it ends. */
  const paces = new Map<string, ChannelPace | undefined>();
  const paceOf = (channel: Channel): ChannelPace | undefined => {
    const key = keyOf(channel);
    return paces.has(key) ? paces.get(key) : held.record.paces?.[key];
  };

  /** Done at once: what is on its way beside it is answered before anything is written. */
  const judge = (channel: Channel, outcome: Outcome, now: Date, startedAt: Date): ClassifiedOutcome => {
    const before = paceOf(channel);
    const { pace, restMs } = paceAfter(before, outcome, { startedAt, now });
    if (pace !== before) paces.set(keyOf(channel), pace);
    return restMs === undefined ? outcome : { ...outcome, restMs };
  };

  const notSaved = ({ name }: Channel): string => `channel ${name}: its state was not saved`;

  const note = async (channel: Channel, attempt: Noting): Promise<void> => {
    const noted = await write(
      (record) => noteIn(record, channel, attempt, input),
      notSaved(channel),
      attempt.now,
    );
    if (noted?.message !== undefined) log({ kind: 'problem', message: noted.message });
  };

  const inTurn = <T>(work: () => Promise<T>, what: string): Promise<T | undefined> => {
    const done = lastWrite.then(work).catch((error: unknown) => {
      giveUp(what, reasonOf(error));
      return undefined;
    });
    lastWrite = done;
    return done;
  };

  return {
    isHalfOpen: (channel) => isBroken(stateOf(held.record, channel), channel),
    allows: (channel, now) => allows(stateOf(held.record, channel), channel, now),

    async announceBroken(now) {
      const what = 'what is new about the channels is told in the next tick';
      const told = await inTurn(() => write((record) => announceBroken(record, input, now), what, now), what);
      return told === undefined ? undefined : held;
    },

    async recordOutcome(channel, answered, now, startedAt) {
      const outcome = judge(channel, answered, now, startedAt);
      const after = stateAfter(stateOf(held.record, channel), outcome, channel, now, startedAt);
      await inTurn(() => note(channel, { outcome, now, startedAt }), notSaved(channel));
      const isBreaking = isFailure(outcome) && after?.brokenSince !== undefined;
      return isBreaking ? { ...outcome, class: 'broken' } : outcome;
    },

    async closeCircuits(meant, now) {
      const what = 'the rests of the channels were not ended';
      await inTurn(() => write((record) => withoutRests(record, meant, now), what, now), what);
    },

    intervalMs(channel, now) {
      const pace = paceOf(channel);
      return pace !== undefined && isCurrent(pace, now) ? pace.everyMs : 0;
    },

    async savePaces(now) {
      if (paces.size === 0) return;
      const what = 'at which pace the channels are told was not saved';
      await inTurn(() => write((record) => withPaces(record, paces, now), what, now), what);
    },

    broken: () => brokenIn(held.record, channels),
    deadLetters: () => dead,
    failedWrites: () => failed,
  };
}

/** Channels that rest are due at once. @returns nothing when none of them rests */
function withoutRests(
  record: WatchRecord,
  meant: readonly Channel[],
  now: Date,
): Pick<OutboxUpdate, 'record'> | undefined {
  const resting = meant.flatMap((channel) => {
    const state = stateOf(record, channel);
    if (state === undefined || allows(state, channel, now)) return [];
    return [[keyOf(channel), { ...state, openUntil: now.toISOString() }] as const];
  });
  if (resting.length === 0) return undefined;
  return { record: { ...record, channels: { ...record.channels, ...Object.fromEntries(resting) } } };
}

/** What is to be noted of an attempt: what became of it, when it is over, and when it began. */
interface Noting {
  readonly outcome: ClassifiedOutcome;
  readonly now: Date;
  readonly startedAt: Date;
}

/** Paces that count no more go with the next change. */
function withPaces(
  record: WatchRecord,
  learnt: ReadonlyMap<string, ChannelPace | undefined>,
  now: Date,
): Pick<OutboxUpdate, 'record'> {
  const { paces = {}, ...rest } = record;
  const all = [...new Map([...Object.entries(paces), ...learnt])].flatMap(([key, pace]) =>
    pace !== undefined && isCurrent(pace, now) ? [[key, pace] as const] : [],
  );
  return { record: all.length === 0 ? rest : { ...rest, paces: Object.fromEntries(all) } };
}

interface Noted {
  readonly record: WatchRecord;
  readonly message?: string;
}

/** @returns what to write; nothing when the attempt says nothing new about its channel */
function noteIn(
  record: WatchRecord,
  channel: Channel,
  { outcome, now, startedAt }: Noting,
  { channels }: ChannelHealthInput,
): Noted | undefined {
  const before = stateOf(record, channel);
  const after = stateAfter(before, outcome, channel, now, startedAt);
  if (after === before) return undefined;
  const configured = new Set([...channels.values()].map(keyOf));
  const isKept = (key: string, { openUntil }: CircuitState) =>
    configured.has(key) || now.getTime() - Date.parse(openUntil) < KEPT_MS;
  const changed = withState(record, keyOf(channel), withNews(before, after), isKept);
  const wasBroken = isBroken(before, channel);
  if (after?.brokenSince !== undefined && !wasBroken) {
    return { record: changed, message: brokenSentence(channel.name, after.reason) };
  }
  if (after === undefined && wasBroken)
    return { record: changed, message: `channel ${channel.name} works again` };
  return { record: changed };
}

/** Longer than any channel rests: what another configuration has is tried again by then. */
const KEPT_MS = 24 * 3_600_000;

/** States of channels that nobody has any more go with the next change. */
function withState(
  record: WatchRecord,
  key: string,
  state: CircuitState | undefined,
  isKept: (key: string, state: CircuitState) => boolean,
): WatchRecord {
  const { channels = {}, ...rest } = record;
  const others = Object.entries(channels).filter(([other, known]) => other !== key && isKept(other, known));
  const entries = state === undefined ? others : [...others, [key, state] as const];
  return entries.length === 0 ? rest : { ...rest, channels: Object.fromEntries(entries) };
}
