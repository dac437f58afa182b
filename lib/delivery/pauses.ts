import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Store } from '../store/store.ts';

/** Which channels rest, and until when: a stored fact that all tasks and all runs see. */
export interface Pauses {
  isPaused(channel: string, now: Date): boolean;
  /** Remembers that a channel rests until `until`; an earlier end than the one known changes nothing. */
  pause(channel: string, until: Date, reason: string): Promise<void>;
}

const PARTITION = 'channels';
const PAUSE = z.object({ pausedUntil: z.iso.datetime(), reason: z.string() });

/** Reads the pauses. One query, so it is only made when there is something to tell. */
export async function loadPauses(store: Store): Promise<Pauses> {
  const known = new Map<string, { rev: number; until: number }>();
  for (const { key, rev, body } of await store.load(PARTITION)) {
    known.set(key.id, { rev, until: pausedUntil(body) });
  }

  return {
    isPaused: (channel, now) => (known.get(channel)?.until ?? 0) > now.getTime(),

    async pause(channel, until, reason) {
      const before = known.get(channel) ?? { rev: 0, until: 0 };
      if (until.getTime() <= before.until) return;
      const rev = before.rev + 1;
      known.set(channel, { rev, until: until.getTime() });
      const body = JSON.stringify({ pausedUntil: until.toISOString(), reason });
      // A conflict means that another run paused the channel in this moment: its word is as good as ours.
      await store.save({ key: { partition: PARTITION, id: channel }, rev, nonce: randomUUID(), body });
    },
  };
}

/** An unreadable item is no pause: the channel is tried, and paused anew if it asks for it. */
function pausedUntil(body: string): number {
  try {
    const parsed = PAUSE.safeParse(JSON.parse(body));
    return parsed.success ? Date.parse(parsed.data.pausedUntil) : 0;
  } catch {
    return 0;
  }
}
