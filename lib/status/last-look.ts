import type { ProjectState, TaskState } from '../migration/model/state.ts';
import { isDormant } from '../migration/schedule.ts';
import type { Mark } from '../records/mark.ts';

/** The looks at a task's project. */
export interface LookContext {
  readonly project: ProjectState | undefined;
  /** The project's endpoint or key was left alone when the mark was made. */
  readonly wasCoolingDown: boolean;
  readonly mark: Mark | undefined;
  readonly now: Date;
}

/**
 * When a task was last looked at with success, as far as the state shows: a look that finds nothing new writes nothing. It
 * may have been later, and was not earlier.
 *
 * @returns nothing where no look has seen it
 */
export function lastLookOf(task: TaskState, context: LookContext): string | undefined {
  if (task.standing === undefined) return undefined;
  const { mark, project, now } = context;
  const seen = [...evidenceIn(task), ...(isLookedAt(task, context) ? [mark?.at] : [])];
  const shared = project === undefined ? [] : projectLooks(task, project, now);
  return [...seen, ...shared]
    .filter((at) => at !== undefined)
    .filter((at) => Date.parse(at) <= now.getTime())
    .toSorted()
    .at(-1);
}

/** Whether every good tick looks at the task with success: a look that fails is written down. */
function isLookedAt(task: TaskState, { project, wasCoolingDown, mark, now }: LookContext): boolean {
  const isWhole = mark !== undefined && mark.skippedLooks === 0 && !wasCoolingDown;
  return isWhole && isFine(task) && project?.failing === undefined && !isDormant(task, now);
}

function isFine({ failing, missing, unconfirmed }: TaskState): boolean {
  return failing === undefined && missing === undefined && unconfirmed === undefined;
}

/** Times that only a look writes down. */
function evidenceIn({ standing, run, series }: TaskState): (string | undefined)[] {
  const { figures, lastProgress } = run ?? {};
  return [
    standing?.since,
    series === undefined ? undefined : new Date(series.at * 1000).toISOString(),
    figures?.seenUntil ?? figures?.at,
    lastProgress?.at,
  ];
}

/** Looks at all tasks of a project together. */
function projectLooks(
  task: TaskState,
  { lookedAt, sweptAt }: ProjectState,
  now: Date,
): (string | undefined)[] {
  if (!isFine(task)) return [];
  if (isDormant(task, now)) return [sweptAt];
  return task.standing?.phase === 'incremental' ? [lookedAt] : [];
}
