import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defined } from '../base/defined.ts';
import type { Env } from '../base/env.ts';
import { reasonOf } from '../base/errors.ts';
import type { PlatformKeys } from './credentials.ts';
import { ConfigError } from './errors.ts';
import { loadConfig } from './load.ts';
import { secretsOnAws } from './references/on-aws.ts';
import { SCHEMES, type SecretProvider, type SecretProviders } from './references/provider.ts';
import type { Config } from './schema/file.ts';
import { loadStateConfig } from './state/load.ts';
import type { StateConfig } from './state/state-config.ts';
import { readTextFile } from './text-file.ts';

/** The place of the configuration: a file (absolute path), or a parameter of the AWS Parameter Store. */
export type ConfigSource = { readonly file: string } | { readonly ssm: string };

/** Default names of the configuration file. */
export const CONFIG_FILES: readonly string[] = ['watch.yml', 'watch.yaml'];
const SSM = 'ssm:';
/** The largest file, which has room for ten thousand tasks. */
const MAX_BYTES = 1_000_000;

/**
 * Finds the place of the configuration: the option `--config`, else `WATCH_CONFIG`, else `watch.yml` or `watch.yaml` if
 * there is one. A named place has no substitute: reading it fails if it is missing.
 *
 * @param input.cwd the folder for relative paths
 * @returns nothing if no place is named and neither file exists
 * @throws {ConfigError} if both files exist, so that the choice is unclear
 */
export function findConfig({
  option,
  env,
  cwd,
}: {
  readonly option?: string | undefined;
  readonly env: Env;
  readonly cwd: string;
}): ConfigSource | undefined {
  const named = option ?? (env['WATCH_CONFIG'] || undefined);
  if (named?.startsWith(SSM) === true) return { ssm: named.slice(SSM.length) };
  if (named !== undefined) return { file: resolve(cwd, named) };
  const [file, other] = CONFIG_FILES.map((name) => resolve(cwd, name)).filter((path) => existsSync(path));
  if (other !== undefined) {
    throw new ConfigError(
      'no_config',
      `there are both ${CONFIG_FILES.join(' and ')} in ${cwd}: remove one, or choose one with --config`,
    );
  }
  return file === undefined ? undefined : { file };
}

interface ReadLimits {
  readonly channelsOnly?: boolean;
  readonly keys?: PlatformKeys | undefined;
}

/**
 * Reads the configuration at a place.
 *
 * @param secrets secrets of the platform; default: those of AWS, if the environment names a region
 * @throws {ConfigError} `no_config` if the text is unreadable, `invalid_config` if it is refused
 */
export async function readConfig(
  place: ConfigSource,
  env: Env,
  secrets: SecretProviders = secretsOnAws(env),
  { channelsOnly = false, keys }: ReadLimits = {},
): Promise<Config> {
  const sources = { env, secrets, channelsOnly, keys };
  if ('file' in place) {
    const { file } = place;
    return loadConfig({ text: await readText(file), file, folder: dirname(file), ...sources });
  }
  const text = await readParameter(place.ssm, secrets);
  return loadConfig({ text, file: `${SSM}${place.ssm}`, ...sources });
}

/**
 * Reads only the part of the configuration that reading a state needs, without secrets, keys and addresses.
 *
 * @throws {ConfigError} `no_config` if the text is unreadable, `invalid_config` if it is refused
 */
export async function readStateConfig(
  place: ConfigSource,
  env: Env,
  secrets: SecretProviders = secretsOnAws(env),
): Promise<StateConfig> {
  if ('file' in place) {
    const { file } = place;
    return loadStateConfig({ text: await readText(file), file, folder: dirname(file), env, secrets });
  }
  const text = await readParameter(place.ssm, secrets);
  return loadStateConfig({ text, file: `${SSM}${place.ssm}`, env, secrets });
}

/** The configuration of a warm service. */
export interface ServiceConfig {
  readonly config: Config;
  /**
   * Reads the configuration again. Absent without secrets of the platform, because the files of a package never change.
   *
   * @throws {ConfigError}
   */
  readonly readAgain?: () => Promise<Config>;
}

/** The parts of a platform that reading a configuration needs. */
export interface ConfigSources {
  readonly env: Env;
  /** The folder of the package. */
  readonly folder: string;
  readonly secrets: SecretProviders;
  /** Absent where the platform gives no keys. */
  readonly keys?: PlatformKeys;
}

/** @throws {ConfigError} */
export async function loadServiceConfig({
  env,
  folder,
  secrets,
  keys,
}: ConfigSources): Promise<ServiceConfig> {
  const place = findConfig({ env, cwd: folder });
  if (place === undefined) {
    throw new ConfigError(
      'no_config',
      `there is no configuration: put ${CONFIG_FILES[0]} into the package, or set WATCH_CONFIG`,
    );
  }
  let reads = 0;
  const counting = counted(secrets, () => {
    reads += 1;
  });
  const read = () => readConfig(place, env, counting, { keys });
  const config = await read();
  return defined({ config, readAgain: reads > 0 ? read : undefined });
}

function counted(secrets: SecretProviders, count: () => void): SecretProviders {
  const counting = Object.entries(secrets).map(([scheme, read]): [string, SecretProvider] => [
    scheme,
    (name) => {
      count();
      return read(name);
    },
  ]);
  return Object.fromEntries(counting);
}

async function readParameter(name: string, { ssm }: SecretProviders): Promise<string> {
  if (ssm === undefined) {
    throw unreadable(`${SSM}${name}`, `parameters can be read ${SCHEMES['ssm']?.onlyOn}`);
  }
  try {
    return (await ssm(name)).reveal();
  } catch (error) {
    throw unreadable(`${SSM}${name}`, reasonOf(error));
  }
}

async function readText(file: string): Promise<string> {
  const read = await readTextFile(file, MAX_BYTES);
  if ('problem' in read) throw unreadable(file, read.problem);
  return read.text;
}

function unreadable(what: string, reason: string): ConfigError {
  return new ConfigError('no_config', `the configuration ${what} cannot be read: ${reason}`);
}
