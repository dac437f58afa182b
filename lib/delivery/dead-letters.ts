import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import { parseJson } from '../base/json.ts';
import type { MigrationEvent } from '../events/event.ts';
import { STORED_EVENT } from '../events/stored.ts';
import { DELIVERY, TIME } from '../records/codec.ts';
import { DEAD_PARTITION } from '../store/partitions.ts';
import type { Item, ItemKey, Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import { redriveCount } from './outbox/outbox.ts';
import type { DeadLetter, DeadLetterName } from './outbox/types.ts';

const KEPT_SECONDS = 30 * 24 * 60 * 60;

/** A dead letter as it is stored. */
export interface StoredDeadLetter extends DeadLetter {
  /** Key of its record. */
  readonly record?: ItemKey;
  /** When it was requeued (ISO 8601, UTC); absent while it is dead. */
  readonly redrivenAt?: string;
}

/** A dead letter with its place in the store. */
export interface HeldDeadLetter {
  readonly key: ItemKey;
  readonly rev: number;
  /** Seconds since the epoch. */
  readonly expiresAt?: number;
  readonly deadLetter: StoredDeadLetter;
}

/**
 * Stores dead letters before their record drops the deliveries. A delivery has one key for each time that it dies, so
 * that storing it again after a crash changes nothing.
 *
 * @param record key of the record
 */
export async function storeDeadLetters(
  store: Store,
  record: ItemKey,
  dead: readonly DeadLetter[],
  now: Date,
): Promise<void> {
  const expiresAt = Math.floor(now.getTime() / 1000) + KEPT_SECONDS;
  for (const deadLetter of dead) {
    const stored: StoredDeadLetter = { ...deadLetter, record };
    const key = deadLetterKey(deadLetter, redriveCount(deadLetter.delivery));
    await store.save({ key, rev: 1, nonce: randomUUID(), body: JSON.stringify(stored), expiresAt });
  }
}

/** A key that sorts by the time of the event. A requeued delivery gets another key when it dies again. */
function deadLetterKey(
  { event, channel }: { readonly event: MigrationEvent; readonly channel: string },
  redrives: number,
): ItemKey {
  const again = redrives === 0 ? '' : `/${redrives}`;
  return { partition: DEAD_PARTITION, id: `${event.time}/${event.id}/${channel}${again}` };
}

/** One line for each dead letter; deliveries to removed channels are one line per channel. */
export function logDeadLetters(dead: readonly DeadLetter[], log: Log): void {
  const { cancelled = [], ended = [] } = Object.groupBy(dead, ({ why }) =>
    why === 'cancelled' ? 'cancelled' : 'ended',
  );
  for (const { channel, event, why, delivery } of ended) {
    log({ kind: 'dead_letter', channel, eventId: event.id, why, attempts: delivery.attempts });
  }
  for (const [channel, all] of Map.groupBy(cancelled, ({ channel }) => channel)) {
    log({ kind: 'deliveries_cancelled', channel, count: all.length });
  }
}

/** All dead letters, requeued ones included, and the ids of unreadable ones. */
export async function loadDeadLetters(
  store: Store,
): Promise<{ readonly deadLetters: readonly HeldDeadLetter[]; readonly unreadable: readonly string[] }> {
  const deadLetters: HeldDeadLetter[] = [];
  const unreadable: string[] = [];
  for (const item of await store.load(DEAD_PARTITION)) {
    const held = decodeLetter(item);
    if (held === undefined) unreadable.push(item.key.id);
    else deadLetters.push(held);
  }
  return { deadLetters, unreadable };
}

/** The dead letter as it is stored now. */
export async function reloadDeadLetter(
  store: Store,
  { key }: HeldDeadLetter,
): Promise<HeldDeadLetter | undefined> {
  const item = await store.get(key);
  return item && decodeLetter(item);
}

/** The dead letter of the same delivery that died again after this one was requeued. */
export async function nextDeadLetter(
  store: Store,
  { deadLetter }: HeldDeadLetter,
): Promise<HeldDeadLetter | undefined> {
  const item = await store.get(deadLetterKey(deadLetter, redriveCount(deadLetter.delivery) + 1));
  return item && decodeLetter(item);
}

/** Marks a dead letter as requeued; it stays stored until it expires. Another run may have marked it first. */
export async function markRedriven(store: Store, held: HeldDeadLetter, now: Date): Promise<void> {
  const { key, rev, expiresAt, deadLetter } = held;
  if (deadLetter.redrivenAt !== undefined) return;
  const body = JSON.stringify({ ...deadLetter, redrivenAt: now.toISOString() });
  await store.save(defined({ key, rev: rev + 1, nonce: randomUUID(), body, expiresAt }));
}

/**
 * Resolves the dead letter of a delivery that arrives, before the record drops the delivery. A redrive may have crashed
 * before it marked the dead letter, and the delivery log soon forgets that the delivery arrived.
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
  return defined({ key, rev, deadLetter: parsed.data, expiresAt });
}
