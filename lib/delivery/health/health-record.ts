import { compareText } from '../../base/compare.ts';
import { defined } from '../../base/defined.ts';
import type { Channel } from '../../channels/channel.ts';
import type { ChannelPace, CircuitState, StoredRecord } from '../../records/record.ts';
import type { BrokenChannel } from '../../telemetry/health.ts';
import { type AttemptOnChannel, allows, isBroken, stateAfter } from '../outbox/backoff/circuit-breaker.ts';
import { isCurrent } from '../outbox/backoff/pace.ts';

/**
 * The time for which states of unknown channels stay, which is longer than any wait. A newer configuration may have
 * those channels.
 */
const KEPT_MS = 24 * 3_600_000;

type Named = { readonly name: string; readonly settings: string };

/**
 * The key of a channel's state. An older process may run with other settings beside a newer one, so each has its own
 * state.
 */
export function keyOf({ name, settings }: Named): string {
  return `${name} ${settings}`;
}

export function stateOf(
  { state: { channels = {} } }: StoredRecord,
  channel: Named,
): CircuitState | undefined {
  return channels[keyOf(channel)];
}

/** A channel by name, with the fingerprint of its settings only where their secrets could be read. */
export interface KnownChannel {
  readonly name: string;
  readonly settings?: string;
}

/** The state of a channel. With unknown settings, it is the state under the channel's name that stays open longest. */
export function knownStateOf(
  record: StoredRecord,
  { name, settings }: KnownChannel,
): CircuitState | undefined {
  if (settings !== undefined) return stateOf(record, { name, settings });
  const all = Object.entries(record.state.channels ?? {}).filter(([key]) => key.startsWith(`${name} `));
  return all.map(([, state]) => state).toSorted((a, b) => compareText(b.openUntil, a.openUntil))[0];
}

/** Channels that are broken. */
export function brokenIn(record: StoredRecord, channels: Iterable<KnownChannel>): BrokenChannel[] {
  return [...channels].flatMap((channel) => {
    const state = knownStateOf(record, channel);
    if (
      state?.brokenSince === undefined ||
      !isBroken(state, { settings: channel.settings ?? state.settings })
    )
      return [];
    const { brokenSince: since, openUntil: nextTryAt, reason } = state;
    return [{ channel: channel.name, since, nextTryAt, reason }];
  });
}

/** A state that an attempt changed. */
export interface HealthChange {
  readonly record: StoredRecord;
  /** The reason why this attempt broke the channel; absent when it did not. */
  readonly broken?: string;
  /** Whether a broken channel works again. */
  readonly isMended?: boolean;
}

/** @returns nothing when the attempt says nothing new about its channel */
export function withAttempt(
  record: StoredRecord,
  channel: Channel,
  attempt: AttemptOnChannel,
  channels: ReadonlyMap<string, Channel>,
): HealthChange | undefined {
  const before = stateOf(record, channel);
  const after = stateAfter(before, channel, attempt);
  if (after === before) return undefined;
  const configured = new Set([...channels.values()].map(keyOf));
  const isKept = (key: string, { openUntil }: CircuitState) =>
    configured.has(key) || attempt.now.getTime() - Date.parse(openUntil) < KEPT_MS;
  const changed = withCircuit(record, keyOf(channel), withAnnouncement(before, after), isKept);
  const wasBroken = isBroken(before, channel);
  if (after?.brokenSince !== undefined && !wasBroken) {
    return { record: changed, broken: after.reason };
  }
  if (after === undefined && wasBroken) {
    return { record: changed, isMended: true };
  }
  return { record: changed };
}

/** Marks a channel that has just broken as unannounced. A channel that was broken before keeps its mark. */
function withAnnouncement(
  before: CircuitState | undefined,
  after: CircuitState | undefined,
): CircuitState | undefined {
  if (after?.brokenSince === undefined) return after;
  if (before?.brokenSince === undefined) return { ...after, isUnannounced: true };
  const { isUnannounced, announcedAt, reminders } = before;
  return { ...after, ...defined<Partial<CircuitState>>({ isUnannounced, announcedAt, reminders }) };
}

/** Sets one state, and removes the states of channels that are no longer configured. */
function withCircuit(
  record: StoredRecord,
  key: string,
  state: CircuitState | undefined,
  isKept: (key: string, state: CircuitState) => boolean,
): StoredRecord {
  const { channels = {}, ...rest } = record.state;
  const others = Object.entries(channels).filter(([other, known]) => other !== key && isKept(other, known));
  const entries = state === undefined ? others : [...others, [key, state] as const];
  return {
    ...record,
    state: entries.length === 0 ? rest : { ...rest, channels: Object.fromEntries(entries) },
  };
}

/** @returns nothing when all circuits are closed */
export function withClosedCircuits(
  record: StoredRecord,
  meant: readonly Channel[],
  now: Date,
): { readonly record: StoredRecord } | undefined {
  const open = meant.flatMap((channel) => {
    const state = stateOf(record, channel);
    if (state === undefined || allows(state, channel, now)) return [];
    return [[keyOf(channel), { ...state, openUntil: now.toISOString() }] as const];
  });
  if (open.length === 0) return undefined;
  const { state } = record;
  return {
    record: { ...record, state: { ...state, channels: { ...state.channels, ...Object.fromEntries(open) } } },
  };
}

/** Sets the learnt paces, and removes those that are no longer current. */
export function withPaces(
  record: StoredRecord,
  learnt: ReadonlyMap<string, ChannelPace | undefined>,
  now: Date,
): StoredRecord {
  const { paces = {}, ...rest } = record.state;
  const all = [...new Map([...Object.entries(paces), ...learnt])].flatMap(([key, pace]) =>
    pace !== undefined && isCurrent(pace, now) ? [[key, pace] as const] : [],
  );
  return { ...record, state: all.length === 0 ? rest : { ...rest, paces: Object.fromEntries(all) } };
}
