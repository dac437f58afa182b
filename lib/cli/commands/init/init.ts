import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { codeOf } from '../../../base/errors.ts';
import { CONFIG_FILES } from '../../../config/source.ts';
import { LANGUAGE_NAMES } from '../../../language/index.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { jsonOption, quietOption } from '../../options/options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Answers, ChosenTask } from './answers.ts';
import { ASKED_CHANNELS } from './channels.ts';
import { askedAnswers } from './dialog.ts';
import { finish } from './finish.ts';
import { type KeyState, keyStateIn } from './key.ts';
import { listTasks } from './listed.ts';
import { Cancelled, createPrompts } from './prompts.ts';
import { type InitOptions, type TypedAnswers, typedAnswers } from './typed.ts';
import { yamlOf } from './yaml.ts';

const RULES = `
On a terminal it asks for what is not given. It writes no secret: channels are
given by the names of environment variables. It never overwrites a file. At the
end it checks everything, and sends one message that is marked as a drill.

--yes takes from the environment what is not given: the region from
HW_REGION_NAME, the project from HW_PROJECT_ID or HUAWEICLOUD_SDK_PROJECT_ID,
each channel whose usual variable is set (SLACK_URL, FEISHU_URL, …); and it
watches all tasks.`;

/** `init`: from nothing to a configuration and the first own message. */
export function command({ terminal, command, ends }: Cli) {
  const program = command('init', 'ask for region, project, tasks and channels, and write a configuration', [
    ['init', 'asks'],
    ['init --region cn-north-4 --project-id ID', 'asks for the rest'],
    ['init --yes', 'everything from the environment'],
  ])
    .option('--region <region>', 'the region, such as cn-north-4')
    .option('--endpoint <url>', 'the address of the DCS API, instead of that of a region')
    .option('--project-id <id>', 'the Huawei Cloud project id')
    .option('--project-name <name>', 'a name of the project for people')
    .option('--task <id...>', 'a migration task; may be given several times')
    .option('--discover [pattern]', 'all tasks, or those with such a name ("orders-*")')
    .addOption(new Option('--language <language>', 'the language of the messages').choices(LANGUAGE_NAMES))
    .option('--allow-insecure', 'permit http:// and private addresses', false)
    .option('--yes', 'ask nothing, take defaults from the environment', false)
    .option('--config <file>', 'where to write it (default: watch.yml)')
    .addOption(jsonOption('ask nothing, and print one JSON document of what was written and found'))
    .addOption(quietOption());
  for (const { service, settings } of ASKED_CHANNELS) {
    for (const { option, about, isSecret, asProject } of settings) {
      const value = isSecret ? '<variable>' : '<value>';
      const words = `${isSecret ? 'variable with ' : ''}${about}`;
      const usual = asProject === undefined ? '' : ' (default: as above)';
      program.addOption(new Option(`--${option} ${value}`, `${service}: ${words}${usual}`));
    }
  }
  return program
    .addHelpText('after', RULES)
    .action((options, { options: known }) =>
      ends(
        run({ ...options, task: options.task ?? [], ofChannels: channelValues(options, known) }, terminal),
      ),
    );
}

function channelValues(options: object, known: readonly Option[]): Map<string, string> {
  const asked = new Set(ASKED_CHANNELS.flatMap(({ settings }) => settings.map(({ option }) => option)));
  const typed = new Map<string, unknown>(Object.entries(options));
  return new Map(
    known.flatMap((option): [string, string][] => {
      const value = typed.get(option.attributeName());
      const name = option.name();
      return asked.has(name) && typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

async function run(options: InitOptions, terminal: Terminal): Promise<ExitCode> {
  const taken = takenBy(options, terminal);
  if (taken !== undefined) return refused([taken], options, terminal);
  const key = keyStateIn(terminal.env);
  try {
    const answers = await answersFor(options, key, terminal);
    if ('problems' in answers) {
      const problems = answers.problems.map((problem) => `command line: ${problem}`);
      refused(problems, options, terminal);
      terminal.complain('init --help shows the options; on a terminal it asks');
      return EXIT.misused;
    }
    return await write(await withNames(answers, key, terminal), options, key, terminal);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    terminal.complain('nothing was written');
    return EXIT.interrupted;
  }
}

function refused(problems: readonly string[], { json }: InitOptions, terminal: Terminal): ExitCode {
  for (const problem of problems) terminal.complain(problem);
  if (json) terminal.write(JSON.stringify({ written: null, good: false, problems }));
  return EXIT.failed;
}

/** A configuration is never overwritten, nor is a second one written beside it. */
function takenBy({ config }: InitOptions, { cwd }: Terminal): string | undefined {
  const names = config === undefined ? CONFIG_FILES : [config];
  const taken = names.find((name) => existsSync(resolve(cwd, name)));
  if (taken === undefined) return undefined;
  return `there is a file ${taken} already, and it is left as it is; change it by hand, remove it, or name another with --config FILE`;
}

async function answersFor(options: InitOptions, key: KeyState, terminal: Terminal) {
  const typed = typedAnswers(options, terminal.env);
  const isAsked = !options.yes && !options.json && terminal.dialog !== undefined;
  if (!('problems' in typed) || !isAsked) return typed;
  const prompts = await createPrompts(terminal.dialog);
  prompts.begin('A configuration for dcs-migration-watch');
  const asked = await askedAnswers(options, key, prompts, terminal);
  if (!(await prompts.isWanted('Write it, check it, and send one message, marked as a drill?')))
    throw new Cancelled('not wanted');
  prompts.end('Writing …');
  return asked;
}

/** Names of tasks stand beside their ids where DCS returns them. */
async function withNames(answers: TypedAnswers, key: KeyState, terminal: Terminal): Promise<Answers> {
  const { place, tasks: ids } = answers;
  const listed = key.isFound && ids.length > 0 ? await listTasks(place, terminal) : { tasks: [] };
  const known = new Map('tasks' in listed ? listed.tasks.map(({ id, name }) => [id, name]) : []);
  const tasks = ids.map((id): ChosenTask => ({ id, name: known.get(id) }));
  return { ...answers, tasks, keyVariables: key.variables, timeZone: terminal.zone };
}

async function write(
  answers: Answers,
  options: InitOptions,
  key: KeyState,
  terminal: Terminal,
): Promise<ExitCode> {
  const { config = 'watch.yml', json } = options;
  const file = resolve(terminal.cwd, config);
  try {
    await writeFile(file, yamlOf(answers, terminal.self), { flag: 'wx' });
  } catch (error) {
    const why = codeOf(error) ?? 'unknown error';
    return refused(
      [`${config} cannot be written (${why}); name another place with --config FILE`],
      options,
      terminal,
    );
  }
  return finish({ file, answers, key, json }, terminal);
}
