import { cutTo } from '../../../base/columns.ts';
import { ConfigError } from '../../../config/errors.ts';
import { plainId } from '../../../migration/model/task-id.ts';

interface Lister {
  migrationTasks(): AsyncIterable<{ readonly task_id: string }>;
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

/** As much of each id as tells it from all others; one that takes more is cut. */
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

/**
 * The whole id of a task that is named by its beginning, as the list shows it; any other id as it is.
 *
 * @throws {DcsError} when the tasks cannot be listed
 * @throws {ConfigError} when several tasks begin so, or nothing was typed
 */
export async function wholeId(dcs: Lister, typed: string): Promise<string> {
  if (typed.trim() === '') throw new ConfigError('invalid_config', 'command line: expected the id of a task');
  if (!isBeginning(typed)) return typed;
  const found: string[] = [];
  for await (const { task_id: id } of dcs.migrationTasks()) {
    if (plainId(id).startsWith(plainId(typed))) found.push(id);
  }
  const [id = typed, ...others] = found;
  if (found.includes(typed)) return typed;
  if (others.length === 0) return id;
  throw new ConfigError(
    'invalid_config',
    `command line: several tasks begin with ${typed}: ${found.join(', ')}`,
  );
}
