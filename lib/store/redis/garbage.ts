import { DEAD_PARTITION } from '../partitions.ts';
import type { Item } from '../store.ts';
import { COLLECT_GARBAGE, scriptCommand } from './scripts.ts';
import type { Sessions } from './session/session.ts';

/** Time after its expiry until an item is deleted, which is longer than any difference of clocks. */
const GARBAGE_SECONDS = 3600;
/** The most items that are looked at once, during which a master serves no other client. */
const PART = 100;
const SWEEP_MS = 3600_000;

/** Deletes expired items, because no key has an expiry. A failure is made good the next time. */
export interface GarbageCollector {
  /** Deletes those among the items of a partition that was loaded. */
  collect(partition: string, items: readonly Item[]): Promise<void>;
  /** Deletes the oldest dead letters, at the first call and then once an hour. */
  sweep(): Promise<void>;
}

/** Wiring of a collector. */
interface Wiring {
  readonly sessions: Sessions;
  readonly keyOf: (partition: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createGarbageCollector({ sessions, keyOf, now }: Wiring): GarbageCollector {
  let sweptAtMs = Number.NEGATIVE_INFINITY;
  const lastSecond = () => Math.floor(now() / 1000) - GARBAGE_SECONDS;

  async function deleteExpired(partition: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const args = [lastSecond(), ...ids.slice(0, PART)];
    const command = scriptCommand('EVAL', COLLECT_GARBAGE, keyOf(partition), args);
    await sessions.use(({ connection }) => connection.askAll([command])).catch(() => undefined);
  }

  return {
    async collect(partition, items) {
      const second = lastSecond();
      const expired = items.filter(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt <= second);
      await deleteExpired(
        partition,
        expired.map(({ key }) => key.id),
      );
    },

    async sweep() {
      if (now() - sweptAtMs < SWEEP_MS) return;
      sweptAtMs = now();
      const key = keyOf(DEAD_PARTITION);
      const ids = await sessions
        .use(({ connection }) => connection.ask((redis) => redis.hkeys(key)))
        .catch(() => []);
      await deleteExpired(DEAD_PARTITION, ids.toSorted());
    },
  };
}
