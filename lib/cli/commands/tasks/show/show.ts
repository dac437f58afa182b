import type { Cli } from '../../../command.ts';
import { configOption, jsonOption, quietOption } from '../../../options/options.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { type AskOptions, asking } from '../asking.ts';
import { groupLines } from '../groups.ts';
import { wholeId } from '../ids.ts';
import { momentsOf } from '../moments.ts';
import { endpointOption, insecureOption, projectIdOption, projectOption, regionOption } from '../options.ts';
import { extrasOf } from './extras.ts';
import { groupsOf } from './groups.ts';

export function showCommand({ terminal, command, ends }: Cli) {
  return command('show', 'show everything about a task')
    .argument('<id>', 'the id of the task, its beginning, or the name')
    .addOption(regionOption())
    .addOption(endpointOption())
    .addOption(projectIdOption())
    .addOption(insecureOption())
    .addOption(projectOption())
    .addOption(configOption())
    .addOption(jsonOption('the answer of ShowMigrationTask, without passwords'))
    .addOption(quietOption())
    .action((id, options) => ends(show(id, options, terminal)));
}

function show(typed: string, options: AskOptions, terminal: Terminal) {
  return asking({ ...options, taskId: typed }, terminal, async (dcs, { tasks, timeZone }) => {
    const id = await wholeId(dcs, typed, tasks);
    const moment = momentsOf(terminal.times(timeZone));
    const task = await dcs.showMigrationTask(id);
    if (options.json) {
      terminal.write(JSON.stringify(task));
      return;
    }
    const extras = await extrasOf(id, task, dcs, moment);
    for (const line of groupLines([...groupsOf(id, task, moment), ...extras], terminal)) terminal.write(line);
  });
}
