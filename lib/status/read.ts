import { defined } from '../base/defined.ts';
import { count } from '../base/text.ts';
import type { Mark } from '../records/mark.ts';
import { isTickOld } from './age.ts';
import { historyOf } from './build-history.ts';
import { channelStatuses } from './channels.ts';
import { groupStatuses } from './groups.ts';
import type { History } from './history.ts';
import { lastLookOf } from './last-look.ts';
import { isOfTask, mutedUntil, muteStatuses } from './mutes.ts';
import { coolingAt, projectStatuses, stateOf } from './projects.ts';
import type { StatusSource } from './source.ts';
import type { LastTick, Status, TaskStatus } from './status.ts';
import { loadStored, type StoredState } from './stored.ts';
import { type FoundTasks, findTasks } from './task/find-task.ts';
import { type KnownTask, knownTasks } from './task/known-task.ts';
import { taskStatus } from './task/task.ts';

/** The history of a task, or why there is not one. */
export type ReadHistory =
  | { readonly kind: 'history'; readonly history: History }
  | { readonly kind: 'several'; readonly tasks: readonly TaskStatus[] }
  | Extract<FoundTasks, { kind: 'unknown' }>;

/**
 * Reads everything that is known, and writes nothing: a watcher may run at the same time.
 *
 * @throws {StoreError}
 */
export async function readStatus(source: StatusSource): Promise<Status> {
  return statusIn(await loadStored(source), source);
}

/**
 * Reads what is known of one task and of the deliveries of its events.
 *
 * @returns the tasks that are meant, none of which is one, where it is not one
 * @throws {StoreError}
 */
export async function readHistory(source: StatusSource, wanted: string): Promise<ReadHistory> {
  const stored = await loadStored(source);
  const { tasks } = statusIn(stored, source);
  const found = findTasks(tasks, wanted);
  const [task, ...others] = found.kind === 'found' ? found.tasks : [];
  if (found.kind === 'unknown') return found;
  if (task === undefined || others.length > 0) return { kind: 'several', tasks: found.tasks };
  return { kind: 'history', history: historyOf(task, stored, source) };
}

function statusIn(stored: StoredState, source: StatusSource): Status {
  const { now, groups, mark } = source;
  const { inventory } = stored;
  const tasks = knownTasks(source, stored);
  const mutes = muteStatuses(source, stored);
  const cooling = coolingAt(new Date(mark?.at ?? now), source, stored);
  const statusOf = (known: KnownTask): TaskStatus => {
    const { record, watch, project } = known;
    const looks = { project: stateOf(project, stored), wasCoolingDown: cooling.has(project), mark, now };
    const lastLookAt = record && lastLookOf(record.state, looks);
    const until = mutedUntil(mutes, isOfTask(watch, groups));
    return taskStatus(known, { stored, lastLookAt, mutedUntil: until, now });
  };
  return defined<Status>({
    at: now.toISOString(),
    lastTick: mark && lastTickOf(mark, now),
    tasks: tasks.map(statusOf),
    groups: groupStatuses(source, { tasks, mutes, stored }),
    projects: projectStatuses(source, mutes, stored),
    channels: channelStatuses(source, mutes, stored),
    mutes,
    problems: [...inventory.problems, ...strayDeliveries(source, stored)],
  });
}

function lastTickOf(mark: Mark, now: Date): LastTick {
  const { at, tasks, failedLooks, ms, outline } = mark;
  const isOld = isTickOld(mark, now);
  return defined<LastTick>({ at, tasks, failedLooks, ms, intervalMs: outline?.intervalMs, isOld });
}

/** Pending deliveries of a channel that was removed from the configuration end with the next tick. */
function strayDeliveries({ channels }: StatusSource, { byChannel }: StoredState): string[] {
  const names = new Set(channels.map(({ name }) => name));
  return [...byChannel].flatMap(([name, { pending }]) =>
    pending === 0 || names.has(name)
      ? []
      : [
          `${count(pending, 'delivery', 'deliveries')} pending for ${name}, a channel that the configuration does not have`,
        ],
  );
}
