import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { ItemKey, Store } from '../store/store.ts';
import type { DeadLetter } from './outbox.ts';

/** Where all dead letters stand. */
const DEAD_PARTITION = 'dead';
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Stores dead letters, before the record lets go of them. A letter has one key, so burying it again, after a crash in
 * between, changes nothing.
 */
export async function buryDead(store: Store, dead: readonly DeadLetter[], now: Date): Promise<void> {
  const expiresAt = Math.floor(now.getTime() / 1000) + KEPT_SECONDS;
  for (const letter of dead) {
    await store.save({
      key: deadLetterKey(letter),
      rev: 1,
      nonce: randomUUID(),
      body: JSON.stringify(letter),
      expiresAt,
    });
  }
}

/** Sorts by the time of the event. */
function deadLetterKey({ event, channel }: DeadLetter): ItemKey {
  return { partition: DEAD_PARTITION, id: `${event.time}/${event.id}/${channel}` };
}

/** Says of each dead letter that its event will not be told. */
export function logDead(dead: readonly DeadLetter[], log: Log): void {
  for (const { channel, event, why, delivery } of dead) {
    log({ kind: 'dead_letter', channel, eventId: event.id, why, attempts: delivery.attempts });
  }
}
