import { finderOf } from '../migration/discovery/discovery.ts';
import { plainId } from '../migration/model/task-id.ts';
import { isCoolingDown } from '../migration/project/cooldown.ts';
import { isForgotten } from '../migration/schedule.ts';
import { projectRecordId } from '../records/keys.ts';
import type { PartitionRecords } from '../records/partition.ts';
import type { TickRecords } from './load/tick-records.ts';
import type { PolledEntry } from './pass/polled-entry.ts';
import { cooldownsIn } from './pass/project-record.ts';
import type { TickProject } from './target.ts';

/** The entries that other runs poll, as those runs left them: groups may have members there. */
export function entriesElsewhere({ elsewhere }: TickRecords, now: Date): PolledEntry[] {
  return [...elsewhere].flatMap(([records, entries]) =>
    entries.map((project) => entryElsewhere(project, entries, records, now)),
  );
}

function entryElsewhere(
  project: TickProject,
  siblings: readonly TickProject[],
  records: PartitionRecords,
  now: Date,
): PolledEntry {
  const named = new Set(siblings.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId))));
  const found = records
    .tasks()
    .filter(({ taskId, record: { state } }) => {
      const isOurs = project.discover !== undefined && finderOf(state, siblings) === project.name;
      return isOurs && !named.has(plainId(taskId)) && !isForgotten(state, now);
    })
    .map(({ taskId }) => project.watchOf(taskId));
  const state = records.find(projectRecordId(project.id))?.state;
  const isListRead = state?.failing === undefined && state?.degraded?.list === undefined;
  const cooldowns = cooldownsIn(project.id, records);
  return {
    project,
    records,
    watches: [...project.watches, ...found],
    isComplete: project.discover === undefined || isListRead,
    isCoolingDown: isCoolingDown(cooldowns, { access: project, all: cooldowns, now }),
  };
}
