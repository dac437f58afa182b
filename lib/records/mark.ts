import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../base/json.ts';
import type { Item, ItemKey, Store } from '../store/store.ts';
import { TIME } from './codec.ts';
import { WATCHER_KEY } from './keys.ts';

/**
 * The key of the mark of a good tick. A tick without changes writes no record, so the mark alone shows that it ran; it
 * has its own item, so that no write of the watcher's record waits for it.
 */
export const MARK_KEY: ItemKey = { partition: WATCHER_KEY.partition, id: 'mark' };

/** A project in the watcher's configuration. */
export interface MarkedProject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** With the places `{region}`, `{project}` and `{task}`. */
  readonly consoleUrl?: string | undefined;
  readonly keyFingerprint: string;
  readonly endpointFingerprint: string;
}

/** A channel in the watcher's configuration. */
export interface MarkedChannel {
  readonly name: string;
  readonly type: string;
  readonly audience: 'people' | 'programs';
  /** Fingerprint of its settings. */
  readonly settings: string;
}

/** The part of the watcher's configuration that readers of its state need when they lack the file or its secrets. */
export interface Outline {
  /** Between two ticks. Milliseconds. */
  readonly intervalMs: number;
  /** Entries of the configuration; several may be for one project. */
  readonly projects: readonly MarkedProject[];
  readonly channels: readonly MarkedChannel[];
}

/** The facts of a tick in its mark. */
export interface Mark {
  /** When the tick began (ISO 8601, UTC). */
  readonly at: string;
  /** Tasks that are watched. */
  readonly tasks: number;
  readonly failedLooks: number;
  /** Due looks that were not made, except during a cooldown, which the record shows. */
  readonly skippedLooks: number;
  /** The duration of the tick. Milliseconds. */
  readonly ms: number;
  /** Absent in marks of older versions. */
  readonly outline?: Outline | undefined;
}

/** The least time between two marks, since ticks may be seconds apart. */
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
  // An outline of a newer version may be unreadable here. The rest of the mark still counts.
  outline: z.catch(z.optional(OUTLINE), undefined),
});

/**
 * The mark of the last tick. Where each project has its own ticks, their marks are added up, and the oldest one decides
 * the age.
 *
 * @returns nothing when there is no readable mark
 */
export async function loadMark(store: Store): Promise<Mark | undefined> {
  const items = await store.load(MARK_KEY.partition);
  const marks = new Map(items.flatMap((item) => namedMark(item)));
  return together(marks);
}

function namedMark(item: Item): [string, Mark][] {
  const { id } = item.key;
  const mark = id === MARK_KEY.id || id.startsWith(OF_PROJECT) ? markIn(item) : undefined;
  return mark === undefined ? [] : [[id, mark]];
}

/** @param marks by id */
function together(marks: ReadonlyMap<string, Mark>): Mark | undefined {
  const whole = marks.get(MARK_KEY.id);
  const [newest] = [...marks.values()].toSorted((a, b) => b.at.localeCompare(a.at));
  if (newest === undefined || newest === whole) return whole;
  const ids = new Set(newest.outline?.projects.map(({ id }) => id));
  const own = [...ids].map((id) => newerOf(whole, marks.get(markKey(id).id)));
  const known = own.filter((mark) => mark !== undefined);
  // A project without a mark has had no tick of its own yet, so the sum would not cover all projects.
  if (known.length < own.length || known.length === 0) return whole;
  const [oldest = newest] = known.toSorted((a, b) => a.at.localeCompare(b.at));
  const different = [...new Set(known)];
  const sum = (of: (mark: Mark) => number) => different.reduce((total, mark) => total + of(mark), 0);
  return {
    at: oldest.at,
    // The mark of a tick over all projects already counts all tasks.
    tasks: whole !== undefined && known.includes(whole) ? whole.tasks : sum(({ tasks }) => tasks),
    failedLooks: sum(({ failedLooks }) => failedLooks),
    skippedLooks: sum(({ skippedLooks }) => skippedLooks),
    ms: Math.max(...different.map(({ ms }) => ms)),
    outline: newest.outline,
  };
}

function newerOf(one: Mark | undefined, other: Mark | undefined): Mark | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.at > other.at ? one : other;
}

const OF_PROJECT = `${MARK_KEY.id}:`;

/** The key of a tick's mark. */
function markKey(projectId: string | undefined): ItemKey {
  return projectId === undefined ? MARK_KEY : { ...MARK_KEY, id: `${OF_PROJECT}${projectId}` };
}

function markIn({ body }: Item): Mark | undefined {
  return SHAPE.safeParse(parseJson(body)).data;
}

/** A mark as it is stored; without a time where it cannot be read. */
interface KnownMark {
  readonly rev: number;
  readonly at: string | undefined;
}

/** Marks as this process last wrote or read them, by id. They save a warm process the read of a recent mark. */
export type KnownMarks = Map<string, KnownMark>;

export interface MarkPlace {
  /** The project that the tick was about; absent: all of them. */
  readonly projectId?: string | undefined;
  readonly known?: KnownMarks | undefined;
}

/**
 * Writes the mark of a tick, unless the last mark is younger than two minutes. A mark that another tick writes at the
 * same time is as good.
 *
 * @throws {StoreError}
 */
export async function leaveMark(store: Store, mark: Mark, place: MarkPlace = {}): Promise<void> {
  const { projectId, known = new Map() } = place;
  const key = markKey(projectId);
  const remembered = known.get(key.id);
  const isSettled = await leaveAfter(remembered ?? (await readMark(store, key)), mark, { store, key, known });
  // The remembered revision is out of date: another process wrote a mark, or a backup was restored.
  if (!isSettled && remembered !== undefined) {
    await leaveAfter(await readMark(store, key), mark, { store, key, known });
  }
}

interface MarkedPlace {
  readonly store: Store;
  readonly key: ItemKey;
  readonly known: KnownMarks;
}

async function readMark(store: Store, key: ItemKey): Promise<KnownMark> {
  const item = await store.get(key);
  return { rev: item?.rev ?? 0, at: item && markIn(item)?.at };
}

/** @returns false when the stored mark is another one */
async function leaveAfter(
  before: KnownMark,
  mark: Mark,
  { store, key, known }: MarkedPlace,
): Promise<boolean> {
  known.set(key.id, before);
  if (before.at !== undefined && isRecent(before.at, mark)) return true;
  const rev = before.rev + 1;
  const saved = await store.save({ key, rev, nonce: randomUUID(), body: JSON.stringify(mark) });
  if (saved === 'saved') known.set(key.id, { rev, at: mark.at });
  return saved === 'saved';
}

/** A wrong clock may have dated a mark far ahead. */
function isRecent(before: string, mark: Mark): boolean {
  return Math.abs(Date.parse(mark.at) - Date.parse(before)) < EVERY_MS;
}
