import { GROUPS_PARTITION, projectPartition } from '../../records/keys.ts';
import {
  formerPartitions,
  loadPartitions,
  loadRecords,
  loadWatcher,
  type PartitionRecords,
} from '../../records/partition.ts';
import type { LoadOptions, Store } from '../../store/store.ts';
import type { TickContext } from '../context.ts';
import type { TickProject } from '../target.ts';

/** Everything that is known, as one tick read it. */
export interface Known {
  /** Records of each project, with its entries of the configuration. */
  readonly byProject: ReadonlyMap<PartitionRecords, readonly TickProject[]>;
  /** Records of the projects that other runs poll, where there are groups. */
  readonly elsewhere: Known['byProject'];
  readonly groups: PartitionRecords | undefined;
  /** One record about the whole configuration. */
  readonly watcher: PartitionRecords;
  /** Partitions that the configuration no longer has: nobody polls them, their pending deliveries go on. */
  readonly removed: ReadonlyMap<string, PartitionRecords>;
}

/** Reads everything before the first look: a tick that stalls after a look must lose its write, or it tells a past that is over. */
export async function loadKnown(context: TickContext): Promise<Known> {
  const { groups, store, onlyProjectId, projects, elsewhere = [] } = context;
  const [byProject, others, groupRecords] = await Promise.all([
    // Whatever is decided here about these is saved by comparing revisions.
    loadProjects(projects, store, { mayBeCached: true }),
    loadProjects(groups.length === 0 ? [] : elsewhere, store),
    groups.length === 0 ? undefined : loadRecords(store, GROUPS_PARTITION),
  ]);
  // The watcher record is read last: a channel is named there before anything is pending for it.
  const watcher = await loadWatcher(store);
  const partitions = [
    ...configuredPartitions(byProject, groupRecords),
    ...elsewhere.map(({ id }) => projectPartition(id)),
  ];
  // What was removed from the configuration is the matter of ticks about all of it.
  const former = onlyProjectId === undefined ? formerPartitions(watcher, partitions) : [];
  const removed = await loadPartitions(store, former);
  return { byProject, elsewhere: others, groups: groupRecords, watcher, removed };
}

export async function loadProjects(
  projects: readonly TickProject[],
  store: Store,
  options: LoadOptions = {},
): Promise<Known['byProject']> {
  const byId = Map.groupBy(projects, ({ id }) => id);
  const read = [...byId].map(
    async ([id, entries]) => [await loadRecords(store, projectPartition(id), options), entries] as const,
  );
  return new Map(await Promise.all(read));
}

export function configuredPartitions(byProject: Known['byProject'], groups: Known['groups']): string[] {
  const ofProjects = [...byProject.values()].flatMap(([project]) =>
    project === undefined ? [] : projectPartition(project.id),
  );
  return groups === undefined ? ofProjects : [...ofProjects, GROUPS_PARTITION];
}
