import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { reasonOf } from '../base/errors.ts';
import type { Clock } from '../base/time/clock.ts';
import { ConfigError } from '../config/errors.ts';
import { StoreError } from '../store/errors.ts';
import { EXIT, type ExitCode } from './command.ts';
import { COMMAND_NAMES, isCommand } from './commands/index.ts';
import { withTakenOptions } from './program/npm-options.ts';
import { createCli, createProgram, endOf } from './program/program.ts';
import { createTerminal, type Host, type Terminal } from './terminal/terminal.ts';

/**
 * Runs one command line in a process.
 *
 * @param argv what the user typed behind the name of the program
 * @returns the exit code; never rejects
 */
export async function main(argv: readonly string[], host: Host, clock: Clock): Promise<ExitCode> {
  if (!hasFolder(host)) {
    host.stderr.write(`${NO_FOLDER}\n`);
    return EXIT.failed;
  }
  const isAsked = (option: string) => argv.includes(option);
  const isQuiet = isAsked('--quiet') && !isAsked('--help');
  const terminal = createTerminal(host, clock, { asJson: isAsked('--json'), isQuiet });
  // A command whose lines cannot be written has nothing else to do.
  terminal.onWriteFailure(() => host.exit(EXIT.failed));
  try {
    return await run(argv, terminal);
  } catch (error) {
    terminal.complain(reasonOf(error));
    return exitOf(error, argv);
  }
}

const NO_FOLDER =
  'dcs-migration-watch: the folder that this was started in is gone (somebody removed it); change into another one';

/** Node throws where the working directory was removed. */
function hasFolder({ cwd }: Host): boolean {
  try {
    return cwd() !== '';
  } catch {
    return false;
  }
}

/** Words of a command line with the command that they are for: without a word for one, it watches. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const [first, ...others] = argv;
  if (first === 'help') return helpAbout(others);
  const isForAll = first !== undefined && (FOR_ALL.has(first) || !first.startsWith('-'));
  return isForAll ? argv : ['watch', ...argv];
}

/** Commander's own command for it ends as a mistake, and knows no commands within commands. */
function helpAbout(words: readonly string[]): readonly string[] {
  const [name = '-'] = words;
  if (name.startsWith('-')) return ['--help'];
  return isCommand(name) ? [...words, '--help'] : [name];
}

const FOR_ALL: ReadonlySet<string> = new Set(['--help', '-h', '--version']);

async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const cli = createCli(terminal, (ended) => {
    code = ended;
  });
  const words = wordsOf(argv);
  const [word = ''] = words;
  // A command starts without the others; help is about all of them.
  const program = await createProgram(cli, isCommand(word) ? [word] : COMMAND_NAMES);
  const meant = withTakenOptions(optionsIn(program), argv, terminal.env);
  if (meant !== undefined)
    return misused(`npm took options that belong to this command; type: ${meant}`, terminal);
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const end = endOf(error, program);
    if (typeof end !== 'object') return end;
    const where = isCommand(word) && word !== 'watch' ? `${pathIn(program, words)} ` : '';
    return misused(`${misplaced(words) ?? end.problem}; ${where}--help shows the options`, terminal);
  }
}

/** The words that name the command: `tasks wait`. */
function pathIn({ commands }: CommandUnknownOpts, [word = '', ...others]: readonly string[]): string {
  const command = commands.find((one) => one.name() === word);
  return command === undefined ? '' : `${word} ${pathIn(command, others)}`.trimEnd();
}

/** Long options of a command and of the commands within it. */
function optionsIn({ options, commands }: CommandUnknownOpts): string[] {
  const own = options.flatMap(({ long }) => long ?? []);
  return [...new Set([...own, ...commands.flatMap(optionsIn)])];
}

function misused(problem: string, { complain }: Terminal): ExitCode {
  complain(`command line: ${problem}`);
  return EXIT.misused;
}

/** A command behind options is taken for a value. */
function misplaced([word, ...others]: readonly string[]): string | undefined {
  const late = others.find((other) => word === 'watch' && isCommand(other));
  return late === undefined ? undefined : `${late} must come first, before its options`;
}

function exitOf(error: unknown, argv: readonly string[]): ExitCode {
  if (error instanceof ConfigError) return EXIT.misused;
  if (!(error instanceof StoreError) || error.code === 'unavailable' || error.code === 'lost')
    return EXIT.failed;
  // Our own state that was damaged is nobody's mistake on the command line; another file that was named is.
  return error.code === 'corrupt' && !namesState(argv) ? EXIT.failed : EXIT.misused;
}

/** `--state dead` names no file: see `deliveries`. */
function namesState(argv: readonly string[]): boolean {
  return argv.some(
    (arg, i) => arg.startsWith('--state') && /\W/.test(arg.split('=')[1] ?? argv[i + 1] ?? ''),
  );
}
