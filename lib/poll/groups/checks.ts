import { createQueue } from '../../base/concurrency.ts';
import type { Delivery } from '../../delivery/deliver.ts';
import type { DeliverableRecord } from '../../delivery/record-session.ts';
import { detectGroup } from '../../migration/group/group.ts';
import { GROUPS_PARTITION, groupRecordId, taskRecordId } from '../../records/keys.ts';
import { loadRecords, type PartitionRecords } from '../../records/partition.ts';
import type { Commit } from '../commit.ts';
import type { TickContext } from '../context.ts';
import type { Coverage } from '../coverage.ts';
import { recordsIn } from '../load/deliverable.ts';
import { loadMembers, loadProjects, type TickRecords } from '../load/tick-records.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import { membersOf, watchedGroup } from './watched-group.ts';

/** Evaluates the groups during one tick: after the first pass over all projects, and after each further one. */
export interface GroupChecks {
  /** @returns the records to deliver from */
  afterFirstPass(): Promise<readonly DeliverableRecord[]>;
  /** @returns the records to deliver from */
  afterFurtherPass(): Promise<readonly DeliverableRecord[]>;
}

/** The parts of a tick that the checks work with. */
export interface CheckParts {
  readonly known: TickRecords;
  readonly coverage: Coverage;
  readonly delivery: Delivery;
  readonly commit: Commit;
}

export function createGroupChecks(
  { known, coverage, delivery, commit }: CheckParts,
  context: TickContext,
): GroupChecks {
  const { groups: records } = known;
  if (records === undefined) return { afterFirstPass: async () => [], afterFurtherPass: async () => [] };
  const inTurn = createQueue();
  return {
    afterFirstPass: () =>
      inTurn(async () => {
        const entries = withDelivered(coverage.entries(), delivery, context);
        await evaluateGroups(entries, records, commit, context);
        return recordsIn(records, GROUPS_PARTITION, known);
      }),
    afterFurtherPass: () =>
      inTurn(async () => {
        if (!coverage.isComplete()) return [];
        // Groups are read before their tasks: a newer comparison by another tick then shows as a conflict.
        const fresh = await loadRecords(context.store, GROUPS_PARTITION);
        await evaluateGroups(await readAnew(coverage.entries(), context), fresh, commit, context);
        return recordsIn(fresh, GROUPS_PARTITION, known);
      }),
  };
}

/**
 * Compares the groups with their members. If another tick was faster with a member's record, ours is out of date, and
 * only the next pass announces anything for groups.
 *
 * @param groups the records of the groups
 */
async function evaluateGroups(
  entries: readonly PolledEntry[],
  groups: PartitionRecords,
  commit: Commit,
  context: TickContext,
): Promise<void> {
  if (entries.some(({ records }) => records.isOutdated())) return;
  for (const group of context.groups) {
    const id = groupRecordId(group.name);
    if (groups.isNewer(id)) continue;
    const members = membersOf(group.isMember, entries).map(({ watch, entry: { records } }) => ({
      watch,
      task: records.find(taskRecordId(watch.taskId))?.state,
    }));
    const watched = watchedGroup(group, members, entries);
    const update = detectGroup(groups.find(id), watched, new Date(context.clock.now()));
    if (update !== undefined) await commit(id, update, groups);
  }
}

/** The entries with their records as deliveries left them: a revalidation may have changed a record since its pass. */
function withDelivered(
  entries: readonly PolledEntry[],
  delivery: Delivery,
  { clock }: TickContext,
): readonly PolledEntry[] {
  const now = new Date(clock.now());
  const views = new Map<PartitionRecords, PartitionRecords>();
  const viewOf = (records: PartitionRecords): PartitionRecords => ({
    ...records,
    find(id) {
      const read = records.held(id, now);
      const delivered = delivery.heldAt(read.key);
      return delivered !== undefined && delivered.rev > read.rev ? delivered.record : records.find(id);
    },
  });
  return entries.map((entry) => {
    const view = views.get(entry.records) ?? viewOf(entry.records);
    views.set(entry.records, view);
    return { ...entry, records: view };
  });
}

async function readAnew(
  entries: readonly PolledEntry[],
  context: TickContext,
): Promise<readonly PolledEntry[]> {
  const { projects, elsewhere = [], groups, store } = context;
  const [own, others] = await Promise.all([
    loadProjects(projects, store),
    loadMembers(elsewhere, groups, store),
  ]);
  const fresh = new Map([...own, ...others].map(([records, [project]]) => [project?.id, records]));
  return entries.map((entry) => ({ ...entry, records: fresh.get(entry.project.id) ?? entry.records }));
}
