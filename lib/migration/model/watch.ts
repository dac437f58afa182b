import { defined } from '../../base/defined.ts';
import type { EventTask, Stamp } from '../../events/event.ts';
import { taskSource } from '../../events/source.ts';
import type { Instance, Observation } from './observation.ts';
import type { Thresholds } from './thresholds.ts';
import type { EventSubject } from './update.ts';

/** The facts of a task that decide about its groups. */
export interface GroupCandidate {
  readonly taskId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A task to look at, with its facts from the configuration. */
export interface Watch extends GroupCandidate {
  readonly projectId: string;
  /** The project's name for people. */
  readonly project: string;
  readonly region: string;
  /** The task's name from the configuration, which replaces the service's name. */
  readonly name?: string;
  /** The task's page for people. */
  readonly consoleUrl: string;
  /** The stamp of the tick that watches. */
  readonly stamp: Stamp;
  /** The entry of the configuration that discovered this task; absent for tasks that the configuration names. */
  readonly discoveredBy?: string;
  /** Limits beyond which an event is due. */
  readonly thresholds: Thresholds;
}

/** The subject of events about a task. */
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

/** The task in events. Its name is that of the configuration, else the service's, else its id. */
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
