import { ConfigError } from '../config/errors.ts';
import type { Config } from '../config/schema/file.ts';
import { CONFIG_FILES, findConfig, readConfig } from '../config/source.ts';
import type { Terminal } from './terminal/terminal.ts';

/**
 * The configuration of a command that cannot do without.
 *
 * @param option the value of `--config`
 * @param why continues the sentence that there is none: what this command needs it for
 * @param limits.channelsOnly projects are of no concern, nor are their keys
 * @throws {ConfigError}
 */
export async function requireConfig(
  option: string | undefined,
  { env, cwd }: Terminal,
  why: string,
  limits: { readonly channelsOnly: boolean } = { channelsOnly: false },
): Promise<Config> {
  const found = findConfig({ option, env, cwd });
  if (found !== undefined) return readConfig(found, env, undefined, limits);
  throw noConfigHere(cwd, why);
}

/** @param why what it is needed for, in words that continue the sentence that there is none */
export function noConfigHere(cwd: string, why: string): ConfigError {
  return new ConfigError(
    'no_config',
    `there is no ${CONFIG_FILES.join(' or ')} in ${cwd} (init writes one); name the configuration with --config, ${why}`,
  );
}
