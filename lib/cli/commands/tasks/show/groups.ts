import type { BackupFile, BackupFiles, MigrationInstance, MigrationTask } from '../../../../client/types.ts';
import { isStatusKnown, meaningOf } from '../../../../migration/model/status.ts';
import type { Fact, Group } from '../groups.ts';
import { type Moments, zonedMoments } from '../moments.ts';
import { styleOf } from '../styles.ts';

/** Every documented field of a task, in groups for people. */
export function groupsOf(id: string, task: MigrationTask, moments: Moments): Group[] {
  const moment = zonedMoments(moments);
  return [
    { title: 'Task', facts: taskFacts(id, task, moment) },
    { title: 'Source', facts: instanceFacts(task.source_instance) },
    { title: 'Target', facts: instanceFacts(task.target_instance) },
    { title: 'Backup', facts: backupFacts(task.backup_files, moment) },
    { title: 'Network', facts: networkFacts(task) },
    { title: 'Migration machine', facts: machineFacts(task, moment) },
  ];
}

function taskFacts(id: string, task: MigrationTask, moment: Moments): Fact[] {
  const { phase } = meaningIn(task);
  return [
    ['Id', task.task_id || id],
    ['Name', task.task_name],
    ['Description', task.description],
    ['Status', task.status],
    ['Phase', phaseWords(task), styleOf(phase)],
    ['IP switch', task.task_status],
    ['Type', task.migration_type],
    ['Method', task.migration_method],
    ['After a lost connection', task.resume_mode],
    ['Bandwidth limit', task.bandwidth_limit_mb ? `${task.bandwidth_limit_mb} MB/s` : undefined],
    ['Created', moment(task.created_at)],
    ['Completed', moment(task.updated_at)],
  ];
}

function meaningIn({ status, task_status: taskStatus }: MigrationTask) {
  return meaningOf(taskStatus ? { status, taskStatus } : { status });
}

/** Words that mislead have their meaning beside them. */
function phaseWords(task: MigrationTask): string {
  const { phase } = meaningIn(task);
  if (phase === 'configuring') return 'configuring: it waits to be configured';
  if (phase === 'incremental') return 'incremental: it goes on until somebody stops it';
  return isStatusKnown(task.status) ? phase : 'unknown: no document names this status';
}

function instanceFacts(instance: MigrationInstance | null | undefined): Fact[] {
  if (!instance) return [['Instance', undefined]];
  return [
    ['Name', instance.name],
    ['Id', instance.id],
    ['Addresses', instance.addrs],
    ['IP', instance.ip],
    ['Port', instance.port],
    ['Password', '(hidden)'],
    ['Database', instance.db],
    ['Proxy with databases', yesNo(instance.proxy_multi_db)],
    ['With proxy', yesNo(instance.withProxy)],
    ['State', instance.task_status],
  ];
}

function backupFacts(backup: BackupFiles | null | undefined, moment: Moments): Fact[] {
  if (!backup) return [['Files', undefined]];
  return [
    ['From', backup.file_source],
    ['Bucket', backup.bucket_name],
    ['Record', backup.backup_record?.backup_id || backup.backup_id],
    ...(backup.files ?? []).map((file): Fact => ['File', fileWords(file, moment)]),
  ];
}

function fileWords({ file_name, size, update_at }: BackupFile, moment: Moments): string {
  return [file_name, size, moment(update_at)].filter(Boolean).join(', ');
}

function networkFacts(task: MigrationTask): Fact[] {
  return [
    ['Type', task.network_type],
    ['VPC', task.tenant_vpc_id],
    ['Subnet', task.tenant_subnet_id],
    ['Security group', task.tenant_security_group_id],
  ];
}

function machineFacts(task: MigrationTask, moment: Moments): Fact[] {
  return [
    ['Private IP', task.ecs_tenant_private_ip],
    ['Version', task.version],
    ['Features', task.supported_features?.join(', ')],
    ['Released', moment(task.released_at)],
  ];
}

function yesNo(value: boolean | null | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return value ? 'yes' : 'no';
}
