import * as z from 'zod/mini';
import { taskRecordId, WATCHER_KEY } from '../../lib/records/keys.ts';
import type { StoredRecord } from '../../lib/records/record.ts';
import { loadRecord } from '../../lib/records/records.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { useWorld } from '../support/use-world.ts';
import { keptOpen, PROJECT_ID, type World } from '../support/world.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING', 'TERMINATED'] as const;

export const WEBHOOK = { cutover: { type: 'webhook' } } as const;
export const CHAT = { ops: { type: 'slack' } } as const;
export const BOTH = { ...CHAT, ...WEBHOOK } as const;

/** A world that ends with the test. By default with one webhook `cutover`. */
export const world = useWorld({ channels: WEBHOOK });

/** A tick for each status, a minute apart. */
export async function migrate(
  { status, tick, clock }: World,
  statuses: readonly string[] = STATUSES,
): Promise<void> {
  for (const word of statuses) {
    status('task-1', word);
    await tick();
    clock.advance(MINUTE);
  }
}

/** Ticks at this interval until nothing is pending. @returns the number of dead letters */
export async function drain({ tick, clock }: World, everyMs = MINUTE): Promise<number> {
  let dead = 0;
  for (let ticks = 0; ticks < 500; ticks += 1) {
    const summary = await tick();
    dead += summary.dead;
    if (summary.pending === 0) return dead;
    clock.advance(everyMs);
  }
  throw new Error('something stays pending for ever');
}

/** What is read of an event that was received. */
const EVENT = z.object({
  id: z.string(),
  type: z.string(),
  subject: z.string(),
  sequence: z.string(),
  data: z.object({
    number: z.number(),
    summary: z.string(),
    from: z.optional(z.object({ status: z.string() })),
    to: z.optional(z.object({ status: z.string() })),
  }),
});

/** What arrived at a webhook, in order. */
export function received({ receiver }: World, channel = 'cutover') {
  return receiver
    .at(`/${channel}`)
    .map(({ headers, body }) => ({ headers, body, event: EVENT.parse(JSON.parse(body)) }));
}

/** The numbers of the events that arrived at a webhook, in order. */
export function numbers(made: World, channel = 'cutover', subject = 'task-1'): number[] {
  return received(made, channel)
    .filter(({ event }) => event.subject === subject)
    .map(({ event }) => event.data.number);
}

const DEAD_LETTER = z.object({
  event: z.looseObject({ id: z.string(), data: z.looseObject({ number: z.number() }) }),
  channel: z.string(),
  why: z.string(),
  diedAt: z.string(),
  delivery: z.object({
    attempts: z.number(),
    history: z.array(z.looseObject({ at: z.string(), class: z.string(), reason: z.string() })),
  }),
});

export async function deadLetters({ store }: World) {
  return (await store.load('dead')).map(({ body }) => DEAD_LETTER.parse(JSON.parse(body)));
}

export async function recordOf({ store }: World, taskId = 'task-1'): Promise<StoredRecord> {
  const held = await loadRecord(store, { partition: `project:${PROJECT_ID}`, id: taskRecordId(taskId) });
  if (held === undefined) throw new Error(`no record of ${taskId}`);
  return held.record;
}

/** The store, and everything that was saved of tasks and projects, in order; `before` each save a test may do something. */
export function watched(
  store: Store,
  before: (item: Item, number: number) => void = () => undefined,
): { readonly store: Store; readonly saved: readonly Item[] } {
  const saved: Item[] = [];
  return {
    saved,
    store: {
      ...keptOpen(store),
      save: (item) => {
        // Which projects there are is no change of a task.
        if (item.key.partition === WATCHER_KEY.partition) return store.save(item);
        saved.push(item);
        before(item, saved.length);
        return store.save(item);
      },
    },
  };
}
