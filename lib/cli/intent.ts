import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Env } from '../base/env.ts';
import { ConfigError } from '../config/errors.ts';
import { CONFIG_FILES } from '../config/source.ts';
import { DEFAULT_STATE } from './command.ts';

export interface Intent {
  /** Options of the command line that only make sense for real work: `--once`. */
  readonly options: readonly string[];
  readonly env: Env;
  /** Where the configuration was looked for. */
  readonly cwd: string;
  /** Somebody reads along: a service manager started the session at most, not this command. */
  readonly isTerminal: boolean;
}

/**
 * Variables that service managers set for what they start: systemd.exec(5), OpenRC's service scripts, Supervisor's and
 * PM2's documentation, launchd. A container alone is no sign: people try things in containers.
 */
const OF_SERVICE_MANAGERS = [
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'NOTIFY_SOCKET',
  'SYSTEMD_EXEC_PID',
  'RC_SVCNAME',
  'SUPERVISOR_ENABLED',
  'PM2_HOME',
  'pm_id',
];

/** Called nearly like the configuration: `watch.yml.txt`, `Watch.yml`, `watch.json`. */
const NEARLY = /^\.?watch\.(?:ya?ml|json|toml|conf)(?:\.\w+)?$/i;
const SHIPPED: ReadonlySet<string> = new Set(['watch.example.yml', 'watch.schema.json']);

/** Signs of real work although there is no configuration, in words; none for a newcomer's first try. */
export function signsOfWork({ options, env, cwd, isTerminal }: Intent): string[] {
  const variables = Object.keys(env).filter((name) => name === 'WATCH_CONFIG' || name.startsWith('STATE_'));
  const managers = isTerminal ? [] : OF_SERVICE_MANAGERS.filter((name) => env[name] !== undefined);
  return [
    ...options.map((option) => `${option} is given`),
    ...variables.map((name) => `the environment has ${name}`),
    ...managers.slice(0, 1).map((name) => `a service manager started this (${name} is set)`),
    ...(existsSync(join(cwd, DEFAULT_STATE)) ? [`there is a state file ${DEFAULT_STATE}`] : []),
    ...nearlyNamed(cwd).map((name) => `there is a file ${name}`),
  ];
}

function nearlyNamed(folder: string): string[] {
  return namesIn(folder).filter(
    (name) => NEARLY.test(name) && !CONFIG_FILES.includes(name) && !SHIPPED.has(name),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Says what was looked for, what was found instead, and why a rehearsal cannot be meant. */
export function noConfiguration(cwd: string, signs: readonly string[]): ConfigError {
  const above = CONFIG_FILES.filter((name) => existsSync(join(dirname(cwd), name)));
  const instead = [
    ...nearlyNamed(cwd),
    ...above.map((name) => `${join('..', name)} (in ${basename(dirname(cwd)) || dirname(cwd)})`),
  ];
  const found = instead.length === 0 ? 'found nothing like it' : `found only ${instead.join(', ')}`;
  const why =
    signs.length === 0 ? '' : ` You seem to mean real work (${signs.join('; ')}), so no rehearsal is played.`;
  return new ConfigError(
    'no_config',
    `there is no configuration: looked for ${CONFIG_FILES.join(' and ')} in ${cwd}, ${found}.${why} Write one with init (watch.example.yml shows all settings), or name it with --config FILE or WATCH_CONFIG`,
  );
}
