import { type AnswerBody, dcsError, json, type Reply } from './answers.ts';

/** `offset` and `limit` of a request, or the refusal of what is out of their documented ranges. */
type Page = { readonly offset: number; readonly limit: number } | Reply;

const DEFAULT_LIMIT = 10;
const WHOLE = /^\d{1,9}$/;

/** The documented ranges: an offset from 0, a limit of 1 to 1000, 10 when it is not given. */
function pageOf(query: URLSearchParams): Page {
  const offset = query.get('offset') ?? '0';
  const limit = query.get('limit') ?? String(DEFAULT_LIMIT);
  if (!WHOLE.test(offset)) return invalid('offset');
  if (!WHOLE.test(limit) || Number(limit) < 1 || Number(limit) > 1000) return invalid('limit');
  return { offset: Number(offset), limit: Number(limit) };
}

function invalid(parameter: string): Reply {
  return dcsError(400, '111400063', `Invalid ${parameter} parameter in the request.`);
}

/** A task of the list: what its detail call answers, and what the list says instead. */
export interface Listed {
  readonly taskId: string;
  readonly shown: AnswerBody;
  readonly overrides: AnswerBody;
}

/** An answer of ListMigrationTask. How `name` is matched is not documented; here it is contained. */
export function listReply(all: readonly Listed[], query: URLSearchParams): Reply {
  const page = pageOf(query);
  if ('status' in page) return page;
  const name = query.get('name') ?? '';
  const found = name === '' ? all : all.filter(({ shown }) => String(shown['task_name']).includes(name));
  const tasks = found.slice(page.offset, page.offset + page.limit).map(listedTask);
  return json(200, { count: found.length, migration_tasks: tasks });
}

/** An answer of ListMigrationTaskLogs. The lines keep their order. */
export function logsReply(lines: readonly AnswerBody[], query: URLSearchParams): Reply {
  const page = pageOf(query);
  if ('status' in page) return page;
  const level = query.get('log_level');
  const wanted = lines.filter((line) => level === null || line['log_level'] === level);
  const logs = wanted.slice(page.offset, page.offset + page.limit);
  return json(200, { log_num: wanted.length, migration_logs: logs });
}

/** A task as the list shows it, made of what its detail call answers: flatter, without passwords. */
function listedTask({ taskId, shown, overrides }: Listed): AnswerBody {
  const source = fieldsOf(shown['source_instance']);
  const target = fieldsOf(shown['target_instance']);
  return {
    task_id: taskId,
    task_name: shown['task_name'],
    status: shown['status'],
    migration_type: shown['migration_type'],
    migration_method: shown['migration_method'],
    ecs_tenant_private_ip: shown['ecs_tenant_private_ip'],
    data_source: source['addrs'] ?? fieldsOf(shown['backup_files'])['bucket_name'] ?? '',
    ...side('source_instance', source),
    target_instance_addrs: target['addrs'] ?? '',
    ...side('target_instance', target),
    created_at: shown['created_at'],
    description: shown['description'],
    error_message: null,
    released_at: shown['released_at'],
    version: shown['version'],
    resume_mode: shown['resume_mode'],
    supported_features: [],
    ...overrides,
  };
}

/** The list's fields about an instance; it has none about one that is not Huawei's. */
function side(prefix: string, { id, name }: AnswerBody): AnswerBody {
  const isOurs = typeof id === 'string' && id !== '';
  return {
    [`${prefix}_id`]: id ?? '',
    [`${prefix}_name`]: name ?? '',
    [`${prefix}_status`]: isOurs ? 'RUNNING' : '',
    [`${prefix}_subnet_id`]: isOurs ? '6b1e7d20-8c59-4c1d-9060-3da01f4b8e12' : '',
    [`${prefix}_spec_code`]: isOurs ? 'redis.ha.xu1.large.r2.1' : '',
  };
}

function fieldsOf(value: unknown): AnswerBody {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The figures of a task that copies, or that follows closely. */
export function realisticStats(status: unknown): AnswerBody {
  const isFull = status === 'FULLMIGRATING' || status === 'MIGRATING';
  const isIncremental = status === 'INCRMIGEATING' || status === 'INCRMIGRATING';
  return {
    full_migration_progress: isFull ? 40 : 100,
    offset: isFull || isIncremental ? 42 : 0,
    source_dbsize: 120_034,
    target_dbsize: isFull ? 48_013 : 120_031,
    target_input_kbps: isFull || isIncremental ? 12 : 0,
    target_ops: isFull || isIncremental ? 830 : 0,
    is_migrating: isFull || isIncremental,
  };
}

/**
 * In which types the figures come: `typed` as all four SDKs read them (texts, and a boolean), `numbers` as in the
 * documentation's samples, `strings` with the boolean as a text, too.
 */
export type StatsForm = 'typed' | 'numbers' | 'strings';

export function statsIn(form: StatsForm, stats: AnswerBody): AnswerBody {
  if (form === 'numbers') return stats;
  const isText = (value: unknown) => typeof value === 'number' || form === 'strings';
  const texts = Object.entries(stats).map(([name, value]) => [name, isText(value) ? String(value) : value]);
  return Object.fromEntries(texts);
}
