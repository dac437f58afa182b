import { fits } from './glob.ts';
import type { ListedTask } from './neighbours.ts';
import { markOf, marksIn, type Past, pastOf, pastSet } from './past.ts';
import type { WatchRecord } from './record.ts';
import { canonicalStatus, isFinal, meaningOf } from './status.ts';

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

/** One form for ids that are written with and without hyphens, so that a task is not taken for another. */
export function plainId(taskId: string): string {
  return taskId.replaceAll('-', '').toLowerCase();
}

/** What is to be done about the tasks of a list. */
export interface Discovered {
  /** To be looked at in this tick. */
  readonly look: readonly ListedTask[];
  /** Watched, but known well enough: the list says what is known already. */
  readonly rest: readonly ListedTask[];
  /** What had ended before we came; the same as before when nothing changed. */
  readonly past: Past;
}

/**
 * Which tasks of a list are worth a look. Those that had ended when the discovery began are remembered by their
 * fingerprints alone: five thousand of them cost a few kilobytes, and no look. Whatever the list shows as moving,
 * as changed, or for the first time is looked at.
 *
 * A fingerprint is kept while the list does not show its task: ids do not come again, but a task that was missing from
 * one reading of the list does, and is no new one.
 *
 * @param sought what is looked for, as of {@link soughtBy}. When that changes the discovery begins anew
 * @param past from before; nothing at the very first time
 * @param recordOf what is known of a task
 * @param isDue whether a task that is known and has not changed is to be looked at now
 */
export function discover(
  tasks: readonly ListedTask[],
  sought: string,
  past: Past | undefined,
  recordOf: (taskId: string) => WatchRecord | undefined,
  isDue: (record: WatchRecord) => boolean,
): Discovered {
  const begins = past?.sought !== sought;
  const known = pastSet(past);
  const look: ListedTask[] = [];
  const rest: ListedTask[] = [];
  const added: string[] = [];
  const revived: string[] = [];
  for (const task of tasks) {
    const record = recordOf(task.taskId);
    if (record !== undefined) {
      (isDue(record) || isNews(record, task) ? look : rest).push(task);
      continue;
    }
    const mark = markOf(plainId(task.taskId));
    const isOver = hasEnded(task);
    if (isOver && begins && !known.has(mark)) added.push(mark);
    else if (!isOver && known.has(mark)) revived.push(mark);
    if (!isOver || !(begins || known.has(mark))) look.push(task);
  }
  const isSame = !begins && revived.length === 0;
  return { look, rest, past: isSame ? past : changed(sought, past, added, revived) };
}

function changed(
  sought: string,
  before: Past | undefined,
  added: readonly string[],
  revived: readonly string[],
): Past {
  const kept = before === undefined ? [] : marksIn(before);
  const isRevived = (mark: string) => revived.some((one) => one.startsWith(mark));
  return pastOf(sought, [...kept.filter((mark) => !isRevived(mark)), ...added]);
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
  if (task.status === undefined || hasEnded(task)) return false;
  return canonicalStatus(standing.status) !== canonicalStatus(task.status);
}
