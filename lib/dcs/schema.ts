import type { Instance, Observation } from '../migration/observation.ts';
import { oneLine } from './text.ts';

/** What became of the text of an answer. */
export type Reading =
  | { readonly kind: 'observation'; readonly observation: Observation }
  /** `why` continues a sentence that begins with "the answer". */
  | { readonly kind: 'unreadable'; readonly why: string };

/** What the body of a refusal says. Nothing in it is redacted yet. */
export interface ErrorFacts {
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
}

type Fields = Readonly<Record<string, unknown>>;
type TextField = Exclude<keyof Observation, 'status' | 'source' | 'target'>;

const LONGEST_STATUS = 64;
const LONGEST_WORD = 64;
const LONGEST_NAME = 256;
const LONGEST_TEXT = 1024;

/**
 * The allow-list: [field of the observation, field of ShowMigrationTask's answer, most characters]. No answer promises
 * any of them, so all are optional.
 */
const TEXTS = [
  ['name', 'task_name', LONGEST_NAME],
  ['description', 'description', LONGEST_TEXT],
  ['migrationType', 'migration_type', LONGEST_WORD],
  // What the field was called until 2021; it counts where the new one is absent.
  ['migrationType', 'migrate_type', LONGEST_WORD],
  ['migrationMethod', 'migration_method', LONGEST_WORD],
  ['networkType', 'network_type', LONGEST_WORD],
  ['resumeMode', 'resume_mode', LONGEST_WORD],
  ['version', 'version', LONGEST_WORD],
  ['taskStatus', 'task_status', LONGEST_WORD],
  ['createdAt', 'created_at', LONGEST_WORD],
  ['updatedAt', 'updated_at', LONGEST_WORD],
  ['releasedAt', 'released_at', LONGEST_WORD],
] as const satisfies readonly (readonly [TextField, string, number])[];

/**
 * Reads an answer of ShowMigrationTask. This is the border behind which no secret gets: the answer's passwords stand
 * beside the fields that are listed here, and nothing else is copied. A field of an unexpected type counts as absent,
 * only the status must be there.
 */
export function readAnswer(body: string): Reading {
  const answer = parse(body);
  if (answer === undefined) return { kind: 'unreadable', why: 'is not JSON' };
  if (!isObject(answer)) return { kind: 'unreadable', why: 'is not a JSON object' };
  const status = typeof answer['status'] === 'string' ? oneLine(answer['status'], LONGEST_STATUS) : '';
  if (status === '') return { kind: 'unreadable', why: 'has no status' };
  return { kind: 'observation', observation: observationOf(answer, status) };
}

function observationOf(answer: Fields, status: string): Observation {
  const seen: { status: string } & { -readonly [K in keyof Observation]?: Observation[K] } = { status };
  for (const [to, from, max] of TEXTS) {
    const text = textOf(answer[from], max);
    if (text !== undefined && seen[to] === undefined) seen[to] = text;
  }
  const source = instanceOf(answer['source_instance']) ?? backupOf(answer['backup_files']);
  const target = instanceOf(answer['target_instance']);
  if (source !== undefined) seen.source = source;
  if (target !== undefined) seen.target = target;
  return seen;
}

function instanceOf(value: unknown): Instance | undefined {
  if (!isObject(value)) return undefined;
  const address = textOf(value['addrs'], LONGEST_TEXT) ?? addressOf(value['ip'], value['port']);
  return instance(textOf(value['id'], LONGEST_NAME), textOf(value['name'], LONGEST_NAME), address);
}

/** A backup import has no source instance: its data comes from an OBS bucket or from a backup record. */
function backupOf(value: unknown): Instance | undefined {
  if (!isObject(value)) return undefined;
  // The pages document the id as a flat field, Terraform reads the real answer's in `backup_record`.
  const record = isObject(value['backup_record']) ? value['backup_record'] : value;
  const id = textOf(record['backup_id'], LONGEST_NAME) ?? textOf(value['backup_id'], LONGEST_NAME);
  return instance(id, undefined, textOf(value['bucket_name'], LONGEST_NAME));
}

function instance(
  id: string | undefined,
  name: string | undefined,
  address: string | undefined,
): Instance | undefined {
  if (id === undefined && name === undefined && address === undefined) return undefined;
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
  };
}

/** `ip` holds an address alone, or `host:port` with `port: null`: both forms are in the documentation's samples. */
function addressOf(ip: unknown, port: unknown): string | undefined {
  const host = textOf(ip, LONGEST_NAME);
  const number = textOf(port, LONGEST_WORD);
  if (host === undefined || number === undefined) return host;
  const colons = host.split(':').length - 1;
  if (colons === 0) return `${host}:${number}`;
  const bareIpv6 = colons > 1 && !host.includes(']');
  return bareIpv6 ? `[${host}]:${number}` : host;
}

/** Strings, and numbers where a string is documented (`bandwidth_limit_mb`, codes); everything else is absent. */
function textOf(value: unknown, max: number): string | undefined {
  if (typeof value === 'string') return oneLine(value, max) || undefined;
  return Number.isFinite(value) ? String(value) : undefined;
}

const CODE = ['error_code', 'errorCode', 'code'] as const;
const MESSAGE = ['error_msg', 'errorMsg', 'message'] as const;
/** Long enough for `DCS.4133` and `111400063`; whatever is not shaped like a code is not one. */
const CODE_SHAPE = /^(?:[A-Za-z][A-Za-z0-9]{1,9}\.\d{1,6}|\d{1,12})$/;
const REQUEST_ID_SHAPE = /^[\w.-]{1,64}$/;

/**
 * Reads the body of a refusal in any of the shapes that DCS, the API gateway and IAM use: `error_code`/`error_msg`,
 * `errorCode`/`errorMsg`, `code`/`message`, flat or inside `error`; a code may be a number.
 *
 * @returns nothing when the body is no JSON object, so that somebody else (a proxy, a portal) must have written it.
 */
export function readError(body: string): ErrorFacts | undefined {
  const answer = parse(body);
  if (!isObject(answer)) return undefined;
  const nested = isObject(answer['error']) ? answer['error'] : {};
  const code = firstText(answer, CODE) ?? firstText(nested, CODE);
  const message = firstText(answer, MESSAGE) ?? firstText(nested, MESSAGE);
  const requestId = requestIdOf(answer['request_id']);
  return {
    ...(code !== undefined && CODE_SHAPE.test(code) && { code }),
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** A request id of a header or body, for whoever asks Huawei's support; nothing when it is not shaped like one. */
export function requestIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && REQUEST_ID_SHAPE.test(value) ? value : undefined;
}

const LONGEST_ERROR = 16_384;

function firstText(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(fields[name], LONGEST_ERROR);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** @returns nothing when it is not JSON. `null` is JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's error quotes the text around the fault, which may be a password.
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
