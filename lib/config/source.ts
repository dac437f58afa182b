import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { reasonOf } from '../base/errors.ts';
import { readProxies } from '../http/proxies.ts';
import { ConfigError } from './errors.ts';
import { type LoadInput, loadConfig } from './load.ts';
import type { ParameterSource } from './references/provider.ts';
import type { Config } from './schema/file.ts';
import { readTextFile } from './text-file.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Where the configuration is: a file (absolute path), or a parameter of the AWS Parameter Store. */
export type ConfigPlace = { readonly file: string } | { readonly ssm: string };

/** What a configuration is called where nobody names it. */
export const CONFIG_FILES: readonly string[] = ['watch.yml', 'watch.yaml'];
const SSM = 'ssm:';
/** A configuration of ten thousand tasks is smaller. */
const MAX_BYTES = 1_000_000;

/**
 * Says where the configuration is: the option `--config`, else `WATCH_CONFIG`, else `watch.yml` or `watch.yaml` if
 * there is one. A place that is named is not looked for elsewhere: reading it fails if it is not there.
 *
 * @param input.cwd what relative paths are relative to
 * @returns nothing if no place is named and there is no such file
 * @throws {ConfigError} if there are both files: nobody can tell which one is meant
 */
export function findConfig({
  option,
  env,
  cwd,
}: {
  readonly option?: string | undefined;
  readonly env: Env;
  readonly cwd: string;
}): ConfigPlace | undefined {
  const named = option ?? (env['WATCH_CONFIG'] || undefined);
  if (named?.startsWith(SSM) === true) return { ssm: named.slice(SSM.length) };
  if (named !== undefined) return { file: resolve(cwd, named) };
  const [file, other] = CONFIG_FILES.map((name) => resolve(cwd, name)).filter((path) => existsSync(path));
  if (other !== undefined) {
    throw new ConfigError(
      'no_config',
      `there are both ${CONFIG_FILES.join(' and ')} in ${cwd}: remove one, or name the one that is meant with --config`,
    );
  }
  return file === undefined ? undefined : { file };
}

/**
 * Reads the configuration at a place.
 *
 * @param parameters where AWS parameters are read from; by default AWS itself, if the environment names a region
 * @throws {ConfigError} `no_config` if it cannot be read, `invalid_config` if it is refused
 */
export async function readConfig(
  place: ConfigPlace,
  env: Env,
  parameters: ParameterSource | undefined = parametersOf(env),
  how: Pick<LoadInput, 'channelsOnly'> = {},
): Promise<Config> {
  const sources = { env, ...(parameters !== undefined && { parameters }), ...how };
  if ('file' in place) {
    const { file } = place;
    return loadConfig({ text: await readText(file), file, folder: dirname(file), ...sources });
  }
  const text = await readParameter(place.ssm, parameters);
  return loadConfig({ text, file: `${SSM}${place.ssm}`, ...sources });
}

/** All that the function takes from its environment. */
export interface FunctionEnvironment {
  readonly config: Config;
  readonly stateTable: string;
  /**
   * Reads the configuration once more; absent where it cannot have changed, because nothing of it comes from
   * parameters: the files of a package stay as they are.
   *
   * @throws {ConfigError}
   */
  readonly readAgain?: () => Promise<Config>;
}

/** @throws {ConfigError} */
export async function loadEnvironment(
  env: Env,
  parameters: ParameterSource | undefined = parametersOf(env),
): Promise<FunctionEnvironment> {
  const stateTable = env['STATE_TABLE'] ?? '';
  if (stateTable === '') {
    throw new ConfigError(
      'no_config',
      'STATE_TABLE is not set: the function needs the name of its DynamoDB table',
    );
  }
  const place = findConfig({ env, cwd: env['LAMBDA_TASK_ROOT'] ?? process.cwd() });
  if (place === undefined) {
    throw new ConfigError(
      'no_config',
      `there is no configuration: put ${CONFIG_FILES[0]} into the package, or set WATCH_CONFIG`,
    );
  }
  let reads = 0;
  const counting =
    parameters &&
    counted(parameters, () => {
      reads += 1;
    });
  const read = () => readConfig(place, env, counting);
  const config = await read();
  return { config, stateTable, ...(reads > 0 && { readAgain: read }) };
}

function counted(source: ParameterSource, count: () => void): ParameterSource {
  return {
    ssm(name) {
      count();
      return source.ssm(name);
    },
    secretsManager(id, key) {
      count();
      return source.secretsManager(id, key);
    },
  };
}

/** Lambda always names the region. The SDK is loaded by the first reading: most configurations need none. */
function parametersOf(env: Env): ParameterSource | undefined {
  if (!env['AWS_REGION'] && !env['AWS_DEFAULT_REGION']) return undefined;
  let source: Promise<ParameterSource> | undefined;
  const aws = () => {
    source ??= import('./references/aws.ts').then(({ createAwsParameters }) =>
      createAwsParameters({ proxies: readProxies(env).proxies }),
    );
    return source;
  };
  return {
    ssm: async (name) => (await aws()).ssm(name),
    secretsManager: async (id, key) => (await aws()).secretsManager(id, key),
  };
}

async function readParameter(name: string, parameters: ParameterSource | undefined): Promise<string> {
  if (parameters === undefined) {
    throw unreadable(`${SSM}${name}`, 'parameters can be read only on AWS (AWS_REGION is not set)');
  }
  try {
    return (await parameters.ssm(name)).reveal();
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
