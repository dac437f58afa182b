import { Option } from '@commander-js/extra-typings';
import { defined } from '../../base/defined.ts';
import type { Config } from '../../config/schema/file.ts';
import { findConfig, readConfig } from '../../config/source.ts';
import { audienceOf } from '../../rehearsal/audience.ts';
import { rehearseHere, rehearseTo } from '../../rehearsal/start.ts';
import { type Cli, EXIT, type ExitCode } from '../command.ts';
import { noConfiguration } from '../intent.ts';
import { configOption, jsonOption, quietOption, stateOption } from '../options/options.ts';
import { channelOption, type RehearsalOptions, scenarioOption } from '../options/start.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `rehearse` does the same as `--rehearse`. */
export function command({ terminal, command, ends }: Cli) {
  return command(
    'rehearse',
    'play a whole migration in a simulated DCS API, and send its messages, marked as a drill, to the chats of the configuration',
    [
      ['rehearse', 'to your chats; without a configuration, on this machine alone'],
      ['rehearse --scenario failure', 'one situation'],
      ['rehearse --channel cutover', 'to a webhook as well'],
    ],
  )
    .addOption(scenarioOption())
    .addOption(channelOption())
    .addOption(configOption())
    .addOption(jsonOption('JSON lines instead of text'))
    .addOption(quietOption())
    .addOption(stateOption().hideHelp())
    .addOption(new Option('--once').hideHelp())
    .addOption(new Option('--rehearse').hideHelp())
    .action(({ channel = [], ...options }) => ends(rehearse({ ...options, channel }, terminal, true)));
}

/**
 * Plays a migration: to the chats of the configuration, or where there is none, on this machine alone.
 *
 * @param isWanted somebody asked for it; else there is one because there is no configuration
 */
export async function rehearse(
  options: RehearsalOptions,
  terminal: Terminal,
  isWanted: boolean,
): Promise<ExitCode> {
  const { env, cwd } = terminal;
  const found = findConfig({ option: options.config, env, cwd });
  if (found === undefined) return rehearseWithoutConfig(options, terminal, isWanted);
  const config = await readConfig(found, env, undefined, { channelsOnly: true });
  return rehearseWith(config, options, terminal);
}

async function rehearseWithoutConfig(
  options: RehearsalOptions,
  terminal: Terminal,
  isWanted: boolean,
): Promise<ExitCode> {
  const { cwd, self } = terminal;
  if (options.channel.length > 0) throw noConfiguration(cwd, ['--channel is given']);
  return exitOf(await rehearseHere(startOf(options, terminal), { isWanted, self }));
}

async function rehearseWith(
  { channels, proxies }: Config,
  options: RehearsalOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.scenario?.takesLong) {
    terminal.complain(
      'command line: this scenario takes hours or days of simulated time, but your own channels run in real time; it plays only without a configuration',
    );
    return EXIT.misused;
  }
  const audience = await audienceOf(channels, options.channel);
  if (typeof audience === 'string') {
    terminal.complain(`command line: ${audience}`);
    return EXIT.misused;
  }
  return exitOf(await rehearseTo(audience, defined({ ...startOf(options, terminal), proxies })));
}

function startOf({ json, scenario }: RehearsalOptions, { write, isReadAlong, columns, clock }: Terminal) {
  return { write, asJson: json, isReadAlong: isReadAlong && !json, columns, scenario, clock };
}

function exitOf(hasArrived: boolean): ExitCode {
  return hasArrived ? EXIT.done : EXIT.failed;
}
