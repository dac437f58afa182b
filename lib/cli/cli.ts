import type { Clock } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import { ConfigError } from '../config/errors.ts';
import { StoreError } from '../store/errors.ts';
import { type Command, EXIT, type ExitCode } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { START_HELP } from './start-options.ts';
import { createTerminal, type Host } from './terminal/terminal.ts';

const HEADLINE = 'dcs-migration-watch: reports Huawei Cloud DCS migrations to Slack and webhooks';

/**
 * Runs one command line in a process.
 *
 * @param argv what the user typed behind the name of the program
 * @returns the exit code; never rejects
 */
export async function main(argv: readonly string[], host: Host, clock: Clock): Promise<ExitCode> {
  const terminal = createTerminal(host, clock, argv.includes('--json'));
  // A command whose lines cannot be written has nothing else to do.
  terminal.onWriteFailure(() => host.exit(EXIT.failed));
  try {
    const { name, args } = split(argv);
    const { command } = await COMMANDS[name]();
    const ended = await command.run(args, terminal);
    if (ended !== 'help') return ended;
    terminal.write(command.help ?? (await overview()));
    return EXIT.done;
  } catch (error) {
    terminal.complain(reasonOf(error));
    return exitOf(error, argv);
  }
}

/** The first word names the command; without one it watches. */
function split(argv: readonly string[]) {
  const [word = '', ...args] = argv;
  return isCommand(word) ? { name: word, args } : { name: 'watch' as const, args: argv };
}

function isCommand(word: string): word is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, word);
}

async function overview(): Promise<string> {
  const modules = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return [HEADLINE, '', ...usageLines(modules.map(({ command }) => command)), '', START_HELP].join('\n');
}

function usageLines(commands: readonly Command[]): string[] {
  const listed = commands.flatMap(({ usage, about = '' }) => (usage === undefined ? [] : [{ usage, about }]));
  return listed.flatMap(({ usage, about }) => [
    `npm start -- ${usage}`,
    ...(about === '' ? [] : [`    ${about}`]),
  ]);
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
