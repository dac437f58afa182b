import { Option } from '@commander-js/extra-typings';
import { count, printable } from '../../../base/text.ts';
import type { ListedMigrationTask } from '../../../client/types.ts';
import type { Phase } from '../../../events/phase.ts';
import { meaningOf } from '../../../migration/model/status.ts';
import type { Cli } from '../../command.ts';
import { configOption, jsonOption, quietOption } from '../../options.ts';
import { tableLines } from '../../terminal/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { type AskOptions, asking } from './asking.ts';
import { endpointOption, insecureOption, projectIdOption, projectOption, regionOption } from './options.ts';
import { styleOf } from './styles.ts';

export function listCommand({ terminal, command, ends }: Cli) {
  return command('list', 'list the migration tasks of a project')
    .addOption(new Option('--name <text>', 'only those whose name the service finds to match'))
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
  return asking(options, terminal, async (dcs, { name: project }) => {
    const tasks: ListedMigrationTask[] = [];
    for await (const task of dcs.migrationTasks({ name: options.name })) tasks.push(task);
    if (options.json) terminal.write(JSON.stringify({ count: tasks.length, migration_tasks: tasks }));
    else for (const line of linesOf(tasks, project, terminal)) terminal.write(line);
  });
}

function linesOf(tasks: readonly ListedMigrationTask[], project: string, terminal: Terminal): string[] {
  if (tasks.length === 0) return [`There are no migration tasks in project ${printable(project)}.`];
  return [...tableOf(tasks, terminal), '', count(tasks.length, 'task')];
}

const HEADINGS = ['ID', 'NAME', 'STATUS', 'PHASE', 'SOURCE → TARGET', 'CREATED'];

function tableOf(tasks: readonly ListedMigrationTask[], { columns, paint }: Terminal): string[] {
  return tableLines(
    {
      headings: HEADINGS,
      rows: tasks.map(rowOf),
      flexible: ['NAME', 'SOURCE → TARGET', 'STATUS'],
      style: (row, heading) => (heading === 'PHASE' ? styleOf(phaseOf(tasks[row])) : undefined),
    },
    { columns, paint },
  );
}

function rowOf(task: ListedMigrationTask): string[] {
  const { task_id, task_name, status, created_at } = task;
  const route = `${sourceOf(task)} → ${targetOf(task)}`;
  return [task_id, task_name ?? '', status ?? '', phaseOf(task) ?? '', route, created_at ?? ''].map(
    printable,
  );
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
