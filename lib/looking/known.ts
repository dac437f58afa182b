import { count } from '../log.ts';
import { GROUPS_PARTITION, loadRecords, type PartitionRecords, projectPartition } from '../records.ts';
import type { TickGroup } from './groups.ts';
import type { Run, TickProject } from './run.ts';

/** Everything that is known, as one pass read it. */
export interface Known {
  readonly byProject: ReadonlyMap<PartitionRecords, readonly TickProject[]>;
  readonly groups: PartitionRecords | undefined;
}

/** Reading comes before looking: a run that stalls after its look must lose, or it tells a past that is over. */
export async function readKnown(
  projects: readonly TickProject[],
  groups: readonly TickGroup[],
  { store }: Pick<Run, 'store'>,
): Promise<Known> {
  const byId = Map.groupBy(projects, ({ id }) => id);
  const [byProject, groupRecords] = await Promise.all([
    Promise.all(
      [...byId].map(
        async ([id, entries]) => [await loadRecords(store, projectPartition(id)), entries] as const,
      ),
    ),
    groups.length === 0 ? undefined : loadRecords(store, GROUPS_PARTITION),
  ]);
  return { byProject: new Map(byProject), groups: groupRecords };
}

/** Says which records cannot be worked with. */
export function sayWhatIsUnread({ byProject, groups }: Known, { log, done }: Run): void {
  const named = [...byProject].map(([records, [project]]) => [records, `project ${project?.name}`] as const);
  const all = groups === undefined ? named : [...named, [groups, 'the groups'] as const];
  for (const [{ newer, unreadable }, where] of all) {
    if (newer.size > 0) {
      done.failedRecords += newer.size;
      const message = `${where}: ${count(newer.size, 'record')} of a newer version left alone, nothing of it is watched; deploy the newest version (first: ${[...newer][0]})`;
      log({ kind: 'problem', message });
    }
    for (const id of unreadable) {
      const message = `${where}: the record ${id} is unreadable; it is kept aside and the task gets a new baseline`;
      log({ kind: 'problem', message });
    }
  }
}
