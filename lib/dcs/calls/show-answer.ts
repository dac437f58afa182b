import { isObject, type JsonObject } from '../../base/json.ts';
import type { Instance, Observation } from '../../migration/model/observation.ts';
import {
  addressOf,
  copyTexts,
  instance,
  LONGEST_NAME,
  LONGEST_TEXT,
  LONGEST_WORD,
  readFields,
  readTaskFields,
  shownText,
  type TextRule,
  textOf,
  type Unreadable,
  unreadable,
} from '../fields.ts';
import { ipIn } from '../redact/addresses.ts';

/** What became of the text of an answer of ShowMigrationTask. */
export type ShowReading = { readonly kind: 'observation'; readonly observation: Observation } | Unreadable;

/** What the body of a refusal says. Nothing in it is redacted yet. */
export interface ErrorFacts {
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
  /** Whether it has a code, or a message where only the service has one: proxies answer in JSON, too. */
  readonly isOfService: boolean;
}

type TextField = Exclude<keyof Observation, 'status' | 'source' | 'target' | 'migrationIp'>;

const LONGEST_STATUS = 64;

/** The allow-list of ShowMigrationTask. No answer promises any of these fields, so all are optional. */
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
] as const satisfies readonly TextRule<TextField>[];

/**
 * Reads an answer of ShowMigrationTask. This is the border behind which no secret gets: the answer's passwords stand
 * beside the fields that are listed here, and nothing else is copied. A field of an unexpected type counts as absent,
 * only the status must be there.
 *
 * @param taskId which task was asked for
 */
export function readAnswer(body: string, taskId?: string): ShowReading {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const { status: said } = answer.value;
  const status = typeof said === 'string' ? shownText(said, LONGEST_STATUS) : undefined;
  if (status === undefined) return unreadable('has no status');
  return { kind: 'observation', observation: observationOf(answer.value, status) };
}

function observationOf(answer: JsonObject, status: string): Observation {
  const seen: { status: string } & { -readonly [K in keyof Observation]?: Observation[K] } = { status };
  copyTexts(seen, answer, TEXTS);
  const source = instanceOf(answer['source_instance']) ?? backupOf(answer['backup_files']);
  const target = instanceOf(answer['target_instance']);
  if (source !== undefined) seen.source = source;
  if (target !== undefined) seen.target = target;
  const ip = answer['ecs_tenant_private_ip'];
  const migrationIp = typeof ip === 'string' ? ipIn(ip) : undefined;
  if (migrationIp !== undefined) seen.migrationIp = migrationIp;
  return seen;
}

function instanceOf(value: unknown): Instance | undefined {
  if (!isObject(value)) return undefined;
  const address = addressOf(value['addrs']) ?? addressIn(value['ip'], value['port']);
  return instance(shownText(value['id'], LONGEST_NAME), shownText(value['name'], LONGEST_NAME), address);
}

/** A backup import has no source instance: its data comes from an OBS bucket or from a backup record. */
function backupOf(value: unknown): Instance | undefined {
  if (!isObject(value)) return undefined;
  // The pages document the id as a flat field, Terraform reads the real answer's in `backup_record`.
  const record = isObject(value['backup_record']) ? value['backup_record'] : value;
  const id = shownText(record['backup_id'], LONGEST_NAME) ?? shownText(value['backup_id'], LONGEST_NAME);
  return instance(id, undefined, addressOf(value['bucket_name']));
}

/** `ip` holds an address alone, or `host:port` with `port: null`: both forms are in the documentation's samples. */
function addressIn(ip: unknown, port: unknown): string | undefined {
  const host = addressOf(ip);
  const number = textOf(port, LONGEST_WORD);
  if (host === undefined || number === undefined || !/^\d{1,5}$/.test(number) || host.includes(','))
    return host;
  const colons = host.split(':').length - 1;
  if (colons === 0) return `${host}:${number}`;
  const bareIpv6 = colons > 1 && !host.includes(']');
  return bareIpv6 ? `[${host}]:${number}` : host;
}

const CODE = ['error_code', 'errorCode', 'code'] as const;
const MESSAGE = ['error_msg', 'errorMsg', 'message'] as const;
/** Of those names of a message the ones that only the service uses. */
const OWN_MESSAGE = ['error_msg', 'errorMsg'] as const;
/** Long enough for `DCS.4133` and `111400063`; whatever is not shaped like a code is not one. */
const CODE_SHAPE = /^(?:[A-Za-z][A-Za-z0-9]{1,9}\.\s?\d{1,9}|\d{1,12})$/;
const REQUEST_ID_SHAPE = /^[\w.-]{1,64}$/;

/**
 * Reads the body of a refusal in any of the shapes that DCS, the API gateway and IAM use: `error_code`/`error_msg`,
 * `errorCode`/`errorMsg`, `code`/`message`, flat or inside `error`; a code may be a number.
 *
 * @returns nothing when the body is no JSON object, so that somebody else (a proxy, a portal) must have written it.
 */
export function readError(body: string): ErrorFacts | undefined {
  const reading = readFields(body);
  if (reading.kind === 'unreadable') return undefined;
  const answer = reading.value;
  const nested = isObject(answer['error']) ? answer['error'] : {};
  const said = firstText(answer, CODE) ?? firstText(nested, CODE);
  const code = said !== undefined && CODE_SHAPE.test(said) ? said : undefined;
  const message = firstText(answer, MESSAGE) ?? firstText(nested, MESSAGE);
  const requestId = requestIdOf(answer['request_id']);
  return {
    isOfService: code !== undefined || firstText(answer, OWN_MESSAGE) !== undefined,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** A request id of a header or body, for whoever asks Huawei's support; nothing when it is not shaped like one. */
export function requestIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && REQUEST_ID_SHAPE.test(value) ? value : undefined;
}

const LONGEST_ERROR = 16_384;

function firstText(fields: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(fields[name], LONGEST_ERROR);
    if (text !== undefined) return text;
  }
  return undefined;
}
