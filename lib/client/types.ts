/** An instance of Redis that a migration reads from or writes to. Its password is never given. */
export interface MigrationInstance {
  /** `host:port`; a comma-separated list for clusters. */
  readonly addrs?: string | null;
  /** Empty for a Redis that is not Huawei's. */
  readonly id?: string | null;
  readonly name?: string | null;
  /** May have the port in it, `port` is null then. */
  readonly ip?: string | null;
  readonly port?: string | null;
  readonly proxy_multi_db?: boolean | null;
  readonly db?: string | null;
  readonly withProxy?: boolean | null;
  readonly task_status?: string | null;
}

/** One file of a backup that is imported. */
export interface BackupFile {
  readonly file_name?: string | null;
  /** As whoever made the task wrote it: `754.0MB`. */
  readonly size?: string | null;
  readonly update_at?: string | null;
}

/** The record of a backup, where the service writes its id apart. */
export interface BackupRecord {
  readonly backup_id?: string | null;
}

/** The data of a backup import. */
export interface BackupFiles {
  /** `self_build_obs` or `backup_record`. */
  readonly file_source?: string | null;
  readonly bucket_name?: string | null;
  readonly files?: readonly BackupFile[] | null;
  readonly backup_id?: string | null;
  readonly backup_record?: BackupRecord | null;
}

/**
 * The answer of ShowMigrationTask, in the names of the API. Only the status is sure to be there. Times are the service's own
 * text: their form and zone differ.
 */
export interface MigrationTask {
  /** E.g. `INCRMIGEATING` (sic). The set is open. `RUNNING` means that the task waits to be configured. */
  readonly status: string;
  readonly task_id?: string | null;
  readonly task_name?: string | null;
  readonly description?: string | null;
  /** `backupfile_import` or `online_migration`. */
  readonly migration_type?: string | null;
  /** `full_amount_migration` or `incremental_migration`. */
  readonly migration_method?: string | null;
  /** The address of the migration machine, for whitelists. */
  readonly ecs_tenant_private_ip?: string | null;
  readonly backup_files?: BackupFiles | null;
  /** `vpc` or `vpn`. */
  readonly network_type?: string | null;
  readonly source_instance?: MigrationInstance | null;
  readonly target_instance?: MigrationInstance | null;
  readonly created_at?: string | null;
  /** When the task was completed, not when it last changed. */
  readonly updated_at?: string | null;
  /** When the migration machine was released. */
  readonly released_at?: string | null;
  /** The version of the migration machine. */
  readonly version?: string | null;
  /** `auto` or `manual`. */
  readonly resume_mode?: string | null;
  readonly supported_features?: readonly string[] | null;
  readonly tenant_vpc_id?: string | null;
  readonly tenant_subnet_id?: string | null;
  readonly tenant_security_group_id?: string | null;
  /** MB/s; for incremental migrations. */
  readonly bandwidth_limit_mb?: string | null;
  /** The state of an IP switch: `EXCHANGING`, `EXCHANGE_SUCCESS`, `ROLLBACK_SUCCESS`. */
  readonly task_status?: string | null;
}

/** One task in the answer of ListMigrationTask. */
export interface ListedMigrationTask {
  readonly task_id: string;
  readonly task_name?: string | null;
  readonly description?: string | null;
  readonly status?: string | null;
  readonly migration_type?: string | null;
  readonly migration_method?: string | null;
  readonly ecs_tenant_private_ip?: string | null;
  /** `host:port`, or the bucket of a backup. */
  readonly data_source?: string | null;
  readonly source_instance_id?: string | null;
  readonly source_instance_name?: string | null;
  readonly source_instance_status?: string | null;
  readonly source_instance_subnet_id?: string | null;
  readonly source_instance_spec_code?: string | null;
  readonly target_instance_id?: string | null;
  readonly target_instance_name?: string | null;
  readonly target_instance_addrs?: string | null;
  readonly target_instance_status?: string | null;
  readonly target_instance_subnet_id?: string | null;
  readonly target_instance_spec_code?: string | null;
  readonly created_at?: string | null;
  /** Why a task failed, without data of customers. */
  readonly error_message?: string | null;
  readonly released_at?: string | null;
  readonly version?: string | null;
  readonly resume_mode?: string | null;
  readonly supported_features?: readonly string[] | null;
}

/** The answer of ListMigrationTask. */
export interface MigrationTaskList {
  /** Presumably of all tasks; no document says so. */
  readonly count?: number;
  readonly migration_tasks: readonly ListedMigrationTask[];
}

/** A figure: documented as a text, a number in every sample. `Number(figure)` takes both. */
export type Figure = string | number;

/** The answer of ShowMigrationTaskStats. */
export interface MigrationTaskStats {
  /** Percent. */
  readonly full_migration_progress?: Figure | null;
  /** How far the target is behind the source; 0 is not at all. */
  readonly offset?: Figure | null;
  /** Keys. */
  readonly source_dbsize?: Figure | null;
  readonly target_dbsize?: Figure | null;
  /** KB/s. */
  readonly target_input_kbps?: Figure | null;
  readonly target_ops?: Figure | null;
  readonly is_migrating?: boolean | null;
}

/** One line in the answer of ListMigrationTaskLogs. */
export interface MigrationTaskLog {
  readonly created_at?: string | null;
  /** `INFO`, `WARN`, `ERROR`, `DEBUG`. */
  readonly log_level?: string | null;
  /** One line of at most 500 characters, without data of customers. */
  readonly message?: string | null;
  readonly log_code?: string | null;
  readonly keyword?: readonly string[] | null;
}

/** The answer of ListMigrationTaskLogs. */
export interface MigrationTaskLogs {
  /** How many lines the log has. */
  readonly log_num?: number;
  readonly migration_logs: readonly MigrationTaskLog[];
}

/** An access key. A temporary one comes with its token. */
export interface DcsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

/** Where the tasks are, and how to reach them. */
export interface DcsClientOptions {
  /** E.g. `cn-north-4`; picks the endpoint. */
  readonly region?: string | undefined;
  /** Instead of the region's own: `https://dcs.eu-de.otc.t-systems.com`. */
  readonly endpoint?: string | undefined;
  readonly projectId: string;
  /** Default: HUAWEICLOUD_SDK_AK and _SK in the environment, else CLOUD_SDK_AK and _SK, else HW_ACCESS_KEY and HW_SECRET_KEY. */
  readonly credentials?: DcsCredentials | undefined;
  /** Permits `http:` and private addresses. */
  readonly allowInsecure?: boolean | undefined;
  /** For one call with everything in it. Milliseconds; default 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** Options that every call has. */
export interface DcsCallOptions {
  /** Ends the call, which then fails with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** A part of a list. */
export interface DcsPageOptions extends DcsCallOptions {
  /** How many entries to leave out; default 0. */
  readonly offset?: number | undefined;
  /** How many entries at most, up to 1000; default: all tasks that fit, or 100 lines of a log. */
  readonly limit?: number | undefined;
}

/** Which tasks to list. */
export interface ListTasksOptions extends DcsPageOptions {
  /** How the service matches it is not documented. */
  readonly name?: string | undefined;
}

/** Which lines of a log to list. */
export interface ListLogsOptions extends DcsPageOptions {
  readonly log_level?: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG' | undefined;
}

/**
 * The calls of DCS about migration tasks. Each rejects with a `DcsError` when there is no good answer.
 *
 * Calls of one client share ten requests per second. After a refused key, and while the service asks for a pause, no
 * request is sent: more than five refusals in a row lock a key.
 */
export interface DcsClient {
  showMigrationTask(taskId: string, options?: DcsCallOptions): Promise<MigrationTask>;
  showMigrationTaskStats(taskId: string, options?: DcsCallOptions): Promise<MigrationTaskStats>;
  /** One page. */
  listMigrationTask(options?: ListTasksOptions): Promise<MigrationTaskList>;
  /** All tasks from `offset` on, in pages of `limit`. */
  migrationTasks(options?: ListTasksOptions): AsyncIterable<ListedMigrationTask>;
  /** One page. */
  listMigrationTaskLogs(taskId: string, options?: ListLogsOptions): Promise<MigrationTaskLogs>;
  /** All lines from `offset` on, in pages of `limit`. */
  migrationTaskLogs(taskId: string, options?: ListLogsOptions): AsyncIterable<MigrationTaskLog>;
  /** Closes its connections. */
  close(): Promise<void>;
}
