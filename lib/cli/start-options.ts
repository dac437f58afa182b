import { parseArgs } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import type { Scenario } from '../rehearsal/scenarios.ts';
import { SCENARIO_LINES, scenarioOf } from '../rehearsal/start.ts';
import { EXIT, type ExitCode, firstSentence } from './command.ts';
import { meantForUs } from './intent.ts';
import type { Terminal } from './terminal/terminal.ts';

export const START_HELP = `  --config FILE   the configuration (default: $WATCH_CONFIG, else watch.yml
                  or watch.yaml)
  --state FILE    the SQLite file for its state (default: .state/watch.db)
  --once          one tick, then exit
  --json          JSON lines instead of text
  --rehearse      play a whole migration in a simulated DCS API, and send its
                  messages, marked as a drill, to the chats in the configuration
  --channel NAME  send the rehearsal to this channel as well, whatever its type;
                  may be given several times
  --scenario NAME rehearse one situation alone:
                  ${SCENARIO_LINES.join(`\n${' '.repeat(18)}`)}
  --help          this text
  --version       print the version

Without a configuration, and without any sign that you mean real work, it
rehearses. SIGTERM stops it after the current tick. SIGHUP or a changed file
makes it read the configuration again.

Exit codes: 0 done; 1 the tick failed, a project is out of sight, a channel is
broken, or part of a rehearsal did not arrive; 2 the configuration or the
command line is wrong.`;

const VERSION = `dcs-migration-watch ${manifest.version}`;

/** The options that npm takes for its own where the second `--` is missing. */
const OWN_OPTIONS = ['once', 'json', 'rehearse', 'scenario', 'config', 'state', 'channel'];

/** The options of the two commands that start something: `watch` and `rehearse`. */
export interface StartOptions {
  readonly config: string | undefined;
  readonly state: string | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly rehearse: boolean;
  readonly scenario: Scenario | undefined;
  readonly channel: readonly string[];
}

/** @returns how the command ends at once, where the options say so or are wrong */
export function readStartOptions(
  args: readonly string[],
  { env, write, complain }: Terminal,
): StartOptions | ExitCode | 'help' {
  const meant = meantForUs(OWN_OPTIONS, args, env);
  if (meant !== undefined) {
    complain(`command line: npm took options that belong to this command; type: ${meant}`);
    return EXIT.misused;
  }
  try {
    const { help, version, ...options } = parse(args);
    if (help) return 'help';
    if (version) write(VERSION);
    return version ? EXIT.done : options;
  } catch (error) {
    const isMisplaced = args.includes('deliveries');
    const problem = isMisplaced ? 'deliveries must come first, before its options' : firstSentence(error);
    complain(`command line: ${problem}; --help shows the options`);
    return EXIT.misused;
  }
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      state: { type: 'string' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      rehearse: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      channel: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  const scenario = values.scenario === undefined ? undefined : scenarioOf(values.scenario);
  const rehearse = values.rehearse || scenario !== undefined;
  if (values.channel.length > 0 && !rehearse) throw new Error('--channel requires --rehearse or --scenario');
  return { config: undefined, state: undefined, ...values, rehearse, scenario };
}
