import type { Cli } from '../../command.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { showCommand } from './show/show.ts';
import { statsCommand } from './stats.ts';
import { waitCommand } from './wait/wait.ts';

const KEY = `
The access key comes from the environment (HUAWEICLOUD_SDK_AK and _SK, else
CLOUD_SDK_AK and _SK, else HW_ACCESS_KEY and HW_SECRET_KEY), or from the
configuration. Passwords of instances are never shown.`;

export function command(cli: Cli) {
  return cli
    .command('tasks', 'call DCS by hand: list, show, stats, logs, wait', [
      ['tasks list --region cn-north-4 --project-id ID', 'all migration tasks of a project'],
      ['tasks show TASK', 'everything about one, in the project of watch.yml'],
      ['tasks show TASK --json', 'the same in the names of the API'],
      ['tasks wait TASK --for ready --timeout 6h', 'until it may be cut over'],
    ])
    .addCommand(listCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(statsCommand(cli))
    .addCommand(logsCommand(cli))
    .addCommand(waitCommand(cli))
    .addHelpText('after', KEY);
}
