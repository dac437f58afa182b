import { relative } from 'node:path';
import { checkUp, checkUpOffline } from '../../../checkup/checkup.ts';
import { refusedConfiguration } from '../../../checkup/configuration.ts';
import type { CheckupSection } from '../../../checkup/finding.ts';
import { ConfigError } from '../../../config/errors.ts';
import type { Config } from '../../../config/schema/file.ts';
import { findConfig } from '../../../config/source.ts';
import { createHttpClient } from '../../../http/undici.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { requireConfig } from '../../configuration.ts';
import {
  configOption,
  jsonOption,
  quietOption,
  type StateOptions,
  stateOption,
} from '../../options/options.ts';
import { statePlace } from '../../state/state-place.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { checkupLines, documentOf, isGood, problemLines } from './output.ts';

/** `check`: whether everything is as the watcher needs it. */
export function command({ terminal, command, ends }: Cli) {
  return command('check', 'check that keys, permissions, tasks, channels and the state are good', [
    ['check', 'everything; sends nothing, takes at most half a minute'],
    ['check --offline', 'only what can be known without the network'],
    ['check --json', 'the same as one JSON document'],
  ])
    .addOption(configOption())
    .addOption(stateOption())
    .option(
      '--offline',
      'make no calls: check only the configuration and the form of keys and secrets',
      false,
    )
    .addOption(jsonOption('one JSON document instead of a table'))
    .addOption(quietOption())
    .action((options) => ends(check(options, terminal)));
}

interface CheckOptions extends StateOptions {
  readonly offline: boolean;
}

const WHY_CONFIG = 'whose projects and channels are checked';

/** Prints what is good and what is not. */
async function check(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const checked = await checkedUp(options, terminal);
  printCheckup(checked.sections, options.json, terminal);
  if (checked.code === EXIT.misused)
    terminal.complain(`${nameOf(options.config, terminal)} is refused: correct it, and check again`);
  return checked.code;
}

/** The findings of a check, and its exit code: `misused` for a configuration that is refused. */
export interface CheckedUp {
  readonly sections: readonly CheckupSection[];
  readonly code: ExitCode;
}

/** @throws {ConfigError} where there is no configuration */
export async function checkedUp(options: CheckOptions, terminal: Terminal): Promise<CheckedUp> {
  const configName = nameOf(options.config, terminal);
  try {
    const config = await requireConfig(options.config, terminal, WHY_CONFIG);
    const sections = await sectionsOf(config, configName, options, terminal);
    return { sections, code: isGood(sections) ? EXIT.done : EXIT.failed };
  } catch (error) {
    if (!(error instanceof ConfigError) || error.problems.length === 0) throw error;
    return { sections: [refusedConfiguration(error, configName)], code: EXIT.misused };
  }
}

async function sectionsOf(
  config: Config,
  configName: string,
  { offline, state }: CheckOptions,
  terminal: Terminal,
): Promise<CheckupSection[]> {
  const { clock } = terminal;
  const place = statePlace(state, config, terminal);
  const parts = { config, configName, state: place.choice, stateName: place.name, clock };
  if (offline) return checkUpOffline(parts);
  const http = createHttpClient({ proxies: config.proxies });
  try {
    return await checkUp({ ...parts, http });
  } finally {
    await http.close();
  }
}

/** As somebody in this folder would write it. */
function nameOf(option: string | undefined, { env, cwd }: Terminal): string {
  const place = findConfig({ option, env, cwd });
  if (place === undefined) return 'watch.yml';
  if ('ssm' in place) return `ssm:${place.ssm}`;
  const shorter = relative(cwd, place.file);
  return shorter.startsWith('..') ? place.file : shorter;
}

export function printCheckup(sections: readonly CheckupSection[], json: boolean, terminal: Terminal): void {
  if (terminal.isQuiet) for (const line of problemLines(sections)) terminal.complain(line);
  else if (json) terminal.write(JSON.stringify(documentOf(sections), null, 2));
  else for (const line of checkupLines(sections, terminal)) terminal.write(line);
}
