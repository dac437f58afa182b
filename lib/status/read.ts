import { count } from '../base/text.ts';
import { channelStatuses } from './channels.ts';
import { type FoundTasks, findTasks } from './find-task.ts';
import { groupStatuses } from './groups.ts';
import type { History } from './history.ts';
import { knownTasks } from './known-task.ts';
import { isOfTask, mutedUntil, muteStatuses } from './mutes.ts';
import { projectStatuses } from './projects.ts';
import type { StatusSource } from './source.ts';
import type { Status, TaskStatus } from './status.ts';
import { loadStored, type Stored } from './stored.ts';
import { taskStatus } from './task.ts';
import { historyOf } from './told.ts';

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
 * Reads what is known of one task and of what was told about it.
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

function statusIn(stored: Stored, source: StatusSource): Status {
  const { now } = source;
  const tasks = knownTasks(source, stored);
  const mutes = muteStatuses(source, stored);
  return {
    at: now.toISOString(),
    tasks: tasks.map((task) =>
      taskStatus(task, {
        stored,
        lastLookAt: undefined,
        mutedUntil: mutedUntil(mutes, isOfTask(task.watch, source.groups)),
        now,
      }),
    ),
    groups: groupStatuses(source, { tasks, mutes, stored }),
    projects: projectStatuses(source, mutes, stored),
    channels: channelStatuses(source, mutes, stored),
    mutes,
    problems: [...stored.inventory.problems, ...strayDeliveries(source, stored)],
  };
}

/** What is pending for a channel that the configuration no longer has ends with the next tick. */
function strayDeliveries({ channels }: StatusSource, { byChannel }: Stored): string[] {
  const names = new Set(channels.map(({ channel }) => channel.name));
  return [...byChannel].flatMap(([name, { pending }]) =>
    pending === 0 || names.has(name)
      ? []
      : [
          `${count(pending, 'delivery', 'deliveries')} pending for ${name}, a channel that the configuration does not have`,
        ],
  );
}
