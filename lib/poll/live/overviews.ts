import type { Overview } from '../../events/overview.ts';
import { groupOverview } from '../../migration/group/group.ts';
import { plainId } from '../../migration/model/task-id.ts';
import { overviewOf } from '../../migration/overview/overview.ts';
import { groupRecordId, projectPartition, taskIdIn, taskRecordId } from '../../records/keys.ts';
import type { HeldRecord } from '../../records/records.ts';
import { figuresKey, type TickContext } from '../context.ts';
import type { Coverage } from '../coverage.ts';
import { membersOf, watchedGroup } from '../groups/watched-group.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import type { TickGroup } from '../target.ts';

/**
 * The overview of a record's subject, from its state and the looks of this tick; nothing if the subject is not watched
 * now.
 */
export type OverviewOf = (held: HeldRecord) => Overview | undefined;

export function createOverviews(coverage: Coverage, context: TickContext): OverviewOf {
  return ({ key, record }) => {
    const [taskId] = taskIdIn(key.id);
    const entries = coverage.entries();
    const now = new Date(context.clock.now());
    if (taskId === undefined) {
      const group = context.groups.find(({ name }) => groupRecordId(name) === key.id);
      const isKnown = group !== undefined && coverage.isComplete();
      return isKnown ? groupOverview(record.state, membersNow(group, entries), now) : undefined;
    }
    const watch = watchOf(taskId, key.partition, entries);
    if (watch === undefined) return undefined;
    const stats = context.stats.figures.get(figuresKey(watch));
    return overviewOf({ task: record.state, watch, stats, now });
  };
}

function watchOf(taskId: string, partition: string, entries: readonly PolledEntry[]) {
  return entries
    .filter(({ project }) => projectPartition(project.id) === partition)
    .flatMap(({ watches }) => watches)
    .find((watch) => plainId(watch.taskId) === plainId(taskId));
}

function membersNow(group: TickGroup, entries: readonly PolledEntry[]) {
  const members = membersOf(group.isMember, entries).map(({ watch, entry: { records } }) => ({
    watch,
    task: records.find(taskRecordId(watch.taskId))?.state,
  }));
  return watchedGroup(group, members, entries);
}
