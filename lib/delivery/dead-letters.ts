import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../base/json.ts';
import { STORED_EVENT } from '../events/stored.ts';
import { DELIVERY, TIME } from '../records/codec.ts';
import type { Item, ItemKey, Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { redriveCount } from './outbox/outbox.ts';
import type { DeadLetter, DeadLetterName } from './outbox/types.ts';

/** Where all dead letters stand. */
const DEAD_PARTITION = 'dead';
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/** A dead letter as it is stored. */
export interface StoredDeadLetter extends DeadLetter {
  /** Where the record stands that owed it. */
  readonly record?: ItemKey;
  /** When it was put back into its record (ISO 8601, UTC): from then on it is dead no more. */
  readonly redrivenAt?: string;
}

/** A dead letter with its place in the store. */
export interface HeldDeadLetter extends Pick<Item, 'key' | 'rev' | 'expiresAt'> {
  readonly letter: StoredDeadLetter;
}

/**
 * Stores dead letters, before their record lets go of them. A delivery has one key for each time that it dies, so
 * burying it again, after a crash in between, changes nothing.
 *
 * @param record where the record stands
 */
export async function storeDeadLetters(
  store: Store,
  record: ItemKey,
  dead: readonly DeadLetter[],
  now: Date,
): Promise<void> {
  const expiresAt = Math.floor(now.getTime() / 1000) + KEPT_SECONDS;
  for (const letter of dead) {
    const stored: StoredDeadLetter = { ...letter, record };
    const key = deadLetterKey(letter, redriveCount(letter.delivery));
    await store.save({ key, rev: 1, nonce: randomUUID(), body: JSON.stringify(stored), expiresAt });
  }
}

/** Sorts by the time of the event. A delivery that was put back gets another key when it dies again. */
function deadLetterKey({ event, channel }: Pick<DeadLetter, 'event' | 'channel'>, redrives: number): ItemKey {
  const again = redrives === 0 ? '' : `/${redrives}`;
  return { partition: DEAD_PARTITION, id: `${event.time}/${event.id}/${channel}${again}` };
}

/** Deliveries to removed channels are one line per channel. */
export function logCancelled(cancelled: readonly DeadLetter[], log: Log): void {
  for (const [channel, all] of Map.groupBy(cancelled, ({ channel }) => channel)) {
    log({ kind: 'deliveries_cancelled', channel, count: all.length });
  }
}

/** One line for each dead letter. */
export function logDeadLetters(dead: readonly DeadLetter[], log: Log): void {
  for (const { channel, event, why, delivery } of dead) {
    log({ kind: 'dead_letter', channel, eventId: event.id, why, attempts: delivery.attempts });
  }
}

/** All dead letters, those that were put back too; and the ids of those that cannot be read. */
export async function loadDeadLetters(
  store: Store,
): Promise<{ readonly letters: readonly HeldDeadLetter[]; readonly unreadable: readonly string[] }> {
  const letters: HeldDeadLetter[] = [];
  const unreadable: string[] = [];
  for (const item of await store.load(DEAD_PARTITION)) {
    const held = decodeLetter(item);
    if (held === undefined) unreadable.push(item.key.id);
    else letters.push(held);
  }
  return { letters, unreadable };
}

/** The letter as it stands now; nothing when there is none any more. */
export async function reloadDeadLetter(
  store: Store,
  { key }: HeldDeadLetter,
): Promise<HeldDeadLetter | undefined> {
  const item = await store.get(key);
  return item && decodeLetter(item);
}

/** The letter of the same delivery that died once more after this one was put back. */
export async function nextDeadLetter(
  store: Store,
  { letter }: HeldDeadLetter,
): Promise<HeldDeadLetter | undefined> {
  const item = await store.get(deadLetterKey(letter, redriveCount(letter.delivery) + 1));
  return item && decodeLetter(item);
}

/**
 * Notes that a letter was put back: it is kept until its time is over, and no longer dead. Whoever else noted it first
 * is right as well.
 */
export async function markRedriven(store: Store, held: HeldDeadLetter, now: Date): Promise<void> {
  const { key, rev, expiresAt, letter } = held;
  if (letter.redrivenAt !== undefined) return;
  const body = JSON.stringify({ ...letter, redrivenAt: now.toISOString() });
  await store.save({
    key,
    rev: rev + 1,
    nonce: randomUUID(),
    body,
    ...(expiresAt !== undefined && { expiresAt }),
  });
}

/**
 * Settles the letter of a delivery that arrives, if there is one, before its record forgets it. Whoever put it back may
 * have died before noting that in the letter, and the record does not remember for ever what arrived.
 */
export async function resolveDeadLetter(
  store: Store,
  { event, channel, redrives }: DeadLetterName,
  now: Date,
): Promise<void> {
  const item = await store.get(deadLetterKey({ event, channel }, redrives));
  const held = item && decodeLetter(item);
  if (held !== undefined) await markRedriven(store, held, now);
}

const LETTER = z.custom<StoredDeadLetter>((value) => LETTER_SHAPE.safeParse(value).success);

const LETTER_SHAPE = z.object({
  event: STORED_EVENT,
  channel: z.string(),
  delivery: DELIVERY,
  why: z.string(),
  diedAt: TIME,
  record: z.optional(z.object({ partition: z.string(), id: z.string() })),
  redrivenAt: z.optional(TIME),
});

function decodeLetter({ key, rev, expiresAt, body }: Item): HeldDeadLetter | undefined {
  const parsed = LETTER.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  return { key, rev, letter: parsed.data, ...(expiresAt !== undefined && { expiresAt }) };
}
