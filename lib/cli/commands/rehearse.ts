import { defined } from '../../base/defined.ts';
import type { Config } from '../../config/schema/file.ts';
import { findConfig, readConfig } from '../../config/source.ts';
import { audienceOf } from '../../rehearsal/audience.ts';
import { rehearseHere, rehearseTo } from '../../rehearsal/start.ts';
import { type Command, EXIT, type ExitCode } from '../command.ts';
import { noConfiguration } from '../intent.ts';
import { readStartOptions, type StartOptions } from '../start-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `rehearse` does the same as `--rehearse`. */
export const command: Command = {
  async run(args, terminal) {
    const options = readStartOptions(['--rehearse', ...args], terminal);
    return typeof options === 'object' ? rehearse(options, terminal) : options;
  },
};

/** Plays a migration: to the chats of the configuration, or where there is none, on this machine alone. */
export async function rehearse(options: StartOptions, terminal: Terminal): Promise<ExitCode> {
  const { env, cwd } = terminal;
  const found = findConfig({ option: options.config, env, cwd });
  if (found === undefined) return rehearseWithoutConfig(options, terminal);
  const config = await readConfig(found, env, undefined, { channelsOnly: true });
  return rehearseWith(config, options, terminal);
}

async function rehearseWithoutConfig(options: StartOptions, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal;
  if (options.channel.length > 0) throw noConfiguration(cwd, ['--channel is given']);
  return exitOf(await rehearseHere(startOf(options, terminal), options.rehearse));
}

async function rehearseWith(
  { channels, proxies }: Config,
  options: StartOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.scenario?.takesLong) {
    terminal.complain(
      'command line: this scenario takes hours or days of simulated time, but your own channels run in real time; it plays only without a configuration',
    );
    return EXIT.misused;
  }
  const audience = audienceOf(channels, options.channel);
  if (typeof audience === 'string') {
    terminal.complain(`command line: ${audience}`);
    return EXIT.misused;
  }
  return exitOf(await rehearseTo(audience, defined({ ...startOf(options, terminal), proxies })));
}

function startOf({ json, scenario }: StartOptions, { write, isReadAlong, columns, clock }: Terminal) {
  return { write, asJson: json, isReadAlong: isReadAlong && !json, columns, scenario, clock };
}

function exitOf(hasArrived: boolean): ExitCode {
  return hasArrived ? EXIT.done : EXIT.failed;
}
