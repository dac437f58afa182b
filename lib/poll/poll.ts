import type { Cooldown } from '../migration/model/state.ts';
import { plainId } from '../migration/model/task-id.ts';
import { isResting } from '../migration/project/cooldown.ts';
import { type PartitionRecords, projectRecordId } from '../records/records.ts';
import { inherit } from './carry-over.ts';
import type { Commit } from './commit.ts';
import type { TickContext } from './context.ts';

import { judgeLooks } from './failures.ts';
import type { Known } from './load/known.ts';
import { type Looks, lookAtProject, type ProjectLooks } from './poll-project.ts';
import type { PolledEntry } from './polled-entry.ts';
import { letGo } from './release-tasks.ts';
import type { TickProject } from './target.ts';
import { createListing } from './task-list.ts';

/**
 * Looks at all projects at the same time, each at its own pace.
 *
 * @param whenLooked is called for each project as soon as its looks are saved and judged; its entries of the configuration
 *   are looked at together
 */
export async function pollProjects(
  { byProject }: Pick<Known, 'byProject'>,
  whenLooked: (looked: readonly PolledEntry[]) => Promise<void>,
  { lookUntil, commit }: { readonly lookUntil: number; readonly commit: Commit },
  context: TickContext,
): Promise<void> {
  const rests = [...byProject.keys()].flatMap(restsIn);
  const looking = [...byProject].map(([records, entries]) => ({
    entries,
    looked: lookAtEntries(records, entries, { earlier: [], rests, lookUntil, commit }, context),
  }));
  const others = async (endpoints: ReadonlySet<string>) => {
    const same = looking.filter(({ entries }) =>
      entries.some(({ endpointFingerprint }) => endpoints.has(endpointFingerprint)),
    );
    return (await Promise.all(same.map(({ looked }) => looked))).flatMap(({ looks }) => looks);
  };
  await Promise.all(
    looking.map(async ({ entries, looked }) => {
      const one = await looked;
      const endpoints = new Set(entries.map(({ endpointFingerprint }) => endpointFingerprint));
      await judgeLooks(one.looks, () => others(endpoints));
      await whenLooked(lookedAt(one));
    }),
  );
}

/**
 * Looks once more at the tasks of a project that are near a change.
 *
 * @param records of the project, as they were just read
 * @param earlier what the first looks of this tick found there
 * @param pass `all`: the records of all projects
 */
export async function pollAgain(
  records: PartitionRecords,
  earlier: readonly PolledEntry[],
  pass: { readonly all: readonly PartitionRecords[]; readonly lookUntil: number; readonly commit: Commit },
  context: TickContext,
): Promise<readonly PolledEntry[]> {
  const entries = earlier.map(({ project }) => project);
  const { all, lookUntil, commit } = pass;
  const rests = [records, ...all].flatMap(restsIn);
  return lookedAt(await lookAtEntries(records, entries, { earlier, rests, lookUntil, commit }, context));
}

function restsIn(records: PartitionRecords): Cooldown[] {
  return records.all().flatMap(({ record: { cooldown } }) => (cooldown === undefined ? [] : [cooldown]));
}

/** The entries of the configuration for one project, after their looks. */
interface LookedAtEntries {
  readonly looks: readonly Looks[];
  /** False when a task is in nobody's hands. */
  readonly isHandedOver: boolean;
}

function lookedAt({ looks, isHandedOver }: LookedAtEntries): PolledEntry[] {
  return looks.map(({ scene: { project, records, resting }, plan: { watches, isComplete } }) => ({
    project,
    records,
    resting,
    watches,
    isComplete: isComplete && isHandedOver,
  }));
}

/** One pass over the entries of a project. */
interface Pass {
  /** The first looks of this tick; empty in the first pass. */
  readonly earlier: readonly PolledEntry[];
  /** Of all projects, as they were before it. */
  readonly rests: readonly Cooldown[];
  /** When its looks must be over. By {@link Clock.elapsed}. */
  readonly lookUntil: number;
  readonly commit: Commit;
}

/** What one entry lets go of another one finds: all have let go before any looks. */
async function lookAtEntries(
  records: PartitionRecords,
  entries: readonly TickProject[],
  pass: Pass,
  context: TickContext,
): Promise<LookedAtEntries> {
  const { earlier } = pass;
  if (earlier.length === 0) await inherit(records, entries, pass.commit, context);
  const named = new Set(entries.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId))));
  const places = entries.map((project): ProjectLooks => {
    const before = earlier.find((one) => one.project === project);
    return { ...placeOf(project, records, pass, context), named, entries, earlier: before };
  });
  const isHandedOver = await handOver(places);
  return { looks: await Promise.all(places.map((place) => lookAtProject(place, context))), isHandedOver };
}

function placeOf(
  project: TickProject,
  records: PartitionRecords,
  { rests, lookUntil, commit }: Pass,
  context: TickContext,
) {
  const now = new Date(context.clock.now());
  const resting = isResting(records.find(projectRecordId(project.name))?.cooldown, project, now, rests);
  const listing = createListing(async (trust) =>
    resting ? { kind: 'skipped', why: 'resting' } : project.list(lookUntil, trust),
  );
  return { project, records, resting, rests, listing, lookUntil, commit, now };
}

/** @returns false when a task is in nobody's hands */
async function handOver(places: readonly ProjectLooks[]): Promise<boolean> {
  const first = places.filter(({ earlier }) => earlier === undefined);
  const all = await Promise.all(first.map((place) => letGo(place)));
  return all.every(Boolean);
}
