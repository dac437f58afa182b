import type { MigrationTaskStats } from '../../../client/types.ts';
import type { Cli } from '../../command.ts';
import { configOption, jsonOption, quietOption } from '../../options/options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { type AskOptions, asking } from './asking.ts';
import { type Fact, groupLines } from './groups.ts';
import { wholeId } from './ids.ts';
import { endpointOption, insecureOption, projectIdOption, projectOption, regionOption } from './options.ts';

export function statsCommand({ terminal, command, ends }: Cli) {
  return command('stats', 'show the figures of an online migration')
    .argument('<id>', 'the id of the task, its beginning, or the name')
    .addOption(regionOption())
    .addOption(endpointOption())
    .addOption(projectIdOption())
    .addOption(insecureOption())
    .addOption(projectOption())
    .addOption(configOption())
    .addOption(jsonOption('the answer of ShowMigrationTaskStats'))
    .addOption(quietOption())
    .action((id, options) => ends(stats(id, options, terminal)));
}

function stats(typed: string, options: AskOptions, terminal: Terminal) {
  return asking({ ...options, taskId: typed }, terminal, async (dcs, { tasks }) => {
    const id = await wholeId(dcs, typed, tasks);
    const figures = await dcs.showMigrationTaskStats(id);
    if (options.json) terminal.write(JSON.stringify(figures));
    else for (const line of groupLines([{ facts: factsOfStats(figures) }], terminal)) terminal.write(line);
  });
}

export function factsOfStats(stats: MigrationTaskStats): Fact[] {
  const { full_migration_progress, offset, source_dbsize, target_dbsize, target_input_kbps, target_ops } =
    stats;
  return [
    ['Full copy', withUnit(full_migration_progress, '%')],
    ['Lag (offset)', withUnit(offset)],
    ['Keys at source', withUnit(source_dbsize)],
    ['Keys at target', withUnit(target_dbsize)],
    ['Target input', withUnit(target_input_kbps, 'KB/s')],
    ['Target operations', withUnit(target_ops, 'per second')],
    ['Migrating', flag(stats.is_migrating)],
  ];
}

type Figure = MigrationTaskStats['offset'];

function withUnit(figure: Figure, unit = ''): string | undefined {
  return figure === undefined || figure === null || figure === '' ? undefined : `${figure} ${unit}`.trim();
}

function flag(value: boolean | null | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return value ? 'yes' : 'no';
}
