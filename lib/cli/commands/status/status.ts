import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { millisecondsIn, spanText } from '../../../base/time/span.ts';
import type { Locale } from '../../../language/index.ts';
import { readStatus } from '../../../status/read.ts';
import type { Status } from '../../../status/status.ts';
import { findTasks } from '../../../status/task/find-task.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import {
  configOption,
  htmlOption,
  jsonOption,
  quietOption,
  type StateOptions,
  stateOption,
} from '../../options/options.ts';
import { readState } from '../../state/read-state.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Times } from '../../terminal/times.ts';
import { writePage } from '../../write-page.ts';
import { severalTasks, unknownTask } from './misnamed.ts';
import { taskLines } from './one-task.ts';
import { overviewLines } from './overview.ts';
import { spanOf } from './words.ts';

/** `status`: what is known, from the state alone. */
export function command({ terminal, command, ends }: Cli) {
  return command('status', 'show what is known of all tasks, and what is pending, broken or muted', [
    ['status', 'all tasks, with what is missing where one is not ready'],
    ['status orders', 'one task by its id or name'],
    ['status --max-age 5m --quiet', 'exit with 1 when the last good tick is older'],
    ['status --html status.html', 'the same as a page, with plots'],
  ])
    .argument('[task]', 'only this task: its id or name')
    .addOption(maxAgeOption())
    .addOption(htmlOption())
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption('one JSON document with everything'))
    .addOption(quietOption())
    .action((task, options) => ends(run({ ...options, task }, terminal)));
}

function maxAgeOption() {
  return new Option('--max-age <span>', 'exit with 1 when the last good tick is older, such as 5m').argParser(
    (text) => {
      const ms = millisecondsIn(text);
      if (ms === undefined || ms === 0)
        throw new InvalidArgumentError('expected a span such as 90s, 5m or 2h');
      return ms;
    },
  );
}

interface StatusOptions extends StateOptions {
  readonly task?: string | undefined;
  /** Milliseconds. */
  readonly maxAge?: number | undefined;
  readonly html?: string | undefined;
}

async function run(options: StatusOptions, terminal: Terminal): Promise<ExitCode> {
  return readState(options, terminal, async ({ source, times, locale }) => {
    const whole = await readStatus(source);
    const status = options.task === undefined ? whole : ofTask(whole, options.task, terminal);
    if (status === undefined) return EXIT.misused;
    for (const problem of whole.problems) terminal.complain(problem);
    const shown = await show(status, options, { times, locale, terminal });
    const tooOld = options.maxAge === undefined ? undefined : ageProblem(whole, options.maxAge, times);
    if (tooOld === undefined) return shown;
    terminal.complain(tooOld);
    return EXIT.failed;
  });
}

interface Readers {
  readonly times: Times;
  readonly locale: Locale;
  readonly terminal: Terminal;
}

/** A page goes into its file; what programs asked for is printed all the same. */
async function show(status: Status, options: StatusOptions, readers: Readers): Promise<ExitCode> {
  const { html, json } = options;
  const { times, locale, terminal } = readers;
  if (html === undefined || json) {
    for (const line of linesOf(status, options, times, terminal)) terminal.write(line);
  }
  if (html === undefined) return EXIT.done;
  const { statusPage } = await import('../../../page/status-page.ts');
  return writePage({ file: html, json }, await statusPage(status, locale), terminal);
}

/** The status with the one task that is meant; nothing where that is not one task. */
function ofTask(status: Status, wanted: string, { complain }: Terminal): Status | undefined {
  const found = findTasks(status.tasks, wanted);
  if (found.kind === 'found' && found.tasks.length === 1) return { ...status, tasks: found.tasks };
  complain(found.kind === 'unknown' ? unknownTask(wanted, found.meant) : severalTasks(wanted, found.tasks));
  return undefined;
}

function linesOf(
  status: Status,
  { json, task }: StatusOptions,
  times: Times,
  terminal: Terminal,
): readonly string[] {
  if (json) return [JSON.stringify(status)];
  if (task === undefined) return overviewLines(status, times, terminal);
  return status.tasks.flatMap((one) => taskLines(one, times, terminal));
}

/** @returns nothing when the last good tick is recent enough */
function ageProblem({ at, lastTick }: Status, maxAgeMs: number, times: Times): string | undefined {
  const most = spanText(maxAgeMs);
  if (lastTick === undefined)
    return `no good tick has left a mark in this state, and one is due every ${most}`;
  const ageMs = Date.parse(at) - Date.parse(lastTick.at);
  if (ageMs <= maxAgeMs) return undefined;
  return `the last good tick began at ${times(lastTick.at)}, ${spanOf(ageMs)} ago: longer than ${most}`;
}
