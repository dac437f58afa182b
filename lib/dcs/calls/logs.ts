import { defined } from '../../base/defined.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { CallResult, TaskLogLine } from '../../migration/model/enrichment.ts';
import type { Call } from '../call.ts';
import { LONGEST_WORD, type Reading, readTaskFields, textOf, unreadable } from '../fields.ts';
import { redactReport } from '../redact/redact.ts';
import type { CallFacts } from '../refusal-words.ts';

/** Lines of one request; the service documents no limit. */
const PAGE_SIZE = 100;
/** Ten KiB for each line, which may contain a whole stack trace. */
const MAX_BODY_BYTES = 1024 * 1024;
const WANTED_LEVEL = 'ERROR';
/** Lines of the result; the console shows more. */
const MOST_LINES = 20;
const MOST_KEYWORDS = 10;

export const LOGS_FACTS: CallFacts = {
  call: 'ListMigrationTaskLogs',
  permission: 'dcs:migrationTask:get',
  ofOneTask: true,
};

/** One answer of ListMigrationTaskLogs. */
export interface LogPage {
  /** The service's count of all lines; 0 if the answer has none. */
  readonly count: number;
  /** Errors only, in the order of the service. */
  readonly lines: readonly TaskLogLine[];
}

/** ListMigrationTaskLogs from the line at `offset` on. */
export function logsCall(taskId: string, offset: number): Call<LogPage> {
  const query = `limit=${PAGE_SIZE}&log_level=${WANTED_LEVEL}&offset=${offset}`;
  return {
    path: `migration-task/${encodeURIComponent(taskId)}/logs?${query}`,
    facts: LOGS_FACTS,
    maxBodyBytes: MAX_BODY_BYTES,
    read: (body, secrets) => readLogPage(body, secrets, taskId),
  };
}

/**
 * Reads the newest errors of a task's log. No document tells whether the oldest or the newest line comes first, so both
 * ends of a long log are read.
 *
 * @param page reads the page at an offset.
 * @returns at most 20 lines, the newest first; in the service's order when a line lacks its time
 */
export async function readNewestErrors(
  page: (offset: number) => Promise<CallResult<LogPage>>,
): Promise<CallResult<readonly TaskLogLine[]>> {
  const head = await page(0);
  if (head.kind !== 'known') return head;
  const { count, lines } = head.value;
  const isWhole = count <= PAGE_SIZE;
  const tail = isWhole ? undefined : await page(Math.max(PAGE_SIZE, count - PAGE_SIZE));
  // One end of a log is still useful if the other cannot be read.
  const all = tail?.kind === 'known' ? distinct([...lines, ...tail.value.lines]) : lines;
  return { kind: 'known', value: newestFirst(all).slice(0, MOST_LINES) };
}

/** The lines without repetitions, because a service that ignores the offset sends the same lines twice. */
function distinct(lines: readonly TaskLogLine[]): readonly TaskLogLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** The documented form of `created_at`. Two times are only comparable with the Z. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function newestFirst(lines: readonly TaskLogLine[]): readonly TaskLogLine[] {
  const timed = lines.map((line) => ({
    line,
    ms: UTC.test(line.at ?? '') ? Date.parse(line.at ?? '') : Number.NaN,
  }));
  if (timed.some(({ ms }) => Number.isNaN(ms))) return lines;
  return timed.toSorted((a, b) => b.ms - a.ms).map(({ line }) => line);
}

/**
 * Reads an answer of ListMigrationTaskLogs. It filters the errors again, because the service may ignore the request's
 * filter.
 */
export function readLogPage(body: string, secrets: readonly string[], taskId?: string): Reading<LogPage> {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const { log_num: count, migration_logs: entries } = answer.value;
  if (!Array.isArray(entries)) return unreadable('no_log_lines');
  const lines = entries.flatMap((entry: unknown) => lineOf(entry, secrets) ?? []);
  const total = Number(textOf(count, LONGEST_WORD) ?? 0);
  return { kind: 'read', value: { count: Number.isSafeInteger(total) ? total : 0, lines } };
}

function lineOf(entry: unknown, secrets: readonly string[]): TaskLogLine | undefined {
  if (!isObject(entry)) return undefined;
  const level = textOf(entry['log_level'], LONGEST_WORD);
  if (level?.toUpperCase() !== WANTED_LEVEL) return undefined;
  const at = textOf(entry['created_at'], LONGEST_WORD);
  const code = redactReport(textOf(entry['log_code'], LONGEST_WORD) ?? '', secrets);
  const found = entry['message'];
  const message = (typeof found === 'string' && redactReport(found, secrets)) || code;
  if (message === '') return undefined;
  const keywords = keywordsOf(entry, secrets);
  return defined({ at, level, code: code === '' ? undefined : code, message, keywords });
}

function keywordsOf({ keyword }: JsonObject, secrets: readonly string[]): string[] {
  const words: readonly unknown[] = [keyword].flat();
  const texts = words.slice(0, MOST_KEYWORDS).filter((word) => typeof word === 'string');
  return texts.map((text) => redactReport(text, secrets, LONGEST_WORD)).filter((text) => text !== '');
}
