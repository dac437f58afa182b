import type { History } from '../../../status/history.ts';
import { readHistory } from '../../../status/read.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import {
  configOption,
  htmlOption,
  jsonOption,
  quietOption,
  type StateOptions,
  stateOption,
} from '../../options/options.ts';
import { readState, type StateReading } from '../../state/read-state.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { writePage } from '../../write-page.ts';
import { severalTasks, unknownTask } from '../status/misnamed.ts';
import { historyLines } from './timeline.ts';

/** `history TASK`: its phases, and the deliveries of its events. */
export function command({ terminal, command, ends }: Cli) {
  return command('history', 'show the phases of a task, and what was sent to whom', [
    ['history orders', 'by the id or the name of a task'],
    ['history orders --json', 'the same for programs, with all figures'],
    ['history orders --html report.html', 'the report of the migration as a page, with plots'],
  ])
    .argument('<task>', 'its id or name')
    .addOption(htmlOption())
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption('one JSON document with everything'))
    .addOption(quietOption())
    .action((task, options) => ends(run(task, options, terminal)));
}

interface HistoryOptions extends StateOptions {
  readonly html?: string | undefined;
}

async function run(task: string, options: HistoryOptions, terminal: Terminal): Promise<ExitCode> {
  return readState(options, terminal, async (reading) => {
    const read = await readHistory(reading.source, task);
    if (read.kind === 'history') return show(read.history, options, reading, terminal);
    const isUnknown = read.kind === 'unknown';
    terminal.complain(isUnknown ? unknownTask(task, read.meant) : severalTasks(task, read.tasks));
    return EXIT.misused;
  });
}

/** A page goes into its file; what programs asked for is printed all the same. */
async function show(
  history: History,
  { html, json }: HistoryOptions,
  { times, locale }: StateReading,
  terminal: Terminal,
): Promise<ExitCode> {
  if (html === undefined || json) {
    const lines = json ? [JSON.stringify(history)] : historyLines(history, times, terminal);
    for (const line of lines) terminal.write(line);
  }
  if (html === undefined) return EXIT.done;
  const { reportPage } = await import('../../../page/report-page.ts');
  return writePage({ file: html, json }, await reportPage(history, locale), terminal);
}
