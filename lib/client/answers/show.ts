import { type Reading, readTaskFields, unreadable } from '../../dcs/fields.ts';
import type { BackupFile, BackupFiles, BackupRecord, MigrationInstance, MigrationTask } from '../types.ts';
import {
  address,
  digits,
  type Fields,
  flag,
  ip,
  listOf,
  name,
  objectOf,
  pickFields,
  renamed,
  text,
  word,
  words,
} from './fields.ts';

const INSTANCE: Fields<MigrationInstance> = {
  addrs: address,
  id: name,
  name,
  // It may hold `host:port`.
  ip: address,
  port: digits,
  proxy_multi_db: flag,
  db: digits,
  withProxy: flag,
  task_status: word,
};

const FILE: Fields<BackupFile> = { file_name: name, size: word, update_at: word };

const fileOf = objectOf(FILE);

const BACKUP: Fields<BackupFiles> = {
  file_source: word,
  bucket_name: address,
  files: listOf((value) => fileOf(value) ?? undefined),
  backup_id: name,
  backup_record: objectOf<BackupRecord>({ backup_id: name }),
};

const TASK: Fields<MigrationTask> = {
  task_id: name,
  task_name: name,
  description: text,
  status: (value) => word(value) ?? undefined,
  migration_type: word,
  migration_method: word,
  ecs_tenant_private_ip: ip,
  backup_files: objectOf(BACKUP),
  network_type: word,
  source_instance: objectOf(INSTANCE),
  target_instance: objectOf(INSTANCE),
  created_at: word,
  updated_at: word,
  released_at: word,
  version: word,
  resume_mode: word,
  supported_features: words,
  tenant_vpc_id: name,
  tenant_subnet_id: name,
  tenant_security_group_id: name,
  bandwidth_limit_mb: digits,
  task_status: word,
};

/** Reads an answer of ShowMigrationTask with every field that is documented. */
export function readTask(body: string, taskId: string): Reading<MigrationTask> {
  const answer = readTaskFields(body, taskId);
  if (answer.kind === 'unreadable') return answer;
  const { status } = answer.value;
  if (typeof status !== 'string' || !word(status)) return unreadable('no_status');
  // The field's name until 2021.
  return { kind: 'read', value: pickFields(renamed(answer.value, 'migrate_type', 'migration_type'), TASK) };
}
