import type { Cli } from '../../command.ts';
import { listCommand } from './list.ts';
import { redriveCommand } from './redrive.ts';
import { retryCommand } from './retry.ts';

const KEPT = `
Dead letters are kept for 30 days. The last 64 deliveries that arrived are kept
for each task.`;

export function command(cli: Cli) {
  return cli
    .command('deliveries', 'list deliveries, retry pending ones, send dead letters again', [
      ['deliveries list', 'all deliveries with their last attempt, and broken channels'],
      ['deliveries list --state dead --since 2h', 'those that were given up in the last two hours'],
      ['deliveries retry --channel ops', 'try what is pending for a channel now'],
      ['deliveries redrive --dry-run', 'see which dead letters would be sent again'],
    ])
    .addCommand(listCommand(cli))
    .addCommand(retryCommand(cli))
    .addCommand(redriveCommand(cli))
    .addHelpText('after', KEPT);
}
