import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../base/json.ts';
import type { Item, ItemKey, Store } from '../store/store.ts';
import { TIME } from './codec.ts';
import { WATCHER_KEY } from './keys.ts';

/**
 * The mark that a good tick leaves: a tick that changes nothing writes no record. It stands beside the record about the
 * whole configuration, and apart from it: nothing is decided by it, and nobody who writes that record waits for it.
 */
export const MARK_KEY: ItemKey = { partition: WATCHER_KEY.partition, id: 'mark' };

/** A project as the watcher knew it. */
export interface MarkedProject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** With the places `{region}`, `{project}` and `{task}`. */
  readonly consoleUrl?: string | undefined;
  readonly keyFingerprint: string;
  readonly endpointFingerprint: string;
}

/** A channel as the watcher knew it. */
export interface MarkedChannel {
  readonly name: string;
  readonly type: string;
  readonly audience: 'people' | 'programs';
  /** Fingerprint of its settings. */
  readonly settings: string;
}

/** The configuration of the watcher, as far as readers of its state need it who have none, or not its secrets. */
export interface Outline {
  /** Between two ticks. Milliseconds. */
  readonly intervalMs: number;
  /** Entries; several may be for one project. */
  readonly projects: readonly MarkedProject[];
  readonly channels: readonly MarkedChannel[];
}

/** What the mark says of the tick. */
export interface Mark {
  /** When the tick began (ISO 8601, UTC). */
  readonly at: string;
  /** Tasks that are watched. */
  readonly tasks: number;
  readonly failedLooks: number;
  /** Looks that were due, and not made; those that waited for a cooldown, which has a record, apart. */
  readonly skippedLooks: number;
  /** The duration of the tick. Milliseconds. */
  readonly ms: number;
  /** Absent in marks of older versions. */
  readonly outline?: Outline | undefined;
}

/** Ticks may be seconds apart: marks are not. */
const EVERY_MS = 120_000;

const COUNT = z.number().check(z.int(), z.nonnegative());
const OUTLINE = z.object({
  intervalMs: COUNT,
  projects: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      region: z.string(),
      consoleUrl: z.optional(z.string()),
      keyFingerprint: z.string(),
      endpointFingerprint: z.string(),
    }),
  ),
  channels: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      audience: z.enum(['people', 'programs']),
      settings: z.string(),
    }),
  ),
});
const SHAPE = z.object({
  at: TIME,
  tasks: COUNT,
  failedLooks: COUNT,
  skippedLooks: COUNT,
  ms: COUNT,
  // That of a newer version may look otherwise: the mark is one all the same.
  outline: z.catch(z.optional(OUTLINE), undefined),
});

/** @returns nothing where no tick has left one that can be read */
export async function loadMark(store: Store): Promise<Mark | undefined> {
  const item = await store.get(MARK_KEY);
  return item === undefined ? undefined : markIn(item);
}

function markIn({ body }: Item): Mark | undefined {
  return SHAPE.safeParse(parseJson(body)).data;
}

/**
 * Leaves the mark of a tick, unless another one did within two minutes. One that writes at the same time is as good.
 *
 * @throws {StoreError}
 */
export async function leaveMark(store: Store, mark: Mark): Promise<void> {
  const item = await store.get(MARK_KEY);
  const before = item && markIn(item);
  if (before !== undefined && isRecent(before, mark)) return;
  const rev = (item?.rev ?? 0) + 1;
  await store.save({ key: MARK_KEY, rev, nonce: randomUUID(), body: JSON.stringify(mark) });
}

/** One that is far ahead was dated by a clock that was wrong. */
function isRecent(before: Mark, mark: Mark): boolean {
  return Math.abs(Date.parse(mark.at) - Date.parse(before.at)) < EVERY_MS;
}
