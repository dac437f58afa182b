import type { Env } from '../../base/env.ts';
import type { AwsSecrets } from './aws.ts';
import type { SecretProviders } from './provider.ts';

/**
 * The secrets of AWS, if the environment names a region, as Lambda always does. Only the first read loads the SDK,
 * because most configurations need no secret.
 */
export function secretsOnAws(env: Env): SecretProviders {
  if (!env['AWS_REGION'] && !env['AWS_DEFAULT_REGION']) return {};
  let loaded: Promise<AwsSecrets> | undefined;
  const aws = (): Promise<AwsSecrets> => {
    loaded ??= load(env);
    return loaded;
  };
  return {
    ssm: async (name) => (await aws()).ssm(name),
    secretsmanager: async (name) => (await aws()).secretsmanager(name),
  };
}

async function load(env: Env): Promise<AwsSecrets> {
  const { readProxies } = await import('../../http/proxies.ts');
  const { createAwsSecrets } = await import('./aws.ts');
  return createAwsSecrets({ proxies: readProxies(env).proxies });
}
