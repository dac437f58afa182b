import { isFinal } from '../../events/phase.ts';
import type { Instance } from '../../migration/model/observation.ts';
import type { TaskState } from '../../migration/model/state.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { TickContext } from '../context.ts';
import type { TickProject } from '../target.ts';
import type { TickRecords } from './tick-records.ts';

/**
 * Stops a tick whose own state lies where a watched migration would overwrite it. The instances of a task are known
 * from its first look on.
 *
 * @throws what the guard throws
 */
export function assertStateIsNotMigrated({ byProject }: TickRecords, { guard }: TickContext): void {
  if (guard === undefined) return;
  for (const [records, entries] of byProject) {
    const watched = records
      .tasks()
      .filter(({ taskId, record: { state } }) => isUnderWay(state) && isWatched(taskId, state, entries));
    for (const { taskId, record } of watched) {
      for (const instance of sidesOf(record.state)) guard(taskId, instance);
    }
  }
}

function sidesOf({ observation }: TaskState): Instance[] {
  return [observation?.source, observation?.target].filter((side) => side !== undefined);
}

function isUnderWay({ standing }: TaskState): boolean {
  return standing !== undefined && !isFinal(standing.phase);
}

function isWatched(taskId: string, { discoveredBy }: TaskState, entries: readonly TickProject[]): boolean {
  const id = plainId(taskId);
  return (
    discoveredBy !== undefined ||
    entries.some(({ watches }) => watches.some((watch) => plainId(watch.taskId) === id))
  );
}
