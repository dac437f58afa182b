import { DcsError } from '../../../../client/error.ts';
import type {
  DcsClient,
  ListedMigrationTask,
  MigrationTask,
  MigrationTaskLog,
} from '../../../../client/types.ts';
import { meaningOf } from '../../../../migration/model/status.ts';
import { plainId } from '../../../../migration/model/task-id.ts';
import { errorLine } from '../asking.ts';
import type { Fact, Group } from '../groups.ts';
import type { Moments } from '../moments.ts';
import { factsOfStats } from '../stats.ts';

const BACKUP_IMPORT = 'backupfile_import';
const MOST_LINES = 5;

/**
 * The facts that ShowMigrationTask leaves out: figures of moving data, and the reason of a failure. A call that is refused
 * says so in its place.
 */
export async function extrasOf(
  id: string,
  task: MigrationTask,
  dcs: DcsClient,
  moment: Moments,
): Promise<Group[]> {
  const { phase } = meaningOf({ status: task.status });
  const isMeasured = phase === 'migrating' || phase === 'full' || phase === 'incremental';
  if (isMeasured && task.migration_type !== BACKUP_IMPORT) {
    return [
      {
        title: 'Progress',
        facts: await orRefusal(async () => factsOfStats(await dcs.showMigrationTaskStats(id))),
      },
    ];
  }
  if (phase === 'succeeded') return [{ title: 'Check', facts: await orRefusal(() => stillListed(id, dcs)) }];
  if (phase !== 'failed') return [];
  const [listed, logged] = await Promise.all([
    orRefusal(() => reasonOf(id, dcs)),
    orRefusal(() => errorsOf(id, dcs, moment)),
  ]);
  return [{ title: 'Error', facts: [...listed, ...logged] }];
}

async function orRefusal(ask: () => Promise<Fact[]>): Promise<Fact[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DcsError) return [['Not known', errorLine(error)]];
    throw error;
  }
}

/** A task that was deleted may still read as a success; only the list shows that it is gone. */
async function stillListed(id: string, dcs: DcsClient): Promise<Fact[]> {
  const entry = await entryOf(id, dcs);
  if (entry === undefined) return [['Success', 'the list of tasks does not have it: it was deleted', 'red']];
  return [['Success', 'the list of tasks has it, too', 'green']];
}

async function reasonOf(id: string, dcs: DcsClient): Promise<Fact[]> {
  const entry = await entryOf(id, dcs);
  if (entry === undefined) return [['Message', 'the list of tasks does not have this task']];
  return [['Message', entry.error_message, 'red']];
}

async function entryOf(id: string, dcs: DcsClient): Promise<ListedMigrationTask | undefined> {
  for await (const task of dcs.migrationTasks()) if (plainId(task.task_id) === plainId(id)) return task;
  return undefined;
}

async function errorsOf(id: string, dcs: DcsClient, moment: Moments): Promise<Fact[]> {
  const { migration_logs: lines } = await dcs.listMigrationTaskLogs(id, { log_level: 'ERROR' });
  return lines.slice(-MOST_LINES).map((line): Fact => ['Log', lineWords(line, moment)]);
}

function lineWords({ created_at, message }: MigrationTaskLog, moment: Moments): string {
  return [moment(created_at), message].filter(Boolean).join(' ');
}
