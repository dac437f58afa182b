import { Option } from '@commander-js/extra-typings';
import { count, printable } from '../../../base/text.ts';
import type { ListedMigrationTask } from '../../../client/types.ts';
import type { Phase } from '../../../events/phase.ts';
import { meaningOf } from '../../../migration/model/status.ts';
import type { Cli } from '../../command.ts';
import { configOption, jsonOption, quietOption } from '../../options/options.ts';
import { type Table, type TerminalFormat, tableLines, tableWidth } from '../../terminal/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { type AskOptions, asking } from './asking.ts';
import { beginningsOf } from './ids.ts';
import { type Moments, momentsOf } from './moments.ts';
import { endpointOption, insecureOption, projectIdOption, projectOption, regionOption } from './options.ts';
import { styleOf } from './styles.ts';

export function listCommand({ terminal, command, ends }: Cli) {
  return command('list', 'list the migration tasks of a project')
    .addOption(new Option('--name <text>', 'only those whose name matches this, by the rules of DCS'))
    .addOption(regionOption())
    .addOption(endpointOption())
    .addOption(projectIdOption())
    .addOption(insecureOption())
    .addOption(projectOption())
    .addOption(configOption())
    .addOption(jsonOption('the answer of ListMigrationTask, all pages in one'))
    .addOption(quietOption())
    .action((options) => ends(list(options, terminal)));
}

interface ListOptions extends AskOptions {
  readonly name?: string | undefined;
}

function list(options: ListOptions, terminal: Terminal) {
  return asking(options, terminal, async (dcs, { name: project, timeZone }) => {
    const tasks: ListedMigrationTask[] = [];
    for await (const task of dcs.migrationTasks({ name: options.name })) tasks.push(task);
    if (options.json) terminal.write(JSON.stringify({ count: tasks.length, migration_tasks: tasks }));
    else
      for (const line of linesOf(tasks, { project, moment: momentsOf(terminal.times(timeZone)) }, terminal))
        terminal.write(line);
  });
}

/** A list for people. */
interface Listing {
  readonly project: string;
  readonly moment: Moments;
}

function linesOf(
  tasks: readonly ListedMigrationTask[],
  { project, moment }: Listing,
  terminal: Terminal,
): string[] {
  if (tasks.length === 0) return [`There are no migration tasks in project ${printable(project)}.`];
  return [...tableOf(tasks, moment, terminal), '', count(tasks.length, 'task')];
}

/** Columns by their headings, each with its cell. The order is that of the widest table. */
const CELLS: Readonly<Record<string, (task: ListedMigrationTask, moment: Moments) => string>> = {
  ID: ({ task_id }) => task_id,
  NAME: ({ task_name }) => task_name ?? '',
  STATUS: ({ status }) => status ?? '',
  PHASE: (task) => phaseOf(task) ?? '',
  MODE: modeOf,
  SOURCE: sourceOf,
  '→ TARGET': (task) => `→ ${targetOf(task)}`,
  CREATED: ({ created_at }, moment) => moment(created_at) ?? '',
};
const ALL = Object.keys(CELLS);
/** The columns of a narrow table. */
const FIRST = ALL.filter((heading) => heading !== 'PHASE' && heading !== 'CREATED');

/**
 * Everything where there is room for it; else what one looks for first, and where that is too wide, too, the beginnings of
 * ids, by which the other commands know a task as well.
 */
function tableOf(tasks: readonly ListedMigrationTask[], moment: Moments, format: TerminalFormat): string[] {
  const { columns = Number.POSITIVE_INFINITY } = format;
  const whole = [ALL, FIRST].map((headings) => tableWith(headings, tasks, cellsOf(CELLS, moment)));
  const fitting = whole.find((table) => tableWidth(table) <= columns);
  if (fitting !== undefined) return tableLines(fitting, format);
  const beginnings = beginningsOf(tasks.map(({ task_id }) => task_id));
  const cells = { ...CELLS, ID: ({ task_id }: ListedMigrationTask) => beginnings.get(task_id) ?? task_id };
  return tableLines(tableWith(FIRST, tasks, cellsOf(cells, moment)), format);
}

type CellOf = (heading: string, task: ListedMigrationTask) => string;

function cellsOf(cells: typeof CELLS, moment: Moments): CellOf {
  return (heading, task) => printable(cells[heading]?.(task, moment) ?? '');
}

function tableWith(
  headings: readonly string[],
  tasks: readonly ListedMigrationTask[],
  cellOf: CellOf,
): Table {
  return {
    headings,
    rows: tasks.map((task) => headings.map((heading) => cellOf(heading, task))),
    flexible: ['NAME', 'SOURCE', '→ TARGET'],
    style: (row, heading) =>
      heading === 'STATUS' || heading === 'PHASE' ? styleOf(phaseOf(tasks[row])) : undefined,
  };
}

const MODES: ReadonlyMap<string, string> = new Map([
  ['full_amount_migration', 'full'],
  ['incremental_migration', 'incr'],
]);

/** `incr`, `full`; of an import `backup`. */
function modeOf({ migration_type: type, migration_method: method }: ListedMigrationTask): string {
  if (type === 'backupfile_import') return 'backup';
  return MODES.get(method ?? '') ?? method ?? '';
}

function sourceOf({ source_instance_name: name, data_source: address }: ListedMigrationTask): string {
  return name || address || '?';
}

function targetOf({
  target_instance_name: name,
  target_instance_addrs: address,
}: ListedMigrationTask): string {
  return name || address || '?';
}

/** The list says nothing of an IP switch. */
function phaseOf(task: ListedMigrationTask | undefined): Phase | undefined {
  const status = task?.status;
  return status ? meaningOf({ status }).phase : undefined;
}
