import type { Env } from '../base/env.ts';
import type { PlatformKeys } from '../config/credentials.ts';
import { ConfigError } from '../config/errors.ts';
import type { SecretProviders } from '../config/references/provider.ts';
import type { Proxies } from '../http/proxies.ts';
import type { StoreChoice } from '../store/index.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metric } from '../telemetry/metrics.ts';
import type { StartRun } from './dispatch/dispatch.ts';

/** A platform that calls the program on a schedule: its environment, state, secrets, log and metrics. */
export interface Platform {
  readonly env: Env;
  /** The folder of the package, which may hold the configuration. */
  readonly folder: string;
  /** Resolves references to secrets in the configuration, by scheme. */
  readonly secrets: SecretProviders;
  /** The keys that the platform gives the program; absent where it gives none. */
  readonly keys?: PlatformKeys;
  /**
   * Time between two invocations.
   *
   * @throws {ConfigError} when the environment has an impossible value
   */
  readonly scheduleMs: number;
  /** Starts an invocation for one project; absent where the platform cannot. */
  readonly startRun?: StartRun | undefined;
  /**
   * The store that holds the state.
   *
   * @param proxies the proxies on the way to the store
   * @throws {ConfigError} when the environment does not name it
   */
  store(proxies: Proxies | undefined): StoreChoice;
  /** Writes one entry. Never throws. */
  readonly log: Log;
  /** Sends the figures of one tick. */
  publish(metrics: readonly Metric[]): Promise<void>;
}

/**
 * Reads a variable that a platform requires.
 *
 * @param why the reason behind the colon of the message
 * @throws {ConfigError} when it is not set or empty
 */
export function required(env: Env, name: string, why: string): string {
  const value = env[name] ?? '';
  if (value !== '') return value;
  throw new ConfigError('no_config', `${name} is not set: ${why}`);
}
