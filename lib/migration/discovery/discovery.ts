import { canonicalStatus, isFinal } from '../../events/phase.ts';
import type { ListedTask } from '../model/enrichment.ts';
import type { Baseline, WatchRecord } from '../model/state.ts';
import { meaningOf } from '../model/status.ts';
import { plainId } from '../model/task-id.ts';
import { markOf, marksIn, pastOf, pastSet, soughtBy } from './baseline.ts';
import { fits } from './glob.ts';

/** Which tasks of a project's list are watched without being named. */
export interface Discover {
  /** A pattern for task names in which `*` is any text and `?` any character; without it, every task. */
  readonly name?: string;
  /** Labels for the tasks found. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a task is one of those that are looked for. A task without a name has an empty one. */
export function matcherOf({ name }: Discover): (task: ListedTask) => boolean {
  return name === undefined ? () => true : (task) => fits(name, task.name ?? '');
}

/** Whether other tasks are looked for than when the discovery began. */
export function isSoughtAnew({ name }: Discover, past: Baseline | undefined): boolean {
  return past !== undefined && past.pattern !== soughtBy(name);
}

/**
 * Whether a task that is known is one of those that are looked for, by the name that it has now; by the last one that
 * was seen of it where the list does not have it.
 */
export function isSought({ name }: Discover, { observation }: WatchRecord, listed?: ListedTask): boolean {
  return name === undefined || fits(name, (listed ?? observation)?.name ?? '');
}

/** An entry of the configuration, as far as it finds tasks. */
export interface Finder {
  readonly name: string;
  readonly discover?: Discover;
}

/**
 * The entry of the configuration that found a task, of those for its project. What was found by one that is called
 * otherwise now, or is no more, belongs to the one that looks for such tasks.
 */
export function finderOf(record: WatchRecord, entries: readonly Finder[]): string | undefined {
  const { discoveredBy } = record;
  if (discoveredBy === undefined) return undefined;
  const finder =
    entries.find(({ name }) => name === discoveredBy) ??
    entries.find(({ discover: wanted }) => wanted !== undefined && isSought(wanted, record));
  return finder?.discover && finder.name;
}

/** What is to be done about the tasks of a list. Those that had ended before we came are in neither. */
export interface Discovered {
  /** To be looked at in this tick. */
  readonly look: readonly ListedTask[];
  /** Watched, but known well enough: the list says what is known already. */
  readonly rest: readonly ListedTask[];
  /** What had ended before we came; the same as before when nothing changed. */
  readonly past: Baseline;
}

/** What a list is held against. */
export interface KnownBefore {
  /** What is looked for, as of {@link soughtBy}. When that changes the discovery begins anew. */
  readonly sought: string;
  /** Nothing at the very first time. */
  readonly past: Baseline | undefined;
  /** What is known of a task. */
  recordOf(taskId: string): WatchRecord | undefined;
  /** Whether a task that is known and has not changed is to be looked at now. */
  isDue(record: WatchRecord): boolean;
}

/**
 * Which tasks of a list are worth a look. Those that had ended when the discovery began are remembered by their
 * fingerprints alone: five thousand of them cost a few kilobytes, and no look. Whatever the list shows as moving,
 * as changed, or for the first time is looked at. A list may lack a task once and have it again: what is of the past
 * remains so until it moves.
 *
 * A fingerprint is kept while the list does not show its task: a task that was missing from one reading of the list is
 * no new one.
 */
export function discover(tasks: readonly ListedTask[], known: KnownBefore): Discovered {
  const { sought, past, recordOf, isDue } = known;
  const begins = past?.pattern !== sought;
  const marks = pastSet(past);
  const isPast = ({ taskId }: ListedTask) => marks.has(markOf(plainId(taskId)));
  const byPlace = Map.groupBy(tasks, (task) => {
    const record = recordOf(task.taskId);
    if (record !== undefined) return isDue(record) || isNews(record, task) ? 'look' : 'rest';
    return hasEnded(task) && (begins || isPast(task)) ? 'past' : 'look';
  });
  const { look = [], rest = [], past: ended = [] } = Object.fromEntries(byPlace);
  const added = begins ? ended.filter((task) => !isPast(task)) : [];
  const revived = look.filter((task) => recordOf(task.taskId) === undefined && isPast(task));
  const isSame = past !== undefined && !begins && revived.length === 0;
  return { look, rest, past: isSame ? past : changed(known, added, revived) };
}

function changed(
  { sought, past }: KnownBefore,
  added: readonly ListedTask[],
  revived: readonly ListedTask[],
): Baseline {
  const markIn = ({ taskId }: ListedTask) => markOf(plainId(taskId));
  const gone = revived.map(markIn);
  const kept = past === undefined ? [] : marksIn(past);
  const isKept = (mark: string) => !gone.some((one) => one.startsWith(mark));
  return pastOf(sought, [...kept.filter(isKept), ...added.map(markIn)]);
}

function hasEnded({ status }: ListedTask): boolean {
  return status !== undefined && isFinal(meaningOf({ status }).phase);
}

/**
 * Whether the list shows what is not known. It has fewer words for an end than the detail call: one end for another is
 * no news, or tasks that ended long ago would be looked at for ever.
 */
function isNews({ standing }: WatchRecord, task: ListedTask): boolean {
  if (standing === undefined || standing.phase === 'gone') return true;
  if (isFinal(standing.phase)) return task.status !== undefined && !hasEnded(task);
  return task.status === undefined || canonicalStatus(standing.status) !== canonicalStatus(task.status);
}
