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
  /** The folder of the package, where the configuration may be. */
  readonly folder: string;
  /** The secrets that references of the configuration may name, by scheme. */
  readonly secrets: SecretProviders;
  /** The keys that it gives the program itself; absent where there are none. */
  readonly keys?: PlatformKeys;
  /**
   * Time between two invocations.
   *
   * @throws {ConfigError} when the environment says what cannot be
   */
  readonly scheduleMs: number;
  /** Starts an invocation about one project; absent where the platform cannot. */
  readonly startRun?: StartRun | undefined;
  /**
   * The store that holds the state.
   *
   * @param proxies those on the way to it
   * @throws {ConfigError} when the environment does not name it
   */
  store(proxies: Proxies | undefined): StoreChoice;
  /** Writes one entry. Never throws. */
  readonly log: Log;
  /** Sends the figures of one tick. */
  publish(metrics: readonly Metric[]): Promise<void>;
}

/**
 * A variable that a platform cannot do without.
 *
 * @param why goes on after the colon
 * @throws {ConfigError} when it is not set or empty
 */
export function required(env: Env, name: string, why: string): string {
  const value = env[name] ?? '';
  if (value !== '') return value;
  throw new ConfigError('no_config', `${name} is not set: ${why}`);
}
