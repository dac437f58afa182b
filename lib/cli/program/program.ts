import {
  type CommanderError,
  type CommandUnknownOpts,
  Command as Program,
} from '@commander-js/extra-typings';
import { type Cli, EXIT, type Example, type ExitCode } from '../command.ts';
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../commands/index.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { versionText } from '../version.ts';

const HEADLINE =
  'Watches Huawei Cloud DCS migration tasks, and tells chats and signed webhooks when their status changes.';

const EXAMPLES: readonly Example[] = [
  ['', 'watch the tasks of watch.yml; without one, rehearse a migration'],
  ['watch --once', 'one tick, then exit'],
  ['deliveries list --state dead', 'deliveries that were given up'],
];

const EXIT_CODES = `Exit codes: 0 done; 1 it could not be done, or the answer is no;
2 the configuration or the command line is wrong; 3 time ran out.`;

const MOST_COLUMNS = 80;

/**
 * The command line as Commander parses it. Errors and the end of a help text are thrown, as {@link CommanderError}.
 *
 * @param names the commands that are loaded
 */
export async function createProgram(cli: Cli, names: readonly CommandName[]): Promise<CommandUnknownOpts> {
  const { terminal } = cli;
  const program: CommandUnknownOpts = configured(new Program(terminal.self), terminal)
    .description(HEADLINE)
    .usage('[command] [options]')
    .version(versionText(), '--version', 'print the version')
    .helpCommand('help [command]', 'the help of a command')
    .addHelpText('after', () => helpBehind(program, terminal));
  for (const name of names) {
    const { command } = await COMMANDS[name]();
    program.addCommand(command(cli));
  }
  return program;
}

/** Without a command it watches: its help has the options of that. */
function helpBehind({ commands }: CommandUnknownOpts, terminal: Terminal): string {
  const watch = commands.find((command) => command.name() === 'watch');
  const [, options = ''] = watch?.helpInformation().split('Options:\n') ?? [];
  return [
    exampleText(EXAMPLES, terminal),
    `Options without a command, which are those of watch:\n${options}`,
    EXIT_CODES,
  ].join('\n');
}

/** Sets up the command line of a process. */
export function createCli(terminal: Terminal, end: (code: ExitCode) => void): Cli {
  const cli: Cli = {
    terminal,
    whole: () => createProgram(cli, COMMAND_NAMES),
    command(name, purpose, examples = []) {
      const command = configured(new Program(name), terminal)
        .summary(purpose)
        .description(`${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}.`)
        .helpCommand(false)
        .hook('preAction', refuseDashes);
      return examples.length === 0 ? command : command.addHelpText('after', exampleText(examples, terminal));
    },
    async ends(work) {
      end(await work);
    },
  };
  return cli;
}

/** Commander takes any word for a value, even the next option: `--state --once` would make a file of that name. */
function refuseDashes(_program: CommandUnknownOpts, command: CommandUnknownOpts): void {
  const values: Readonly<Record<string, unknown>> = command.opts();
  for (const option of command.options) {
    const value = values[option.attributeName()];
    if (typeof value !== 'string' || !value.startsWith('-')) continue;
    command.error(`error: option '${option.flags}' argument missing: found ${value}`);
  }
}

/** Commander hands settings down to the commands that it makes itself only. */
function configured(command: Program, { write, columns = MOST_COLUMNS }: Terminal): Program {
  return (
    command
      .exitOverride()
      .helpOption('-h, --help', 'this text')
      .allowExcessArguments(false)
      // Descriptions name defaults that are worth it.
      .configureHelp({ optionDescription: ({ description }) => description })
      .configureOutput({
        writeOut: (text) => write(text.trimEnd()),
        // Errors are thrown besides.
        writeErr: () => undefined,
        outputError: () => undefined,
        getOutHelpWidth: () => Math.min(columns, MOST_COLUMNS),
        getErrHelpWidth: () => Math.min(columns, MOST_COLUMNS),
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      })
  );
}

function exampleText(examples: readonly Example[], { self }: Terminal): string {
  const lines = examples.flatMap(([words, purpose]) => [
    `  ${`${self} ${words}`.trim()}`,
    `      ${purpose}`,
  ]);
  return ['', 'Examples:', ...lines, ''].join('\n');
}

/** How a command line ended that Commander ended. */
export function endOf(
  error: CommanderError,
  program: CommandUnknownOpts,
): ExitCode | { readonly problem: string } {
  if (ENDS.has(error.code)) return EXIT.done;
  if (error.code === 'commander.help') return { problem: missingWord(program) };
  return { problem: problemIn(error) };
}

/** Help and version were asked for, and printed. */
const ENDS: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version']);

/** A group of commands was called without one of them: Commander shows its help as an error. */
function missingWord(program: CommandUnknownOpts): string {
  const [group] = program.commands.filter(({ commands }) => commands.length > 0);
  const names = group?.commands.map((command) => command.name()) ?? [];
  return `expected ${names.join(' or ')} after ${group?.name()}, found nothing`;
}

/** `unknown option '--onec' (did you mean --once?)` */
function problemIn({ code, message }: CommanderError): string {
  const words = code === 'commander.invalidArgument' ? withoutValue(message) : message;
  const [problem = '', hint] = words.replace(/^error: /, '').split('\n');
  if (hint === undefined) return problem.replace(/\.$/, '');
  return `${problem} ${hint.replace('(Did', '(did')}`;
}

/** The value stays out, because it may be a secret. Sentences that expect something need the name of the option. */
function withoutValue(message: string): string {
  const words = message.replace(/^.*? is invalid\b.*?\. ?(?=.)/s, '');
  const name = /^error: option '(?:-\w, )?(--[\w-]+)/.exec(message)?.[1];
  const expected = words.replace(/^Allowed choices are (.*)\.$/s, 'expected one of $1');
  return name !== undefined && expected.startsWith('expected ') ? `${name}: ${expected}` : expected;
}
