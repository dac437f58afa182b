import { patternFingerprint } from '../../migration/discovery/baseline.ts';
import { discover, finderOf, matcherOf } from '../../migration/discovery/discovery.ts';
import type { ListedTask } from '../../migration/model/enrichment.ts';
import type { Baseline, TaskState } from '../../migration/model/state.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { isDormant } from '../../migration/schedule.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { EntryPass } from '../pass/pass.ts';

/** Watches that are due, and watches that can wait. */
export interface DueWatches {
  readonly due: readonly Watch[];
  /** Watches of tasks that ended long ago. */
  readonly dormant: readonly Watch[];
}

/** Watches of a list that was read, and the baseline if it changed. */
export interface ListedTasks extends DueWatches {
  readonly baseline: Baseline | undefined;
}

/**
 * Compares the project's list with the pattern of an entry.
 *
 * @param found watches of tasks that the entry found before
 */
export function listedTasks(
  all: readonly ListedTask[],
  found: readonly Watch[],
  entry: EntryPass,
): ListedTasks {
  const { project, baseline: before, pass } = entry;
  const known = new Map(found.map((watch) => [plainId(watch.taskId), watch]));
  const stateOf = (taskId: string) => pass.records.find(taskRecordId(taskId))?.state;
  const { look, unchanged, baseline } = discover(ownTasks(all, known, entry), {
    pattern: patternFingerprint(project.discover?.name),
    baseline: before,
    stateOf,
    isDue: (task) => !isDormant(task, pass.now),
  });
  const watchOf = ({ taskId }: ListedTask) => known.get(plainId(taskId)) ?? project.watchOf(taskId);
  const present = new Set(all.map(({ taskId }) => plainId(taskId)));
  const isAbsent = ({ taskId }: Watch) =>
    !present.has(plainId(taskId)) && stateOf(taskId)?.standing?.phase !== 'gone';
  return {
    // A list can omit a running task, so an absent task gets a look: only its own answer says whether it is gone.
    due: [...look.map(watchOf), ...found.filter(isAbsent)],
    dormant: unchanged.map(watchOf),
    baseline: baseline === before ? undefined : baseline,
  };
}

/** Listed tasks that the entry has found or that match its pattern, unless another entry names or has found them. */
function ownTasks(
  all: readonly ListedTask[],
  known: ReadonlyMap<string, Watch>,
  { project, pass: { records, named, entries } }: EntryPass,
): ListedTask[] {
  const isOurs = matcherOf(project.discover ?? { labels: {} });
  const isOthers = (task: TaskState | undefined) =>
    task !== undefined && ![undefined, project.name].includes(finderOf(task, entries));
  return all.filter((task) => {
    const id = plainId(task.taskId);
    if (named.has(id) || isOthers(records.find(taskRecordId(task.taskId))?.state)) return false;
    return known.has(id) || isOurs(task);
  });
}
