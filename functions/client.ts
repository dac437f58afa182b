import { connect } from '../lib/client/client.ts';
import type { DcsClient, DcsClientOptions } from '../lib/client/types.ts';

export { DcsError, type DcsErrorReason } from '../lib/client/error.ts';
export type {
  BackupFile,
  BackupFiles,
  BackupRecord,
  DcsCallOptions,
  DcsClient,
  DcsClientOptions,
  DcsCredentials,
  DcsPageOptions,
  Figure,
  ListedMigrationTask,
  ListLogsOptions,
  ListTasksOptions,
  MigrationInstance,
  MigrationTask,
  MigrationTaskList,
  MigrationTaskLog,
  MigrationTaskLogs,
  MigrationTaskStats,
} from '../lib/client/types.ts';

/**
 * Makes a client of DCS: ShowMigrationTask and the calls beside it. The key is that of the options, else that of the
 * environment, whose proxies are honoured.
 *
 * @throws {DcsError} when an option is wrong, or there is no access key
 * @example
 * const dcs = createDcsClient({ region: 'cn-north-4', projectId: '254d2280acb74d36a8b839746bcd7352' });
 * const { status } = await dcs.showMigrationTask('a276c1ffa0a54c2597fc824b917db317');
 */
export function createDcsClient(options: DcsClientOptions): DcsClient {
  return connect(options, process.env);
}
