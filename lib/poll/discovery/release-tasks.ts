import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { finderOf, isPatternChanged, matchesPattern } from '../../migration/discovery/discovery.ts';
import type { ListedTask } from '../../migration/model/enrichment.ts';
import { plainId } from '../../migration/model/task-id.ts';
import { isForgotten } from '../../migration/schedule.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { StoredRecord } from '../../records/record.ts';
import type { EntryPass } from '../pass/pass.ts';

/**
 * Releases the tasks that an entry found by an earlier pattern, so that another entry may find them. Their pending
 * deliveries go on.
 *
 * @returns false when a record could not be written: no entry watches its task in this tick then
 */
export async function releaseTasks(entry: EntryPass): Promise<boolean> {
  const { records, commit } = entry.pass;
  await eachAtMost(AT_ONCE.records, await readUnmatched(entry), async (taskId) => {
    const id = taskRecordId(taskId);
    const before = records.find(id);
    if (before === undefined) return;
    const { discoveredBy: _finder, ...state } = before.state;
    await commit(id, { stream: { ...before, state }, events: [] }, records);
  });
  return (await readUnmatched(entry)).length === 0;
}

/** Without the list, which has the names of the tasks, no task is released. */
async function readUnmatched(entry: EntryPass): Promise<string[]> {
  if (!isPatternNew(entry)) return [];
  const answer = await entry.taskList.read();
  return answer.kind === 'known' ? unmatchedTasks(answer.value, entry) : [];
}

function isPatternNew({ project, baseline }: EntryPass): boolean {
  return project.discover !== undefined && isPatternChanged(project.discover, baseline);
}

/**
 * Tasks that an entry found by an earlier pattern, and that do not match its new one. A task that was only renamed
 * stays: it matched when it was found.
 */
export function unmatchedTasks(all: readonly ListedTask[], entry: EntryPass): string[] {
  const { discover } = entry.project;
  if (discover === undefined || !isPatternNew(entry)) return [];
  const listed = new Map(all.map((task) => [plainId(task.taskId), task]));
  return foundTasks(entry)
    .filter(({ taskId, record }) => !matchesPattern(discover, record.state, listed.get(plainId(taskId))))
    .map(({ taskId }) => taskId);
}

/** Tasks that an entry found, now or by an earlier pattern. */
export function foundTasks({
  project,
  pass: { records, entries, now },
}: EntryPass): { readonly taskId: string; readonly record: StoredRecord }[] {
  return records
    .tasks()
    .filter(
      ({ record }) => finderOf(record.state, entries) === project.name && !isForgotten(record.state, now),
    );
}
