import type { Channel, Outcome } from '../channels/channel.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { type MigrationEvent, makeEvent } from '../migration/event.ts';
import type { WatchedProject } from '../migration/project.ts';
import { type ChannelState, newRecord, type WatchRecord } from '../migration/record.ts';
import { WATCHER_SOURCE } from '../migration/source.ts';
import { type HeldRecord, loadRecord, readRecord, saveRecord, WATCHER_KEY } from '../records.ts';
import type { Store } from '../store/store.ts';
import { isBroken, isFailure, mayTell, stateAfter } from './channel-state.ts';
import { buryDead, logDead } from './dead-letters.ts';
import { owe } from './outbox.ts';

/** What is known of the channels as a whole: which of them rest, and which are broken. */
export interface ChannelBook {
  mayTell(channel: Channel, now: Date): boolean;
  /**
   * Remembers what an attempt says about its channel. That a channel broke, and that the others are told so, is one
   * write.
   *
   * @param startedAt when the attempt began
   * @returns the outcome as the deliveries are to take it: a refusal too many is a broken channel
   */
  note(channel: Channel, outcome: Outcome, now: Date, startedAt: Date): Promise<Outcome>;
  /** Whether a channel that may be told something is only tried: it was broken when it was last told something. */
  isTrial(channel: Channel): boolean;
  /** Its record as it is stored, if something was added since this was asked before that other channels are to be told. */
  takeNews(): Promise<HeldRecord | undefined>;
  /** How many of the configured channels are broken now. */
  broken(): number;
  /** How often what was to be remembered could not be written. */
  failed(): number;
}

export interface ChannelBookInput {
  readonly store: Store;
  readonly log: Log;
  readonly channels: ReadonlyMap<string, Channel>;
  /** The record that speaks for the whole configuration; revision 0 if it is not stored yet. */
  readonly held: HeldRecord;
  /** Where a warning comes from. */
  readonly project: WatchedProject;
}

/** The project in whose name something is said of the whole configuration: the first one, in every run the same. */
export function speakerOf<P extends Pick<WatchedProject, 'name'>>(projects: readonly P[]): P | undefined {
  return projects.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0];
}

/** How often a write is tried again on top of what another run wrote meanwhile. */
const MOST_CONFLICTS = 5;
/** Nothing of this run can be written there; that is said once. */
const WHY_LOCKED = {
  newer: 'the record of all channels was written by a newer version; deploy that one',
  unreadable: 'the record of all channels is unreadable',
} as const;

export function openChannelBook(input: ChannelBookInput): ChannelBook {
  const { store, log } = input;
  let held = input.held;
  let hasNews = false;
  let failed = 0;
  let isLocked = false;
  let lastWrite: Promise<void> = Promise.resolve();

  const giveUp = (channel: Channel, why: string): void => {
    log({ kind: 'problem', message: `channel ${channel.name}: its state was not saved: ${why}` });
    failed += 1;
  };

  const write = async (channel: Channel, attempt: Noting): Promise<void> => {
    const { now } = attempt;
    for (let conflicts = 0; conflicts < MOST_CONFLICTS && !isLocked; conflicts += 1) {
      const noted = noteIn(held.record, channel, attempt, input);
      if (noted === undefined) return;
      await buryDead(store, held.key, noted.dead, now);
      const saved = await saveRecord(store, held, noted.record);
      if (saved !== undefined) {
        held = saved;
        hasNews ||= noted.isNews;
        logDead(noted.dead, log);
        for (const message of noted.messages) log({ kind: 'problem', message });
        return;
      }
      await readAgain(channel, now);
    }
    if (!isLocked) giveUp(channel, 'other runs keep writing the record of all channels');
  };

  const readAgain = async (channel: Channel, now: Date): Promise<void> => {
    const read = await readRecord(store, held.key);
    if (read.kind === 'record') held = read.held;
    else if (read.kind === 'missing') held = { ...held, rev: 0, record: newRecord(now) };
    else {
      isLocked = true;
      giveUp(channel, WHY_LOCKED[read.kind]);
    }
  };

  return {
    isTrial: (channel) => isBroken(stateOf(held.record, channel), channel),
    async takeNews() {
      if (!hasNews) return undefined;
      hasNews = false;
      // Others may have told something from it since it was written here.
      return loadRecord(store, held.key).catch((error: unknown) => {
        failed += 1;
        const message = `what is new about the channels is told in the next tick: ${reasonOf(error)}`;
        log({ kind: 'problem', message });
        return undefined;
      });
    },
    mayTell: (channel, now) => mayTell(stateOf(held.record, channel), channel, now),

    async note(channel, outcome, now, startedAt) {
      lastWrite = lastWrite
        .then(() => write(channel, { outcome, now, startedAt }))
        .catch((error: unknown) => giveUp(channel, reasonOf(error)));
      const after = stateAfter(stateOf(held.record, channel), outcome, channel, now, startedAt);
      await lastWrite;
      const isBreaking = isFailure(outcome) && after?.brokenSince !== undefined;
      return isBreaking ? { ...outcome, class: 'broken' } : outcome;
    },

    broken: () =>
      [...input.channels.values()].filter((channel) => isBroken(stateOf(held.record, channel), channel))
        .length,
    failed: () => failed,
  };
}

function stateOf({ channels = {} }: WatchRecord, channel: Channel): ChannelState | undefined {
  return channels[keyOf(channel)];
}

/** Two configurations that use one store may each have a channel of this name. */
function keyOf({ name, settings }: Channel): string {
  return `${name} ${settings}`;
}

/** What is to be noted of an attempt: what became of it, when it is over, and when it began. */
interface Noting {
  readonly outcome: Outcome;
  readonly now: Date;
  readonly startedAt: Date;
}

interface Noted extends ReturnType<typeof owe> {
  readonly messages: readonly string[];
  readonly isNews: boolean;
}

/** @returns what to write; nothing when the attempt says nothing new about its channel */
function noteIn(
  record: WatchRecord,
  channel: Channel,
  { outcome, now, startedAt }: Noting,
  { channels, project }: ChannelBookInput,
): Noted | undefined {
  const before = stateOf(record, channel);
  const after = stateAfter(before, outcome, channel, now, startedAt);
  if (after === before) return undefined;
  const configured = new Set([...channels.values()].map(keyOf));
  const isKept = (key: string, { restUntil }: ChannelState) =>
    configured.has(key) || now.getTime() - Date.parse(restUntil) < KEPT_MS;
  const changed = withState(record, keyOf(channel), after, isKept);
  if (after?.brokenSince === undefined || isBroken(before, channel)) {
    const recovered = isBroken(before, channel) && after === undefined;
    const messages = recovered ? [`channel ${channel.name} works again`] : [];
    return { record: changed, dead: [], messages, isNews: false };
  }
  const event = brokenEvent(changed, channel, after, project, now);
  const isAble = (other: Channel) => other.name !== channel.name && !isBroken(stateOf(changed, other), other);
  const others = [...channels.values()].filter((other) => isAble(other) && other.wants(event));
  const owed = owe(
    { ...changed, sequence: changed.sequence + 1 },
    [event],
    () => others.map(({ name }) => name),
    now,
  );
  return { ...owed, messages: [event.data.summary], isNews: others.length > 0 };
}

/** Longer than any channel rests: what another configuration has is tried again by then. */
const KEPT_MS = 24 * 3_600_000;

/** States of channels that nobody has any more go with the next change. */
function withState(
  record: WatchRecord,
  key: string,
  state: ChannelState | undefined,
  isKept: (key: string, state: ChannelState) => boolean,
): WatchRecord {
  const { channels = {}, ...rest } = record;
  const others = Object.entries(channels).filter(([other, known]) => other !== key && isKept(other, known));
  const entries = state === undefined ? others : [...others, [key, state] as const];
  return entries.length === 0 ? rest : { ...rest, channels: Object.fromEntries(entries) };
}

function brokenEvent(
  { sequence }: WatchRecord,
  { name }: Channel,
  { reason }: ChannelState,
  { consoleUrl, stamp }: WatchedProject,
  now: Date,
): MigrationEvent {
  return makeEvent({
    origin: { source: WATCHER_SOURCE, subject: WATCHER_KEY.id },
    stamp,
    sequence: sequence + 1,
    now,
    type: 'dcs.watch.channel_broken',
    data: {
      channel: { name, reason },
      severity: 'action',
      summary: `channel ${name} is broken and misses its messages: ${reason}`,
      ...(consoleUrl !== '' && { consoleUrl }),
    },
  });
}
