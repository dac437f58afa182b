import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../../base/json.ts';
import type { Item, ItemKey, Store } from '../../store/store.ts';
import { TIME } from '../codec.ts';

/** The runs of one project, where each project has its own. All times are ISO 8601, UTC. */
export interface ProjectRuns {
  readonly owner: string;
  /** Another run begins at this time at the earliest. */
  readonly until: string;
  /** The start of the last run that ended. */
  readonly endedRunAt?: string | undefined;
  /** When the first run was asked for; absent once a run has ended. */
  readonly askedAt?: string | undefined;
}

/** The right of one run to be the only one of its project. */
export interface HeldRun {
  readonly projectId: string;
  readonly owner: string;
  readonly rev: number;
  readonly endedRunAt: string | undefined;
  readonly askedAt: string | undefined;
}

export interface RunRequest {
  readonly owner: string;
  readonly now: Date;
  readonly forMs: number;
}

const PARTITION = 'runs';
/** The longest right to a run. A clock that is wrong by more costs only a tick, since records have their own leases. */
const LONGEST_MS = 20 * 60_000;

const SHAPE = z.object({
  owner: z.string(),
  until: TIME,
  endedRunAt: z.optional(TIME),
  askedAt: z.optional(TIME),
});

/**
 * Notes that the first run of a project will be asked for. A run that never begins cannot report that itself.
 *
 * @throws {StoreError}
 */
export async function askForRun(store: Store, projectId: string, now: Date): Promise<void> {
  const askedAt = now.toISOString();
  const held: HeldRun = { projectId, owner: '', rev: 1, endedRunAt: undefined, askedAt };
  await save(store, held, { owner: '', until: askedAt, askedAt });
}

/**
 * Takes the right to run one project. Two runs at a time would send requests with one key at twice its rate.
 *
 * @returns nothing while another run has the right
 * @throws {StoreError}
 */
export async function takeRun(
  store: Store,
  projectId: string,
  { owner, now, forMs }: RunRequest,
): Promise<HeldRun | undefined> {
  const item = await store.get(keyOf(projectId));
  const before = item && runsIn(item);
  const leftMs = before === undefined ? 0 : Date.parse(before.until) - now.getTime();
  if (leftMs > 0 && leftMs <= LONGEST_MS) return undefined;
  const rev = (item?.rev ?? 0) + 1;
  const endedRunAt = before?.endedRunAt;
  const askedAt = endedRunAt === undefined ? (before?.askedAt ?? now.toISOString()) : undefined;
  const held: HeldRun = { projectId, owner, rev, endedRunAt, askedAt };
  const until = new Date(now.getTime() + Math.min(forMs, LONGEST_MS)).toISOString();
  const isTaken = await save(store, held, { owner, until, endedRunAt, askedAt });
  return isTaken ? held : undefined;
}

/**
 * Gives the right back, and notes the start of the run that ends now.
 *
 * @throws {StoreError}
 */
export async function endRun(store: Store, held: HeldRun, startedAt: Date, now: Date): Promise<void> {
  const { owner, rev } = held;
  const ended = { owner, until: now.toISOString(), endedRunAt: startedAt.toISOString() };
  await save(store, { ...held, rev: rev + 1 }, ended);
}

/**
 * Gives the right back after a failed run, so that the next one may begin at once.
 *
 * @throws {StoreError}
 */
export async function abandonRun(store: Store, held: HeldRun, now: Date): Promise<void> {
  const { owner, rev, endedRunAt, askedAt } = held;
  await save(store, { ...held, rev: rev + 1 }, { owner, until: now.toISOString(), endedRunAt, askedAt });
}

/**
 * The runs of all projects, by the ids of the projects.
 *
 * @throws {StoreError}
 */
export async function loadRuns(store: Store): Promise<ReadonlyMap<string, ProjectRuns>> {
  const items = await store.load(PARTITION);
  return new Map(
    items.flatMap((item): [string, ProjectRuns][] => {
      const runs = runsIn(item);
      return runs === undefined ? [] : [[item.key.id, runs]];
    }),
  );
}

async function save(store: Store, { projectId, rev }: HeldRun, runs: ProjectRuns): Promise<boolean> {
  const item = { key: keyOf(projectId), rev, nonce: randomUUID(), body: JSON.stringify(runs) };
  return (await store.save(item)) === 'saved';
}

function runsIn({ body }: Item): ProjectRuns | undefined {
  return SHAPE.safeParse(parseJson(body)).data;
}

function keyOf(projectId: string): ItemKey {
  return { partition: PARTITION, id: projectId };
}
