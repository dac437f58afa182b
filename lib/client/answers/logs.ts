import { defined } from '../../base/defined.ts';
import { type Reading, readTaskFields, unreadable } from '../../dcs/fields.ts';
import { redactReport } from '../../dcs/redact/redact.ts';
import type { MigrationTaskLog, MigrationTaskLogs } from '../types.ts';
import { type Fields, listOf, objectOf, word } from './fields.ts';
import { countIn, reportOf } from './list.ts';

const LONGEST_KEYWORD = 64;

function fieldsOf(secrets: readonly string[]): Fields<MigrationTaskLog> {
  const keyword = (value: unknown) =>
    typeof value === 'string' ? redactReport(value, secrets, LONGEST_KEYWORD) : undefined;
  return {
    created_at: word,
    log_level: word,
    message: reportOf(secrets),
    log_code: reportOf(secrets),
    // A single word, should it come without its list.
    keyword: (value) => listOf(keyword)(typeof value === 'string' ? [value] : value),
  };
}

/**
 * Reads an answer of ListMigrationTaskLogs.
 *
 * @param secrets of the request, which a line may echo
 */
export function readTaskLogs(
  body: string,
  secrets: readonly string[],
  taskId: string,
): Reading<MigrationTaskLogs> {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const { log_num: said, migration_logs: entries } = answer.value;
  const count = countIn(said);
  const lineOf = objectOf(fieldsOf(secrets));
  const lines = listOf((value) => lineOf(value) ?? undefined)(count === 0 ? (entries ?? []) : entries);
  if (!lines) return unreadable('no_log_lines');
  return { kind: 'read', value: defined({ log_num: count, migration_logs: lines }) };
}
