import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { WatchError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { awsSettings } from '../../http/aws.ts';
import type { Proxies } from '../../http/proxies.ts';
import type { SecretProvider } from './provider.ts';

/** `unavailable` may end by itself; the others need somebody to act. */
export type ParameterErrorCode = 'not_found' | 'denied' | 'unreadable' | 'unavailable';

/** A parameter or secret that could not be read. The message names it and the remedy, without its value. */
export class ParameterError extends WatchError {
  override readonly name = 'ParameterError';
  readonly code: ParameterErrorCode;

  constructor(code: ParameterErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface AwsClients {
  readonly ssm?: SSMClient;
  readonly secretsManager?: SecretsManagerClient;
  /** The proxies on the way to AWS. */
  readonly proxies?: Proxies | undefined;
}

/** The secrets of AWS, by scheme. */
export interface AwsSecrets extends Readonly<Record<string, SecretProvider>> {
  /** A parameter of the Systems Manager Parameter Store, decrypted. */
  readonly ssm: SecretProvider;
  /** A secret of Secrets Manager: the whole text, or one key (`id#key`) of its JSON object. */
  readonly secretsmanager: SecretProvider;
}

/** Reads from AWS. The SDK takes region, credentials and endpoints from the environment. */
export function createAwsSecrets({
  proxies,
  ssm = new SSMClient(awsSettings(proxies)),
  secretsManager = new SecretsManagerClient(awsSettings(proxies)),
}: AwsClients = {}): AwsSecrets {
  return {
    async ssm(name) {
      const what = `the parameter ${name}`;
      const command = new GetParameterCommand({ Name: name, WithDecryption: true });
      const { Parameter } = await ssm.send(command).catch((error: unknown) => fail(what, error));
      return new Secret(present(what, Parameter?.Value));
    },

    async secretsmanager(name) {
      const [id, key] = name.split('#');
      const what = `the secret ${id}`;
      const command = new GetSecretValueCommand({ SecretId: id });
      const answer = await secretsManager.send(command).catch((error: unknown) => fail(what, error));
      const text = present(what, answer.SecretString);
      return new Secret(key === undefined ? text : valueIn(what, text, key));
    },
  };
}

function present(what: string, text: string | undefined): string {
  if (text !== undefined) return text;
  throw new ParameterError('unreadable', `${what} holds no text`);
}

function valueIn(what: string, text: string, key: string): string {
  const value = entryOf(what, text, key);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ParameterError('unreadable', `${what} has no text under the key ${key}`);
}

function entryOf(what: string, text: string, key: string): unknown {
  const content = parseJson(text);
  if (content === undefined) {
    throw new ParameterError('unreadable', `${what} is not JSON: refer to it without #key`);
  }
  if (typeof content !== 'object' || content === null || !Object.hasOwn(content, key)) return undefined;
  return new Map<string, unknown>(Object.entries(content)).get(key);
}

type Fault = readonly [code: ParameterErrorCode, advice: string];

const DENIED: Fault = ['denied', 'may not be read: allow it in the role, and the use of its KMS key'];
const NOT_FOUND: Fault = ['not_found', 'does not exist in this account and region'];

/** Names of exceptions: API references of GetParameter and GetSecretValue, "Errors" and "Common errors". */
const FAULTS: ReadonlyMap<string, Fault> = new Map([
  ['ParameterNotFound', NOT_FOUND],
  ['ParameterVersionNotFound', NOT_FOUND],
  ['ResourceNotFoundException', NOT_FOUND],
  ['AccessDeniedException', DENIED],
  ['InvalidKeyId', DENIED],
  ['DecryptionFailure', DENIED],
  ['UnrecognizedClientException', ['denied', 'cannot be read: the AWS credentials are not valid']],
  ['ExpiredTokenException', ['denied', 'cannot be read: the AWS credentials have expired']],
  ['CredentialsProviderError', ['denied', 'cannot be read: there are no AWS credentials']],
  ['ValidationException', ['not_found', 'has a name that AWS does not accept']],
  ['InvalidRequestException', ['not_found', 'cannot be read now: is it marked for deletion?']],
]);

function fail(what: string, error: unknown): never {
  if (error instanceof WatchError) {
    throw new ParameterError('unavailable', `${what} could not be read: ${error.message}`);
  }
  const name = error instanceof Error ? error.name : 'unknown fault';
  const [code, advice] = FAULTS.get(name) ?? ['unavailable', 'could not be read, try again later'];
  throw new ParameterError(code, `${what} ${advice} (${name})`);
}
