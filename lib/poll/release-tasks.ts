import { AT_ONCE, eachAtMost } from '../base/concurrency.ts';
import { taskRecordId } from '../records/records.ts';
import { findStrays } from './plan.ts';
import type { ProjectLooks } from './poll-project.ts';

/**
 * Lets go of the tasks that a project found by a pattern which it has no more: another entry of the configuration may
 * find them then. What is owed because of them is still told.
 *
 * @returns false when a record could not be written: then nobody watches its task in this tick
 */
export async function letGo(place: ProjectLooks): Promise<boolean> {
  const { records, commit } = place;
  await eachAtMost(AT_ONCE.records, await findStrays(place), async (taskId) => {
    const id = taskRecordId(taskId);
    const before = records.find(id);
    if (before === undefined) return;
    const { discoveredBy: _past, ...record } = before;
    await commit(id, { record, events: [] }, records);
  });
  return (await findStrays(place)).length === 0;
}
