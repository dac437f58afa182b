import { cutTo } from '../../../base/columns.ts';
import { printable } from '../../../base/text.ts';
import { DcsError } from '../../../client/error.ts';
import { ConfigError } from '../../../config/errors.ts';
import { plainId } from '../../../migration/model/task-id.ts';

interface Lister {
  migrationTasks(): AsyncIterable<{
    readonly task_id: string;
    readonly task_name?: string | null | undefined;
  }>;
}

/** Hexadecimal digits of a whole id, and of the shortest beginning that is taken for one. */
const DIGITS = 32;
const SHORTEST = 4;
/** Characters of a beginning that a list shows. Ids that have more in common were made by hand. */
const SHOWN = { least: 8, most: 12 };
const HEXADECIMAL = /^[\da-f-]+$/i;

/** Whether an id is most likely only the beginning of one. */
export function isBeginning(id: string): boolean {
  const { length } = plainId(id);
  return HEXADECIMAL.test(id) && length >= SHORTEST && length < DIGITS;
}

/** As much of each id as distinguishes it from all others; one that takes more is cut. */
export function beginningsOf(ids: readonly string[]): ReadonlyMap<string, string> {
  const sorted = ids.toSorted();
  return new Map(
    sorted.map((id, at) => {
      const neighbours = [sorted[at - 1], sorted[at + 1]].filter((other) => other !== undefined);
      const shared = Math.max(0, ...neighbours.map((other) => sharedLength(id, other)));
      return [id, cutTo(id.slice(0, Math.max(SHOWN.least, shared + 1)), SHOWN.most)];
    }),
  );
}

function sharedLength(one: string, other: string): number {
  const at = [...one].findIndex((character, place) => character !== other[place]);
  return at === -1 ? one.length : at;
}

/** Advice where DCS has no such task. */
export const CHECK_TASK = 'Check the task id and its project: tasks list shows the ids and names of all.';

/** A task that the configuration names. */
export interface NamedTask {
  readonly id: string;
  readonly name?: string | undefined;
}

/**
 * The id of a task that is named by its name, here or in DCS, or by the beginning of its id, as the list shows it; any
 * other text as it is.
 *
 * @param named the tasks of the configuration
 * @throws {DcsError} when the tasks cannot be listed
 * @throws {ConfigError} when several tasks may be meant, or nothing was typed
 */
export async function wholeId(dcs: Lister, typed: string, named: readonly NamedTask[]): Promise<string> {
  if (typed.trim() === '')
    throw new ConfigError('invalid_config', 'command line: expected the id or the name of a task');
  const here = onlyOf(
    named.filter(({ name }) => name === typed).map(({ id }) => id),
    typed,
  );
  if (here !== undefined) return here;
  if (isWhole(typed)) return typed;
  const found = await listed(dcs, typed);
  return found.includes(typed) ? typed : (onlyOf(found, typed) ?? typed);
}

function isWhole(id: string): boolean {
  return HEXADECIMAL.test(id) && plainId(id).length >= DIGITS;
}

/** The typed text may be a whole id even if no listed id begins with it, so a refused list does not matter then. */
async function listed(dcs: Lister, typed: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { task_id: id, task_name: name } of dcs.migrationTasks()) {
      const isBegun = isBeginning(typed) && plainId(id).startsWith(plainId(typed));
      if (isBegun || id === typed || name === typed) found.push(id);
    }
  } catch (error) {
    if (!(error instanceof DcsError) || isBeginning(typed)) throw error;
    return [];
  }
  return found;
}

function onlyOf(found: readonly string[], typed: string): string | undefined {
  const [id, ...others] = new Set(found);
  if (others.length === 0) return id;
  const words = isBeginning(typed) ? `begin with ${typed}` : `are called ${printable(typed)}`;
  throw new ConfigError(
    'invalid_config',
    `command line: several tasks ${words}: ${[id, ...others].join(', ')}`,
  );
}
