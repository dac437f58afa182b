import { randomUUID } from 'node:crypto';
import { WatchError } from '../base/errors.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import { MOST_MUTES, type MuteTarget, mutesIn, withMute, withoutMutes } from '../records/mutes.ts';
import type { Mute, StoredRecord } from '../records/record.ts';
import { type HeldRecord, readRecord } from '../records/records.ts';
import { update } from '../records/update.ts';
import { StoreError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';

/** A mute as somebody asks for it. */
export interface MuteRequest {
  readonly subject: MuteTarget;
  readonly forMs: number;
  readonly why: string;
}

/** Why there is no mute although there is a state. */
type MuteErrorCode = 'too_many' | 'newer' | 'unreadable' | 'busy';

/** The state could not be changed. The message says why. */
export class MuteError extends WatchError {
  override readonly name = 'MuteError';
  readonly code: MuteErrorCode;

  constructor(code: MuteErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why the record of a state cannot be changed. */
const WHY_NOT = {
  missing:
    'no watcher has run with this state yet; name another one with --state, or let the watcher tick once',
  newer: 'this state was written by a newer version; use that one',
  unreadable: 'the record about the whole configuration is unreadable; the next tick sets it aside',
  busy: 'other runs keep writing this state; try again',
} as const;

/**
 * Mutes a subject from now on, in place of a mute of it that holds already. A run that is writing the same record loses
 * nothing by it, nor does the mute.
 *
 * @returns the mute as it is stored
 * @throws {StoreError | MuteError} when it is not
 */
export async function mute(store: Store, request: MuteRequest, now: Date): Promise<Mute> {
  const { subject, forMs, why } = request;
  const added: Mute = {
    id: randomUUID().slice(0, 8),
    ...subject,
    from: now.toISOString(),
    until: new Date(now.getTime() + forMs).toISOString(),
    why,
  };
  const record = await changed(store, (before) => {
    const after = withMute(before, added, now);
    if (after !== undefined) return after;
    throw new MuteError('too_many', `${MOST_MUTES} mutes hold already; end one with unmute`);
  });
  return record.state.mutes?.find(({ id }) => id === added.id) ?? added;
}

/**
 * Ends the mutes that are meant, now.
 *
 * @returns those that ended
 * @throws {StoreError | MuteError}
 */
export async function unmute(store: Store, isMeant: (mute: Mute) => boolean, now: Date): Promise<Mute[]> {
  let ended: readonly Mute[] = [];
  await changed(store, (before) => {
    const unmuted = withoutMutes(before, isMeant, now);
    ended = unmuted.ended;
    return unmuted.record;
  });
  return [...ended];
}

/**
 * Mutes that hold now.
 *
 * @throws {StoreError | MuteError}
 */
export async function mutesHolding(store: Store, now: Date): Promise<Mute[]> {
  return mutesIn((await watcherRecord(store)).record, now);
}

async function changed(store: Store, change: (record: StoredRecord) => StoredRecord): Promise<StoredRecord> {
  const held = await watcherRecord(store);
  const updated = await update(store, held, { change: (record) => ({ record: change(record) }) });
  if (updated.kind === 'done') return updated.held.record;
  throw refusal(updated.kind);
}

async function watcherRecord(store: Store): Promise<HeldRecord> {
  const read = await readRecord(store, WATCHER_KEY);
  if (read.kind === 'record') return read.held;
  throw refusal(read.kind);
}

function refusal(kind: keyof typeof WHY_NOT): WatchError {
  return kind === 'missing' ? new StoreError('missing', WHY_NOT.missing) : new MuteError(kind, WHY_NOT[kind]);
}
