import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { plainId } from '../../migration/model/task-id.ts';
import { GROUPS_PARTITION, projectPartition, taskIdIn } from '../../records/keys.ts';
import {
  loadPartitions,
  loadRecords,
  loadWatcher,
  type PartitionRecords,
  removedPartitions,
} from '../../records/partition.ts';
import type { LoadOptions, Store } from '../../store/store.ts';
import type { TickContext } from '../context.ts';
import type { TickGroup, TickProject } from '../target.ts';

/** All records, as one tick read them. */
export interface TickRecords {
  /** Records of each project, with its entries of the configuration. */
  readonly byProject: ReadonlyMap<PartitionRecords, readonly TickProject[]>;
  /** Records of the projects that other runs poll, where there are groups. */
  readonly elsewhere: TickRecords['byProject'];
  readonly groups: PartitionRecords | undefined;
  /** One record about the whole configuration. */
  readonly watcher: PartitionRecords;
  /** Partitions that the configuration no longer has: no tick polls them, but their pending deliveries go on. */
  readonly removed: ReadonlyMap<string, PartitionRecords>;
}

/**
 * Reads everything before the first look: a tick that stalls after a look then loses its write, instead of announcing
 * what is over by then.
 */
export async function loadTickRecords(context: TickContext): Promise<TickRecords> {
  const { groups, store, onlyProjectId, projects, elsewhere = [] } = context;
  const [byProject, others, groupRecords] = await Promise.all([
    // A cached record does no harm here: every save compares revisions.
    loadProjects(projects, store, { mayBeCached: true }),
    loadMembers(elsewhere, groups, store),
    groups.length === 0 ? undefined : loadRecords(store, GROUPS_PARTITION),
  ]);
  // The watcher record is read last: a channel is named there before anything is pending for it.
  const watcher = await loadWatcher(store);
  const partitions = [
    ...configuredPartitions(byProject, groupRecords),
    ...elsewhere.map(({ id }) => projectPartition(id)),
  ];
  // Only ticks over the whole configuration handle removed projects.
  const removedNames = onlyProjectId === undefined ? removedPartitions(watcher, partitions) : [];
  const removed = await loadPartitions(store, removedNames);
  return { byProject, elsewhere: others, groups: groupRecords, watcher, removed };
}

export async function loadProjects(
  projects: readonly TickProject[],
  store: Store,
  options: LoadOptions = {},
): Promise<TickRecords['byProject']> {
  const byId = Map.groupBy(projects, ({ id }) => id);
  const read = [...byId].map(
    async ([id, entries]) => [await loadRecords(store, projectPartition(id), options), entries] as const,
  );
  return new Map(await Promise.all(read));
}

/**
 * Records of the projects that other runs poll: only those of group members and of the projects themselves, because one
 * run may lack the memory for all.
 */
export async function loadMembers(
  projects: readonly TickProject[],
  groups: readonly TickGroup[],
  store: Store,
): Promise<TickRecords['byProject']> {
  const byId = groups.length === 0 ? [] : [...Map.groupBy(projects, ({ id }) => id)];
  const read = new Map<PartitionRecords, readonly TickProject[]>();
  await eachAtMost(AT_ONCE.records, byId, async ([id, entries]) => {
    const keeps = memberRecords(entries, groups);
    read.set(await loadRecords(store, projectPartition(id), { keeps }), entries);
  });
  return read;
}

/** Whether the id of a record may name a member of a group, or names no task. */
function memberRecords(
  entries: readonly TickProject[],
  groups: readonly TickGroup[],
): (recordId: string) => boolean {
  const named = Map.groupBy(
    entries.flatMap(({ watches }) => watches),
    ({ taskId }) => plainId(taskId),
  );
  const watchesOf = (taskId: string) => [
    ...(named.get(plainId(taskId)) ?? []),
    ...entries.map(({ watchOf }) => watchOf(taskId)),
  ];
  return (recordId) => {
    const [taskId] = taskIdIn(recordId);
    return taskId === undefined || groups.some(({ isMember }) => watchesOf(taskId).some(isMember));
  };
}

export function configuredPartitions(
  byProject: TickRecords['byProject'],
  groups: TickRecords['groups'],
): string[] {
  const ofProjects = [...byProject.values()].flatMap(([project]) =>
    project === undefined ? [] : projectPartition(project.id),
  );
  return groups === undefined ? ofProjects : [...ofProjects, GROUPS_PARTITION];
}
