import { defined } from '../../base/defined.ts';
import type { EventTask, Stamp } from '../../events/event.ts';
import { taskSource } from '../../events/source.ts';
import type { Instance, Observation } from './observation.ts';
import type { Thresholds } from './thresholds.ts';
import type { EventSubject } from './update.ts';

/** The part of a task that decides which groups it belongs to. */
export interface GroupCandidate {
  readonly taskId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A task that the configuration asks us to look at, with what messages say about it. */
export interface Watch extends GroupCandidate {
  readonly projectId: string;
  /** The project's name for people. */
  readonly project: string;
  readonly region: string;
  /** The task's name from the configuration; it wins over the service's. */
  readonly name?: string;
  /** Where a person can look the task up. */
  readonly consoleUrl: string;
  /** The stamp of the tick that watches. */
  readonly stamp: Stamp;
  /** The project of the configuration that found this task by itself; absent for tasks that the configuration names. */
  readonly discoveredBy?: string;
  /** From when on something is announced. */
  readonly thresholds: Thresholds;
}

/** How events speak of a task. */
export function taskSubject(watch: Watch, observation: Observation | undefined): EventSubject {
  const { region, projectId, taskId, stamp } = watch;
  const task = taskOf(watch, observation);
  return {
    origin: { source: taskSource(region, projectId, taskId), subject: taskId },
    stamp,
    concerns: { task },
    name: task.name,
    consoleUrl: watch.consoleUrl,
  };
}

/** The task as events show it: our own name for it first, else the service's, else its id. */
function taskOf(watch: Watch, observation: Observation | undefined): EventTask {
  const { migrationType, migrationMethod, source, target } = observation ?? {};
  return defined({
    id: watch.taskId,
    name: watch.name ?? observation?.name ?? watch.taskId,
    projectId: watch.projectId,
    project: watch.project,
    region: watch.region,
    migrationType,
    migrationMethod,
    source: source && instanceFacts(source),
    target: target && instanceFacts(target),
    labels: watch.labels,
  });
}

function instanceFacts({ name, address }: Instance): { name?: string; address?: string } {
  return defined({ name, address });
}
