import { defined } from '../../base/defined.ts';
import type { Severity } from '../../events/phase.ts';
import type { Instance } from '../../migration/model/observation.ts';
import type { Failing, TaskState } from '../../migration/model/state.ts';
import { NEW_TASK } from '../../migration/model/state.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { overviewOf } from '../../migration/overview/overview.ts';
import type { FailingStatus, TaskStatus } from '../status.ts';
import type { StoredState } from '../stored.ts';
import { lastEvents } from './events.ts';
import { distanceOf, figuresOf, progressOf } from './figures.ts';
import type { KnownTask } from './known-task.ts';
import { readinessOf } from './readiness.ts';

/** Facts about a task that its record lacks. */
export interface TaskContext {
  readonly stored: StoredState;
  readonly lastLookAt: string | undefined;
  readonly mutedUntil: string | undefined;
  readonly now: Date;
}

export function taskStatus({ watch, key, record }: KnownTask, context: TaskContext): TaskStatus {
  const { stored, lastLookAt, mutedUntil, now } = context;
  const task = record?.state ?? NEW_TASK;
  const { standing, observation, run, failing } = task;
  return defined<TaskStatus>({
    id: watch.taskId,
    name: watch.name ?? observation?.name,
    project: { id: watch.projectId, name: watch.project, region: watch.region },
    labels: watch.labels,
    phase: standing?.phase,
    status: standing?.status,
    since: standing?.since,
    severity: severityOf(task, watch, now),
    progress: progressOf(task, now),
    ...distanceOf(task, lastLookAt),
    readiness: readinessOf(task, watch.thresholds, now),
    stalledSince: run?.stalled?.since,
    failing: failing && failingStatus(failing),
    lastLookAt,
    source: placeOf(observation?.source),
    target: placeOf(observation?.target),
    consoleUrl: watch.consoleUrl === '' ? undefined : watch.consoleUrl,
    deliveries: stored.deliveriesOf(key),
    mutedUntil,
    lastEvents: record === undefined ? [] : lastEvents(record),
    figures: figuresOf(task),
  });
}

/** How grave it is now: a stall of a replication is no event that asks somebody to act at every look. */
function severityOf(task: TaskState, watch: Watch, now: Date): Severity {
  if (task.run?.stalled !== undefined) return 'action';
  const overview = overviewOf({ task, watch, now });
  return overview?.facts.severity ?? (task.failing?.announced ? 'action' : 'info');
}

export function failingStatus({ since, reason, count, detail }: Failing): FailingStatus {
  return { since, reason, looks: count, words: detail };
}

/** `redis-prod (10.0.0.1:6379)` */
function placeOf(instance: Instance | undefined): string | undefined {
  const { name, address } = instance ?? {};
  return name !== undefined && address !== undefined ? `${name} (${address})` : (name ?? address);
}
