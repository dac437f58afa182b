import { isFinal } from '../../events/phase.ts';
import type { Status, TaskStatus } from '../../status/status.ts';
import { labelOf } from './label.ts';
import type { Metrics } from './registry.ts';

/** Each has up to eight series: a database of metrics has to keep them all. */
const MOST_TASKS = 5000;

const LABELS = ['task', 'name', 'project', 'region'] as const;
type TaskLabels = Readonly<Record<(typeof LABELS)[number], string>>;

/** A figure of one task; none where it is not known or means nothing. */
type Figure = (task: TaskStatus, now: number) => number | undefined;

interface TaskMetric {
  readonly help: string;
  readonly figure: Figure;
}

const PER_TASK: Readonly<Record<string, TaskMetric>> = {
  lag_bytes: {
    help: 'Difference in data between source and target, as last known.',
    figure: ({ lag }) => lag?.bytes,
  },
  progress_ratio: {
    help: 'Progress of the full copy, from 0 to 1.',
    figure: ({ progress }) => progress?.percent && progress.percent / 100,
  },
  remaining_seconds: {
    help: 'Time that the full copy still takes at its present speed.',
    figure: ({ progress }) => progress?.remainingMs && Math.round(progress.remainingMs / 1000),
  },
  ready: {
    help: '1 when the task may be cut over, 0 when it may not; none while that is not known or does not apply.',
    figure: ({ readiness: { state } }) => (state === 'ready' ? 1 : state === 'not ready' ? 0 : undefined),
  },
  stalled: {
    help: '1 when there is no progress, or a lag that only grows, else 0.',
    figure: ({ stalledSince }) => (stalledSince === undefined ? 0 : 1),
  },
  failing: {
    help: '1 when looks at the task fail, else 0.',
    figure: ({ failing }) => (failing === undefined ? 0 : 1),
  },
  last_look_age_seconds: {
    help: 'Age of the last good look at the task, as far as the state tells.',
    figure: ({ lastLookAt }, now) => {
      const at = Date.parse(lastLookAt ?? '');
      return Number.isNaN(at) ? undefined : Math.max(0, Math.round((now - at) / 1000));
    },
  },
};

export function taskMetrics(metrics: Metrics): (status: Status | undefined) => void {
  const countAll = totals(metrics);
  const phases = metrics.gaugeBy('task_phase', '1 for the phase that the task is in.', [...LABELS, 'phase']);
  const figures = Object.entries(PER_TASK).map(([name, { help, figure }]) => ({
    gauge: metrics.gaugeBy(`task_${name}`, help, LABELS),
    figure,
  }));
  const set = (task: TaskStatus, now: number): void => {
    const labels = labelsOf(task);
    if (task.phase !== undefined) phases.set({ ...labels, phase: task.phase }, 1);
    for (const { gauge, figure } of figures) {
      const value = figure(task, now);
      if (value !== undefined) gauge.set(labels, value);
    }
  };
  return (status) => {
    phases.reset();
    for (const { gauge } of figures) gauge.reset();
    countAll(status?.tasks.length);
    if (status === undefined) return;
    for (const task of foremost(status.tasks)) set(task, Date.parse(status.at));
  };
}

function totals(metrics: Metrics): (tasks: number | undefined) => void {
  const total = metrics.gauge('tasks', 'Watched tasks.');
  const leftOut = metrics.gauge(
    'tasks_left_out',
    `Watched tasks without metrics of their own: at most ${MOST_TASKS} have them.`,
  );
  return (tasks) => {
    total.remove();
    leftOut.remove();
    if (tasks === undefined) return;
    total.set(tasks);
    leftOut.set(Math.max(0, tasks - MOST_TASKS));
  };
}

/** Where there are too many, those that have ended are left out first. */
function foremost(tasks: readonly TaskStatus[]): readonly TaskStatus[] {
  if (tasks.length <= MOST_TASKS) return tasks;
  const others = tasks.filter((task) => !hasEnded(task));
  return [...others, ...tasks.filter(hasEnded)].slice(0, MOST_TASKS);
}

function hasEnded({ phase }: TaskStatus): boolean {
  return phase !== undefined && isFinal(phase);
}

function labelsOf({ id, name, project }: TaskStatus): TaskLabels {
  return {
    task: labelOf(id),
    name: labelOf(name),
    project: labelOf(project.name),
    region: labelOf(project.region),
  };
}
