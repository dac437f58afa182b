import { canonicalStatus, isFinal } from '../../events/phase.ts';
import type { ListedTask } from '../model/enrichment.ts';
import type { Baseline, TaskState } from '../model/state.ts';
import { meaningOf } from '../model/status.ts';
import { plainId } from '../model/task-id.ts';
import { baselineOf, fingerprintOf, fingerprintSet, fingerprintsIn, patternFingerprint } from './baseline.ts';
import { fits } from './glob.ts';

/** Selects the tasks of a project's list that are watched although the configuration does not name them. */
export interface Discover {
  /** A pattern for task names, in which `*` is any text and `?` any character; absent: every task. */
  readonly name?: string;
  /** Labels for the tasks found. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Matches tasks with the pattern. A task without a name counts as having an empty one. */
export function matcherOf({ name }: Discover): (task: ListedTask) => boolean {
  return name === undefined ? () => true : (task) => fits(name, task.name ?? '');
}

/** Whether the pattern has changed since the discovery began. */
export function isPatternChanged({ name }: Discover, baseline: Baseline | undefined): boolean {
  return baseline !== undefined && baseline.pattern !== patternFingerprint(name);
}

/**
 * Whether a known task matches the pattern, by its name in the list, or by its last known name if the list lacks it.
 */
export function matchesPattern({ name }: Discover, { observation }: TaskState, listed?: ListedTask): boolean {
  return name === undefined || fits(name, (listed ?? observation)?.name ?? '');
}

/** An entry of the configuration that may discover tasks. */
export interface Finder {
  readonly name: string;
  readonly discover?: Discover;
}

/**
 * The entry of a project that discovered a task. After an entry was renamed or removed, its tasks belong to the entry
 * whose pattern they match.
 */
export function finderOf(task: TaskState, entries: readonly Finder[]): string | undefined {
  const { discoveredBy } = task;
  if (discoveredBy === undefined) return undefined;
  const finder =
    entries.find(({ name }) => name === discoveredBy) ??
    entries.find((entry) => entry.discover !== undefined && matchesPattern(entry.discover, task));
  return finder?.discover && finder.name;
}

/** The tasks of a list, without those of the baseline. */
export interface Discovered {
  /** Tasks to look at in this tick. */
  readonly look: readonly ListedTask[];
  /** Watched tasks without news in the list. */
  readonly unchanged: readonly ListedTask[];
  /** The same baseline as before when nothing changed. */
  readonly baseline: Baseline;
}

/** The stored facts with which a list is compared. */
export interface KnownTasks {
  /** The {@link patternFingerprint}. Another pattern starts the discovery anew. */
  readonly pattern: string;
  /** Absent before the first list. */
  readonly baseline: Baseline | undefined;
  stateOf(taskId: string): TaskState | undefined;
  /** Whether a known task is due for a look although its row has not changed. */
  isDue(task: TaskState): boolean;
}

/**
 * Chooses the listed tasks that are worth a look: moving, changed and new ones. Tasks that had ended when the discovery
 * began are the baseline; five thousand of them cost a few kilobytes, and no look.
 *
 * The baseline keeps the fingerprint of a task that one list lacks, so that the task is not new when a later list has
 * it.
 */
export function discover(tasks: readonly ListedTask[], known: KnownTasks): Discovered {
  const { pattern, baseline, stateOf, isDue } = known;
  const begins = baseline?.pattern !== pattern;
  const fingerprints = fingerprintSet(baseline);
  const isInBaseline = (task: ListedTask) => fingerprints.has(fingerprintIn(task));
  const groups = Map.groupBy(tasks, (task) => {
    const state = stateOf(task.taskId);
    if (state !== undefined) return isDue(state) || isNews(state, task) ? 'look' : 'unchanged';
    return hasEnded(task) && (begins || isInBaseline(task)) ? 'ended' : 'look';
  });
  const { look = [], unchanged = [], ended = [] } = Object.fromEntries(groups);
  const added = begins ? ended.filter((task) => !isInBaseline(task)) : [];
  const revived = look.filter((task) => stateOf(task.taskId) === undefined && isInBaseline(task));
  const isSame = baseline !== undefined && !begins && revived.length === 0;
  return { look, unchanged, baseline: isSame ? baseline : changed(known, added, revived) };
}

function changed(
  { pattern, baseline }: KnownTasks,
  added: readonly ListedTask[],
  revived: readonly ListedTask[],
): Baseline {
  const gone = revived.map(fingerprintIn);
  const kept = baseline === undefined ? [] : fingerprintsIn(baseline);
  const isKept = (fingerprint: string) => !gone.some((one) => one.startsWith(fingerprint));
  return baselineOf(pattern, [...kept.filter(isKept), ...added.map(fingerprintIn)]);
}

function fingerprintIn({ taskId }: ListedTask): string {
  return fingerprintOf(plainId(taskId));
}

/** Whether the list shows a task as ended. */
export function hasEnded({ status }: ListedTask): boolean {
  return status !== undefined && isFinal(meaningOf({ status }).phase);
}

/**
 * Whether the row of a task shows news. The list has fewer statuses for an end than ShowMigrationTask, so a different
 * end is no news; otherwise tasks that ended long ago would get looks for ever.
 */
function isNews({ standing }: TaskState, task: ListedTask): boolean {
  if (standing === undefined || standing.phase === 'gone') return true;
  if (isFinal(standing.phase)) return task.status !== undefined && !hasEnded(task);
  return task.status === undefined || canonicalStatus(standing.status) !== canonicalStatus(task.status);
}
