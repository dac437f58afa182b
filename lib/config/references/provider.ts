import type { Secret } from '../../base/secret.ts';

/** Where `${ssm:…}` and `${secretsmanager:…}` come from. Everything read there is a secret. */
export interface ParameterSource {
  /**
   * A parameter of the AWS Systems Manager Parameter Store, decrypted.
   *
   * @throws {ParameterError}
   */
  ssm(name: string): Promise<Secret>;
  /**
   * A secret of AWS Secrets Manager.
   *
   * @param key which value of a secret that holds a JSON object; without it, the whole text
   * @throws {ParameterError}
   */
  secretsManager(id: string, key?: string): Promise<Secret>;
}
