import { createHash } from 'node:crypto';
import { fits } from './glob.ts';
import type { ListedTask } from './neighbours.ts';
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
  /** Watched, but known well enough: the list says what is known already, or what ended before we came. */
  readonly rest: readonly ListedTask[];
  /** What had ended before we came, as fingerprints; the same as before when nothing changed. */
  readonly past: readonly string[];
}

/**
 * Which tasks of a list are worth a look. Those that had ended when the discovery began are remembered by their
 * fingerprints alone: five thousand of them cost a few kilobytes, and no look. Whatever the list shows as moving,
 * as changed, or for the first time is looked at. A list may lack a task once and have it again: what is of the past
 * remains so until it moves.
 *
 * @param past fingerprints from before; nothing at the very first time
 * @param recordOf what is known of a task
 * @param isDue whether a task that is known and has not changed is to be looked at now
 */
export function discover(
  tasks: readonly ListedTask[],
  past: readonly string[] | undefined,
  recordOf: (taskId: string) => WatchRecord | undefined,
  isDue: (record: WatchRecord) => boolean,
): Discovered {
  const before = new Set(past);
  const kept = new Set(past);
  const look: ListedTask[] = [];
  const rest: ListedTask[] = [];
  for (const task of tasks) {
    const record = recordOf(task.taskId);
    const mark = fingerprint(task.taskId);
    if (record === undefined && hasEnded(task) && (past === undefined || before.has(mark))) {
      kept.add(mark);
      rest.push(task);
      continue;
    }
    kept.delete(mark);
    if (record?.standing === undefined || differs(record, task) || isDue(record)) look.push(task);
    else rest.push(task);
  }
  return { look, rest, past: past !== undefined && kept.size === past.length ? past : [...kept] };
}

function hasEnded({ status }: ListedTask): boolean {
  return status !== undefined && isFinal(meaningOf({ status }).phase);
}

function differs({ standing }: WatchRecord, { status }: ListedTask): boolean {
  if (standing === undefined || status === undefined) return true;
  return canonicalStatus(standing.status) !== canonicalStatus(status);
}

/** 48 bits tell some ten thousand tasks of a project apart. */
function fingerprint(taskId: string): string {
  return createHash('sha256').update(plainId(taskId)).digest('base64url').slice(0, 8);
}
