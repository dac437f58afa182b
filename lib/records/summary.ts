import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { fingerprintOfTexts } from '../base/fingerprint.ts';
import { parseJson } from '../base/json.ts';
import { plainId } from '../migration/model/task-id.ts';
import type { ItemKey, Store } from '../store/store.ts';

/** The last looks at one task. Times are seconds since the epoch. */
export interface LookSummary {
  /** The fingerprint of its row in the list before the last good look; empty if there was none. */
  readonly row: string;
  /** The last good look; 0 if there was none. */
  readonly lookedAt: number;
  /** The last look, failed ones included. */
  readonly triedAt: number;
}

/**
 * The summary of a project, written by ticks that read the list before they look. It is a cache: an old, wrong or lost
 * summary costs needless looks, but announces nothing.
 */
export interface Summary {
  find(taskId: string): LookSummary | undefined;
  /** This summary with newer entries, and without those of tasks that are not among `taskIds`. */
  with(news: ReadonlyMap<string, LookSummary>, taskIds: Iterable<string>): Summary;
  readonly entries: ReadonlyMap<string, LookSummary>;
  /** When its first entry was made, and when it was last saved (seconds since the epoch); absent while it is empty. */
  readonly since?: number | undefined;
  readonly savedAt?: number | undefined;
  /** The revision at which it was read; 0 if there was none. */
  readonly rev: number;
}

const PARTITION = 'summaries';
/**
 * An item of DynamoDB holds 400 kB. Entries with the oldest looks are dropped, so that their tasks are looked at first.
 */
const MOST_ENTRIES = 8000;
/** Characters of a fingerprint. A collision of two tasks or rows costs a look. */
const KEY_LENGTH = 12;
const ROW_LENGTH = 10;

const SECONDS = z.number().check(z.int(), z.nonnegative());
const SHAPE = z.object({
  version: z.literal(1),
  since: SECONDS,
  savedAt: SECONDS,
  tasks: z.record(z.string(), z.tuple([z.string(), SECONDS, SECONDS])),
});

/** The fingerprint of a row of the list, over all its fields. */
export function rowFingerprint(row: object): string {
  return fingerprintOfTexts([JSON.stringify(row)]).slice(0, ROW_LENGTH);
}

/**
 * Reads the summary of a project, which is empty if it is missing or unreadable.
 *
 * @throws {StoreError}
 */
export async function loadSummary(store: Store, projectId: string): Promise<Summary> {
  const item = await store.get(keyOf(projectId));
  const { data } = SHAPE.safeParse(item && parseJson(item.body));
  const tasks = Object.entries(data?.tasks ?? {});
  const entries = tasks.map(([key, [row, lookedAt, triedAt]]) => [key, { row, lookedAt, triedAt }] as const);
  return summaryOf(new Map(entries), { rev: item?.rev ?? 0, since: data?.since, savedAt: data?.savedAt });
}

/**
 * Saves the summary of a project, unless another run saved one meanwhile, which is as good.
 *
 * @throws {StoreError}
 */
export async function saveSummary(
  store: Store,
  projectId: string,
  { entries, rev, since }: Summary,
  now: Date,
): Promise<void> {
  const tasks = Object.fromEntries(
    [...entries].map(([key, { row, lookedAt, triedAt }]) => [key, [row, lookedAt, triedAt]] as const),
  );
  const savedAt = Math.floor(now.getTime() / 1000);
  const body = JSON.stringify({ version: 1, since: since ?? savedAt, savedAt, tasks });
  await store.save({ key: keyOf(projectId), rev: rev + 1, nonce: randomUUID(), body });
}

/** The empty summary. */
export const NO_SUMMARY: Summary = summaryOf(new Map(), { rev: 0 });

/** An empty summary that replaces this one. */
export function emptied({ rev }: Summary): Summary {
  return summaryOf(new Map(), { rev });
}

/** The fields of a summary beside its entries. */
interface Kept {
  readonly rev: number;
  readonly since?: number | undefined;
  readonly savedAt?: number | undefined;
}

function summaryOf(entries: ReadonlyMap<string, LookSummary>, kept: Kept): Summary {
  return {
    ...kept,
    entries,
    find: (taskId) => entries.get(shortKey(taskId)),
    with(news, taskIds) {
      const known = [...taskIds].flatMap((taskId): [string, LookSummary][] => {
        const key = shortKey(taskId);
        const entry = news.get(taskId) ?? entries.get(key);
        return entry === undefined ? [] : [[key, entry]];
      });
      const newest = known.toSorted(([, a], [, b]) => b.triedAt - a.triedAt).slice(0, MOST_ENTRIES);
      return summaryOf(new Map(newest), kept);
    },
  };
}

function shortKey(taskId: string): string {
  return fingerprintOfTexts([plainId(taskId)]).slice(0, KEY_LENGTH);
}

function keyOf(projectId: string): ItemKey {
  return { partition: PARTITION, id: projectId };
}
