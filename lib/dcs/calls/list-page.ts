import { defined } from '../../base/defined.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { oneLine } from '../../base/text.ts';
import type { ListedTask } from '../../migration/model/enrichment.ts';
import {
  addressOf,
  copyTexts,
  instance,
  LONGEST_NAME,
  LONGEST_WORD,
  type Reading,
  readFields,
  shownText,
  type TextRule,
  unreadable,
} from '../fields.ts';
import { ipIn } from '../redact/addresses.ts';
import { searchedOnce } from '../redact/clean-texts.ts';
import { redactReport } from '../redact/redact.ts';

/** One answer of ListMigrationTask. */
export interface ListPage {
  /** The service's `count`, presumably of all tasks, perhaps of the page. Absent if the answer has none. */
  readonly count?: number;
  readonly tasks: readonly ListedTask[];
}

type TextField = 'name' | 'migrationType' | 'migrationMethod' | 'createdAt' | 'releasedAt';

/** The allow-list of ListMigrationTask. All but the id are optional. */
const TEXTS = [
  ['name', 'task_name', LONGEST_NAME],
  ['migrationType', 'migration_type', LONGEST_WORD],
  // The field's name until 2022.
  ['migrationType', 'migrate_type', LONGEST_WORD],
  ['migrationMethod', 'migration_method', LONGEST_WORD],
  ['createdAt', 'created_at', LONGEST_WORD],
  ['releasedAt', 'released_at', LONGEST_WORD],
] as const satisfies readonly TextRule<TextField>[];

/**
 * Reads an answer of ListMigrationTask. An absent task counts as deleted, so one entry without an id, which could be
 * any task, makes the whole page unreadable.
 *
 * @param secrets secrets of the request, which an error message may echo
 */
export function readListPage(body: string, secrets: readonly string[]): Reading<ListPage> {
  const answer = readFields(body);
  if (answer.kind === 'unreadable') return answer;
  const { count: reported, migration_tasks: entries } = answer.value;
  const isCounted = reported !== undefined && reported !== null;
  const count = countOf(reported);
  if (isCounted && count === undefined) return unreadable('count_no_number');
  // Go programs write an empty list as null, or leave it out.
  if (count === 0 && (entries === undefined || entries === null)) {
    return { kind: 'read', value: { count, tasks: [] } };
  }
  if (!Array.isArray(entries)) return unreadable('no_task_list');
  const tasks: ListedTask[] = [];
  for (const entry of entries) {
    const task = isObject(entry) ? taskOf(entry, secrets) : undefined;
    if (task === undefined) return unreadable('task_without_id');
    tasks.push(task);
  }
  return { kind: 'read', value: defined({ count, tasks }) };
}

/** Reads a number or its digits, because this API mixes both. */
function countOf(reported: unknown): number | undefined {
  const isDigits = typeof reported === 'string' && /^\d{1,9}$/.test(reported);
  const count = isDigits ? Number(reported) : reported;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** Characters of the cache: the errors of some thousand failed tasks, which the list repeats at every tick. */
const REMEMBERED_CHARACTERS = 1_000_000;

const withoutEcho = searchedOnce((error) => redactReport(error, []), REMEMBERED_CHARACTERS);

/** Redacts an error. The cache serves all errors without an echo of the request, which alone depend on its secrets. */
function shownError(error: string, secrets: readonly string[]): string {
  const isEcho = secrets.some((secret) => error.includes(secret));
  return isEcho ? redactReport(error, secrets) : withoutEcho(error);
}

function taskOf(entry: JsonObject, secrets: readonly string[]): ListedTask | undefined {
  const { task_id: id, status: reported, error_message: error, ecs_tenant_private_ip: ip } = entry;
  const taskId = typeof id === 'string' ? oneLine(id, LONGEST_NAME) : '';
  if (taskId === '') return undefined;
  const task: { taskId: string } & { -readonly [K in keyof ListedTask]?: ListedTask[K] } = { taskId };
  copyTexts(task, entry, TEXTS);
  const status = typeof reported === 'string' ? shownText(reported, LONGEST_WORD) : undefined;
  if (status !== undefined) task.status = status;
  const migrationIp = typeof ip === 'string' ? ipIn(ip) : undefined;
  if (migrationIp !== undefined) task.migrationIp = migrationIp;
  const errorMessage = typeof error === 'string' ? shownError(error, secrets) : '';
  if (errorMessage !== '') task.errorMessage = errorMessage;
  const source = side(entry, 'source_instance', entry['data_source']);
  // Until 2022 the address of the target was in `target_instance_address`.
  const target = side(
    entry,
    'target_instance',
    entry['target_instance_addrs'] ?? entry['target_instance_address'],
  );
  if (source !== undefined) task.source = source;
  if (target !== undefined) task.target = target;
  return task;
}

function side(entry: JsonObject, prefix: string, address: unknown): ListedTask['source'] {
  const id = shownText(entry[`${prefix}_id`], LONGEST_NAME);
  const name = shownText(entry[`${prefix}_name`], LONGEST_NAME);
  return instance(id, name, addressOf(address));
}
