import { Option } from '@commander-js/extra-typings';
import { wrapped } from '../../../base/columns.ts';
import { printable } from '../../../base/text.ts';
import type { MigrationTaskLog } from '../../../client/types.ts';
import type { Cli } from '../../command.ts';
import { configOption, jsonOption, quietOption } from '../../options/options.ts';
import type { Style } from '../../terminal/colours.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { type AskOptions, asking } from './asking.ts';
import { wholeId } from './ids.ts';
import { type Moments, momentsOf } from './moments.ts';
import { endpointOption, insecureOption, projectIdOption, projectOption, regionOption } from './options.ts';

const LEVELS = ['INFO', 'WARN', 'ERROR', 'DEBUG'] as const;

export function logsCommand({ terminal, command, ends }: Cli) {
  return command('logs', 'show the log of a task')
    .argument('<id>', 'the id of the task, its beginning, or the name')
    .addOption(new Option('--level <level>', 'only lines of this level').choices(LEVELS))
    .addOption(regionOption())
    .addOption(endpointOption())
    .addOption(projectIdOption())
    .addOption(insecureOption())
    .addOption(projectOption())
    .addOption(configOption())
    .addOption(jsonOption('the answer of ListMigrationTaskLogs, all pages in one'))
    .addOption(quietOption())
    .action((id, options) => ends(logs(id, options, terminal)));
}

interface LogOptions extends AskOptions {
  readonly level?: (typeof LEVELS)[number] | undefined;
}

function logs(typed: string, { level, ...options }: LogOptions, terminal: Terminal) {
  return asking({ ...options, taskId: typed }, terminal, async (dcs, { tasks, timeZone }) => {
    const id = await wholeId(dcs, typed, tasks);
    const moment = momentsOf(terminal.times(timeZone));
    const lines: MigrationTaskLog[] = [];
    for await (const line of dcs.migrationTaskLogs(id, { log_level: level })) lines.push(line);
    if (options.json) terminal.write(JSON.stringify({ log_num: lines.length, migration_logs: lines }));
    else for (const line of logLines(lines, moment, terminal)) terminal.write(line);
  });
}

const STYLES: Readonly<Record<string, Style>> = { ERROR: 'red', WARN: 'yellow' };
const USUAL_COLUMNS = 80;

/** Lines of a log in the order of the service, which no document states. */
export function logLines(logs: readonly MigrationTaskLog[], moment: Moments, terminal: Terminal): string[] {
  return logs.length === 0 ? ['The log is empty.'] : logs.flatMap((log) => linesOf(log, moment, terminal));
}

function linesOf(
  { created_at, log_level, log_code, message, keyword }: MigrationTaskLog,
  moment: Moments,
  { columns = USUAL_COLUMNS, paint }: Terminal,
): string[] {
  const level = log_level ?? '';
  const code = log_code ? [`[${log_code}]`] : [];
  const words = keyword && keyword.length > 0 ? [`(${keyword.join(', ')})`] : [];
  const text = [moment(created_at) ?? '-', level.padEnd(5), message ?? '', ...code, ...words].join(' ');
  const [first = '', ...rest] = wrapped(printable(text), columns, '  ');
  const style = STYLES[level];
  return [style === undefined ? first : first.replace(level, paint(style, level)), ...rest];
}
