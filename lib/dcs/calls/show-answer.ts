import { isObject, type JsonObject } from '../../base/json.ts';
import type { Instance, Observation } from '../../migration/model/observation.ts';
import {
  addressOf,
  copyTexts,
  instance,
  LONGEST_NAME,
  LONGEST_TEXT,
  LONGEST_WORD,
  readTaskFields,
  shownText,
  type TextRule,
  textOf,
  type Unreadable,
  unreadable,
} from '../fields.ts';
import { ipIn } from '../redact/addresses.ts';

/** The reading of an answer of ShowMigrationTask. */
export type ShowReading = { readonly kind: 'observation'; readonly observation: Observation } | Unreadable;

type TextField = Exclude<keyof Observation, 'status' | 'source' | 'target' | 'migrationIp'>;

const LONGEST_STATUS = 64;

/** The allow-list of ShowMigrationTask. No answer promises any of these fields, so all are optional. */
const TEXTS = [
  ['name', 'task_name', LONGEST_NAME],
  ['description', 'description', LONGEST_TEXT],
  ['migrationType', 'migration_type', LONGEST_WORD],
  // The field's name until 2021, which counts where the new one is absent.
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
 * Reads an answer of ShowMigrationTask. No secret gets past this function: the answer contains passwords, but only the
 * fields listed here are copied. A field of an unexpected type counts as absent; only the status is required.
 *
 * @param taskId the requested task
 */
export function readAnswer(body: string, taskId?: string): ShowReading {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const { status: found } = answer.value;
  const status = typeof found === 'string' ? shownText(found, LONGEST_STATUS) : undefined;
  if (status === undefined) return unreadable('no_status');
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
  // The documentation has the id as a flat field, but Terraform reads it from `backup_record` of the real answer.
  const record = isObject(value['backup_record']) ? value['backup_record'] : value;
  const id = shownText(record['backup_id'], LONGEST_NAME) ?? shownText(value['backup_id'], LONGEST_NAME);
  return instance(id, undefined, addressOf(value['bucket_name']));
}

/**
 * Reads an address from `ip` and `port`. The documentation's samples have both an `ip` alone, and `host:port` in it
 * with `port: null`.
 */
function addressIn(ip: unknown, port: unknown): string | undefined {
  const host = addressOf(ip);
  const number = textOf(port, LONGEST_WORD);
  // Mutant survives, `number === undefined` → `false`: the word "undefined" is no number either.
  if (host === undefined || number === undefined || !/^\d{1,5}$/.test(number) || host.includes(','))
    return host;
  const colons = host.split(':').length - 1;
  if (colons === 0) return `${host}:${number}`;
  const bareIpv6 = colons > 1 && !host.includes(']');
  return bareIpv6 ? `[${host}]:${number}` : host;
}
