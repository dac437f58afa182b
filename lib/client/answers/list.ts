import { defined } from '../../base/defined.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { type Reading, readFields, unreadable } from '../../dcs/fields.ts';
import { redactReport } from '../../dcs/redact/redact.ts';
import type { ListedMigrationTask, MigrationTaskList } from '../types.ts';
import {
  address,
  type Fields,
  ip,
  name,
  pickFields,
  type Read,
  renamed,
  text,
  word,
  words,
} from './fields.ts';

/** The documented fields of a task in a list. */
function fieldsOf(errorText: Read<string>): Fields<ListedMigrationTask> {
  return {
    task_id: (value) => name(value) ?? undefined,
    task_name: name,
    description: text,
    status: word,
    migration_type: word,
    migration_method: word,
    ecs_tenant_private_ip: ip,
    data_source: address,
    source_instance_id: name,
    source_instance_name: name,
    source_instance_status: word,
    source_instance_subnet_id: name,
    source_instance_spec_code: word,
    target_instance_id: name,
    target_instance_name: name,
    target_instance_addrs: address,
    target_instance_status: word,
    target_instance_subnet_id: name,
    target_instance_spec_code: word,
    created_at: word,
    error_message: errorText,
    released_at: word,
    version: word,
    resume_mode: word,
    supported_features: words,
  };
}

/**
 * Reads an answer of ListMigrationTask, as a whole or not at all.
 *
 * @param secrets of the request, which an error message may echo
 */
export function readTaskList(body: string, secrets: readonly string[]): Reading<MigrationTaskList> {
  const answer = readFields(body);
  if (answer.kind === 'unreadable') return answer;
  const { count: said, migration_tasks: entries } = answer.value;
  const count = countIn(said);
  // Programs in Go write an empty list as null, or leave it out.
  const listed = count === 0 ? (entries ?? []) : entries;
  if (!Array.isArray(listed)) return unreadable('no_task_list');
  const fields = fieldsOf(reportOf(secrets));
  const tasks = listed.map((entry: unknown) => (isObject(entry) ? taskOf(entry, fields) : undefined));
  const known = tasks.filter((task) => task !== undefined);
  if (known.length < tasks.length) return unreadable('task_without_id');
  return { kind: 'read', value: defined({ count, migration_tasks: known }) };
}

function taskOf(entry: JsonObject, fields: Fields<ListedMigrationTask>): ListedMigrationTask | undefined {
  const { task_id: id } = entry;
  if (typeof id !== 'string' || !name(id)) return undefined;
  // Names of the fields until 2022.
  const renewed = renamed(entry, 'migrate_type', 'migration_type');
  return pickFields(renamed(renewed, 'target_instance_address', 'target_instance_addrs'), fields);
}

/** Texts in which the tools of the migration wrote what went wrong, with keys and values of customers. */
export function reportOf(secrets: readonly string[]): Read<string> {
  return (value) => {
    if (value === null) return null;
    return typeof value === 'string' ? redactReport(value, secrets) : undefined;
  };
}

/** A count, or its digits: this API mixes the two. */
export function countIn(said: unknown): number | undefined {
  const number = typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : said;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
