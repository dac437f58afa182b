import { plainId } from '../migration/discovery.ts';
import { isResting } from '../migration/project.ts';
import { type PartitionRecords, projectRecordId } from '../records.ts';
import type { LookedAt } from './groups.ts';
import { inherit } from './inherit.ts';
import type { Known } from './known.ts';
import { letGo } from './let-go.ts';
import { createListing } from './listing.ts';
import { lookAtProject, type ProjectLooks } from './project-looks.ts';
import type { Run, TickProject } from './run.ts';

/**
 * Looks at all projects at the same time.
 *
 * @param earlier what the first pass of this tick looked at, if this is a further one
 */
export async function lookAtProjects(
  { byProject }: Known,
  earlier: readonly LookedAt[],
  run: Run,
): Promise<readonly LookedAt[]> {
  const all = [...byProject].map(([records, entries]) => lookAtEntries(records, entries, earlier, run));
  return (await Promise.all(all)).flat();
}

/** What one entry lets go of another one finds: all have let go before any looks. */
async function lookAtEntries(
  records: PartitionRecords,
  entries: readonly TickProject[],
  earlier: readonly LookedAt[],
  run: Run,
): Promise<LookedAt[]> {
  if (earlier.length === 0) await inherit(records, entries, run);
  const named = new Set(entries.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId))));
  const places = entries.map((project): ProjectLooks => {
    const before = earlier.find((one) => one.project === project);
    return { ...placeOf(project, records, run), named, entries, earlier: before };
  });
  const isHandedOver = await handOver(places, run);
  return Promise.all(
    places.map(async (place): Promise<LookedAt> => {
      const { isComplete, ...sight } = await lookAtProject(place, run);
      return { project: place.project, records, ...sight, isComplete: isComplete && isHandedOver };
    }),
  );
}

function placeOf(project: TickProject, records: PartitionRecords, run: Run) {
  const now = new Date(run.clock.now());
  const resting = isResting(records.find(projectRecordId(project.name))?.rest, project.keyFingerprint, now);
  const listing = createListing(async () =>
    resting ? { kind: 'skipped', why: 'resting' } : project.list(run.lookUntil),
  );
  return { project, records, resting, listing, now };
}

/** @returns false when a task is in nobody's hands */
async function handOver(places: readonly ProjectLooks[], run: Run): Promise<boolean> {
  const first = places.filter(({ earlier }) => earlier === undefined);
  const all = await Promise.all(first.map((place) => letGo(place, run)));
  return all.every(Boolean);
}
