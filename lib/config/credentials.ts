import { defined } from '../base/defined.ts';
import type { Env } from '../base/env.ts';
import { Secret } from '../base/secret.ts';
import type { Credentials } from '../huawei/signer.ts';

/** Keys from the platform itself, the last source that is tried. */
export interface PlatformKeys {
  /** Its name in the list of sources. */
  readonly source: string;
  /** Nothing where the platform gives no keys. The returned credentials always hold the newest keys. */
  find(): Credentials | undefined;
}

/** Credentials of the environment, for projects without their own. */
export interface EnvironmentCredentials {
  readonly found: Credentials | undefined;
  /** The tried sources, for the message about missing credentials. */
  readonly sources: string;
  /** Pairs of which only one half is set: `HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not`. */
  readonly halves: readonly string[];
}

/** Huawei's SDKs read the first and the second, its Terraform provider the third. */
const VARIABLES = [
  { ak: 'HUAWEICLOUD_SDK_AK', sk: 'HUAWEICLOUD_SDK_SK', token: 'HUAWEICLOUD_SDK_SECURITY_TOKEN' },
  { ak: 'CLOUD_SDK_AK', sk: 'CLOUD_SDK_SK', token: 'CLOUD_SDK_SECURITY_TOKEN' },
  { ak: 'HW_ACCESS_KEY', sk: 'HW_SECRET_KEY', token: 'HW_SECURITY_TOKEN' },
] as const;

/** The tried variables, for the message about missing credentials. */
export const VARIABLE_SOURCES = VARIABLES.map(({ ak, sk }) => `${ak} and ${sk}`).join('; ');

/**
 * Finds credentials in the environment: the first complete pair, else the keys of the platform. An empty variable
 * counts as not set.
 */
export function credentialsIn(env: Env, keys?: PlatformKeys): EnvironmentCredentials {
  const pairs = VARIABLES.map((names) => pairOf(names, env));
  const sources = ['credentials in the file', VARIABLE_SOURCES, ...(keys === undefined ? [] : [keys.source])];
  return {
    found: pairs.find((pair) => pair.credentials !== undefined)?.credentials ?? keys?.find(),
    sources: sources.join('; '),
    halves: pairs.flatMap(({ half }) => (half === undefined ? [] : [half])),
  };
}

function pairOf(
  { ak, sk, token }: (typeof VARIABLES)[number],
  env: Env,
): { credentials?: Credentials; half?: string } {
  const [accessKey, secretKey, securityToken] = [secretIn(env, ak), secretIn(env, sk), secretIn(env, token)];
  if (accessKey !== undefined && secretKey !== undefined) {
    return { credentials: defined({ accessKey, secretKey, securityToken }) };
  }
  if (accessKey === undefined && secretKey === undefined) return {};
  const [there, missing] = accessKey === undefined ? [sk, ak] : [ak, sk];
  return { half: `${there} is set but ${missing} is not` };
}

function secretIn(env: Env, name: string): Secret | undefined {
  // A line break from `$(cat key)` or a secret file is never part of a key.
  const text = env[name]?.trim() ?? '';
  return text === '' ? undefined : new Secret(text);
}
