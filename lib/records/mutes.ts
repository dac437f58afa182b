import { oneLine } from '../base/text.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { Mute, MuteScope, StoredRecord } from './record.ts';

/** Limits of a mute: a shorter one may end before the next tick, and a longer one belongs into the configuration. */
export const MUTE_MS = { shortest: 5 * 60_000, longest: 30 * 24 * 3_600_000 } as const;
/** The most characters of a reason; each mute is read in every tick. */
export const LONGEST_WHY = 200;
const LONGEST_NAME = 128;
/** The most mutes that hold at a time, and the most that are stored, recently ended ones included. */
export const MOST_MUTES = 20;
const MOST_REMEMBERED = 32;
/** An ended mute is remembered for longer than any delivery that it held can be pending. */
const REMEMBERED_MS = 14 * 24 * 3_600_000;
/** Correct clocks differ by less. */
const CLOCKS_DIFFER_MS = 60_000;

/** A mute with its start and end in milliseconds since the epoch. */
export interface TimedMute {
  readonly mute: Mute;
  readonly from: number;
  readonly until: number;
}

/** Mutes that hold at `now`, in the order of their ends. */
export function mutesIn(record: StoredRecord, now: Date): Mute[] {
  return timedMutes(record, now)
    .filter(({ from, until }) => from <= now.getTime() && now.getTime() < until)
    .toSorted((a, b) => a.until - b.until)
    .map(({ mute }) => mute);
}

/**
 * Mutes that hold, and those that ended lately. A mute above the longest duration was tampered with, and ends at the
 * limit.
 */
export function timedMutes(record: StoredRecord, now: Date): TimedMute[] {
  return storedIn(record).flatMap((mute) => {
    const from = Date.parse(mute.from) - CLOCKS_DIFFER_MS;
    const latest = mute.isEnded ? now.getTime() : Date.parse(mute.from) + MUTE_MS.longest;
    const until = Math.min(Date.parse(mute.until), latest);
    return now.getTime() - until < REMEMBERED_MS ? [{ mute, from, until }] : [];
  });
}

function storedIn({ state: { mutes = [] } }: StoredRecord): readonly Mute[] {
  return mutes;
}

/** The subject of a mute. */
export interface MuteTarget {
  readonly scope: MuteScope;
  readonly target: string;
  readonly name: string;
}

/**
 * Adds a mute, and ends an earlier one of the same subject.
 *
 * @returns nothing when there are too many
 */
export function withMute(record: StoredRecord, mute: Mute, now: Date): StoredRecord | undefined {
  const before = withoutMutes(record, (one) => isSameTarget(one, mute), now).record;
  if (mutesIn(before, now).length >= MOST_MUTES) return undefined;
  const name = oneLine(mute.name, LONGEST_NAME);
  const added = { ...mute, name, why: oneLine(mute.why, LONGEST_WHY) };
  return withRemembered(before, [...storedIn(before), added], now);
}

/** A changed record, and the mutes that the change ended. */
export interface Unmuted {
  readonly record: StoredRecord;
  readonly ended: readonly Mute[];
}

/**
 * Ends mutes now. The record remembers them, so that everything they held is sent as one message.
 *
 * @returns the same record when none of these holds
 */
export function withoutMutes(record: StoredRecord, isMeant: (mute: Mute) => boolean, now: Date): Unmuted {
  const ended = mutesIn(record, now).filter(isMeant);
  if (ended.length === 0) return { record, ended };
  const until = now.toISOString();
  const mutes = storedIn(record).map((mute) =>
    ended.includes(mute) ? { ...mute, until, isEnded: true as const } : mute,
  );
  return { record: withRemembered(record, mutes, now), ended };
}

/**
 * Removes mutes that ended long ago. It is no reason for a write, so every other write of the record calls it.
 *
 * @returns the same record when there are none
 */
export function withoutOldMutes(record: StoredRecord, now: Date): StoredRecord {
  const mutes = storedIn(record);
  return timedMutes(record, now).length === mutes.length ? record : withRemembered(record, mutes, now);
}

/** A subject as a stored mute names it. */
interface Target {
  readonly scope: string;
  readonly target: string;
}

/** Ids of tasks are written with and without hyphens. */
export function isSameTarget(one: Target, other: Target): boolean {
  const nameOf = ({ scope, target }: Target) => (scope === 'task' ? plainId(target) : target);
  return one.scope === other.scope && nameOf(one) === nameOf(other);
}

/** Stores mutes up to the limit. Beyond it, the mutes that ended first are dropped. */
function withRemembered(record: StoredRecord, mutes: readonly Mute[], now: Date): StoredRecord {
  const { mutes: _before, ...state } = record.state;
  const remembered = timedMutes({ ...record, state: { ...state, mutes } }, now);
  const dropped = remembered
    .toSorted((a, b) => a.until - b.until)
    .slice(0, Math.max(0, remembered.length - MOST_REMEMBERED))
    .map(({ mute }) => mute);
  const kept = remembered.map(({ mute }) => mute).filter((mute) => !dropped.includes(mute));
  return { ...record, state: kept.length === 0 ? state : { ...state, mutes: kept } };
}
