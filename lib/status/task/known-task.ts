import { finderOf } from '../../migration/discovery/discovery.ts';
import type { TaskState } from '../../migration/model/state.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { isForgotten } from '../../migration/schedule.ts';
import { projectPartition, taskIdIn, taskRecordId } from '../../records/keys.ts';
import type { StoredRecord } from '../../records/record.ts';
import type { ItemKey } from '../../store/store.ts';
import type { SourceProject, StatusSource } from '../source.ts';
import type { StoredState } from '../stored.ts';

/** A watched task, with its record once a look has made one. */
export interface KnownTask {
  readonly watch: Watch;
  readonly project: SourceProject;
  readonly key: ItemKey;
  readonly record: StoredRecord | undefined;
}

/** The tasks that are watched: those that entries name, then those that they discovered and that still count. */
export function knownTasks({ projects, now }: StatusSource, stored: StoredState): readonly KnownTask[] {
  const named = new Set(projects.flatMap(({ watches }) => watches.map(nameOf)));
  return projects.flatMap((project) => {
    const discovered = discoveredTasks(project, projects, stored, now);
    const others = discovered.filter((watch) => !named.has(nameOf(watch)));
    return [...project.watches, ...others].map((watch) => knownTask(watch, project, stored));
  });
}

function nameOf({ projectId, taskId }: Watch): string {
  return `${projectId} ${plainId(taskId)}`;
}

function knownTask(watch: Watch, project: SourceProject, stored: StoredState): KnownTask {
  const key = { partition: projectPartition(watch.projectId), id: taskRecordId(watch.taskId) };
  return { watch, project, key, record: stored.find(key) };
}

function discoveredTasks(
  project: SourceProject,
  projects: readonly SourceProject[],
  stored: StoredState,
  now: Date,
): Watch[] {
  if (project.discover === undefined && project.isWhole === undefined) return [];
  const siblings = projects.filter(({ id }) => id === project.id);
  const isOf = (state: TaskState) => project.isWhole ?? finderOf(state, siblings) === project.name;
  return stored
    .recordsOf(projectPartition(project.id))
    .filter(({ record: { state } }) => isOf(state) && !isForgotten(state, now))
    .flatMap(({ key }) => taskIdIn(key.id))
    .map(project.watchOf);
}
