import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { defined } from '../../../../base/defined.ts';
import { millisecondsIn, spanText } from '../../../../base/time/span.ts';
import { DcsError } from '../../../../client/error.ts';
import { createTaskCalls } from '../../../../client/task-calls.ts';
import { TIMEOUT_MS } from '../../../../dcs/timeout.ts';
import type { HttpClient } from '../../../../http/client.ts';
import { createHttpClient } from '../../../../http/undici.ts';
import { newStamp } from '../../../../runtime/tick/targets.ts';
import { GOAL_WORDS, type Goal, goalOf } from '../../../../wait/goals.ts';
import { type End, type Wait, waitFor } from '../../../../wait/wait.ts';
import { type Cli, EXIT, type ExitCode } from '../../../command.ts';
import { configOption, jsonOption, quietOption } from '../../../options/options.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import type { AskOptions } from '../asking.ts';
import { wholeId } from '../ids.ts';
import { endpointOption, insecureOption, projectIdOption, projectOption, regionOption } from '../options.ts';
import { type ResolvedProject, resolveProject } from '../resolve-project.ts';
import { createReporter, type Reporter } from './output.ts';

const WORDS = `
WORDS are ready (it may be cut over: lag and key counts were in step for several
looks), phases (creating, configuring, migrating, full, incremental, switching,
stopping, stopped, succeeded, failed, released, gone) and statuses of DCS
(SUCCESS, TERMINATED, EXCHANGE_SUCCESS, …), separated by commas.

Exit codes: 0 one of them is reached; 1 the task came to another end, or DCS
refuses the key; 2 the command line is wrong; 3 time ran out; 130 Ctrl-C.`;

export function waitCommand({ terminal, command, ends }: Cli) {
  return command('wait', 'wait until a task is ready, in a phase or at its end', [
    ['tasks wait TASK --for ready', 'as long as it takes'],
    ['tasks wait TASK --for succeeded,stopped --timeout 6h', 'whichever comes first'],
  ])
    .argument('<id>', 'the id of the task, its beginning, or the name')
    .addOption(goalOption())
    .addOption(spanOption('--timeout <span>', 'give up after this, such as 30m or 6h (default: never)', 0))
    .addOption(spanOption('--interval <span>', 'between two looks (default: 30s)', 1000).default(30_000))
    .addOption(regionOption())
    .addOption(endpointOption())
    .addOption(projectIdOption())
    .addOption(insecureOption())
    .addOption(projectOption())
    .addOption(configOption())
    .addOption(jsonOption('a JSON line for each change, and for the end'))
    .addOption(quietOption())
    .addHelpText('after', WORDS)
    .action((id, options) => ends(wait(id, options, terminal)));
}

function goalOption() {
  const option = new Option('--for <words>', 'what to wait for; may be given several times')
    .argParser((text: string, before: readonly Goal[] = []) => [...before, ...goalsIn(text)])
    .makeOptionMandatory();
  // For completion alone: several may stand in one text.
  option.argChoices = [...GOAL_WORDS];
  return option;
}

function goalsIn(text: string): Goal[] {
  return text.split(',').map((word) => {
    const goal = goalOf(word.trim());
    if (typeof goal === 'string') throw new InvalidArgumentError(goal);
    return goal;
  });
}

/** A longer timer of Node fires at once. */
const LONGEST_MS = 24 * 3_600_000;

function spanOption<const Flags extends string>(flags: Flags, purpose: string, leastMs: number) {
  return new Option(flags, purpose).argParser((text: string): number => {
    const ms = millisecondsIn(text);
    const isFit = ms !== undefined && ms >= leastMs && (leastMs === 0 || ms <= LONGEST_MS);
    if (isFit) return ms;
    const range = leastMs === 0 ? '' : `, from ${spanText(leastMs)} to ${spanText(LONGEST_MS)}`;
    throw new InvalidArgumentError(`expected a span such as 30s, 10m or 6h${range}, found ${text}`);
  });
}

interface WaitOptions extends AskOptions {
  readonly for: readonly Goal[];
  readonly interval: number;
  readonly timeout?: number | undefined;
  readonly quiet: boolean;
}

async function wait(typed: string, options: WaitOptions, terminal: Terminal): Promise<ExitCode> {
  const reach = await resolveProject(options, terminal, typed);
  const http = createHttpClient({ proxies: reach.proxies });
  try {
    const taskId = await idOf(typed, reach, http, terminal);
    const { json, quiet, timeout } = options;
    const reporter = createReporter({ taskId, timeZone: reach.timeZone, timeout, json, quiet }, terminal);
    const end = await waitFor(partsOf({ taskId, reach, http, reporter }, options, terminal));
    const code = exitOf(end);
    reporter.end(end, code);
    return code;
  } finally {
    await http.close();
  }
}

/** Where the tasks cannot be listed now, the id is as it was typed. */
async function idOf(
  typed: string,
  { access, tasks }: ResolvedProject,
  http: HttpClient,
  { clock }: Terminal,
): Promise<string> {
  try {
    return await wholeId(createTaskCalls(access, { http, clock, timeoutMs: TIMEOUT_MS }), typed, tasks);
  } catch (error) {
    if (error instanceof DcsError) return typed;
    throw error;
  }
}

interface Parts {
  readonly taskId: string;
  readonly reach: ResolvedProject;
  readonly http: Wait['http'];
  readonly reporter: Reporter;
}

function partsOf({ taskId, reach, http, reporter }: Parts, options: WaitOptions, terminal: Terminal): Wait {
  const { access, name, thresholds } = reach;
  const { projectId, region } = access;
  const { clock } = terminal;
  return defined<Wait>({
    access,
    taskId,
    http,
    clock,
    watch: {
      projectId,
      taskId,
      project: name,
      region,
      labels: {},
      consoleUrl: '',
      stamp: newStamp(),
      thresholds,
    },
    goals: options.for,
    intervalMs: options.interval,
    timeoutMs: options.timeout,
    stopping: terminal.signals().stopping,
    say: reporter.say,
  });
}

function exitOf(end: End): ExitCode {
  switch (end.kind) {
    case 'reached':
      return EXIT.done;
    case 'time over':
      return EXIT.timedOut;
    case 'stopped':
      return STOPPED.get(end.signal) ?? EXIT.terminated;
    default:
      return EXIT.failed;
  }
}

const STOPPED: ReadonlyMap<string, ExitCode> = new Map([
  ['SIGINT', EXIT.interrupted],
  ['SIGHUP', EXIT.hungUp],
]);
