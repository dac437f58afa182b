import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AwsSecrets, createAwsSecrets, ParameterError } from '../../../lib/config/references/aws.ts';
import { readConfig } from '../../../lib/config/source.ts';
import { urlOf } from '../../support/channel-url.ts';
import {
  type ParameterServer,
  parameter,
  refused,
  secret,
  startParameterServer,
} from '../../support/parameter-server.ts';
import { ENV, MINIMAL } from '../support.ts';

let server: ParameterServer;
let secrets: AwsSecrets;

beforeAll(async () => {
  server = await startParameterServer();
  const settings = {
    endpoint: server.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKCANARY', secretAccessKey: 'canary' },
    maxAttempts: 1,
  };
  secrets = createAwsSecrets({
    ssm: new SSMClient(settings),
    secretsManager: new SecretsManagerClient(settings),
  });
});
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

async function failureOf(work: Promise<unknown>): Promise<ParameterError> {
  const outcome = await work.catch((thrown: unknown) => thrown);
  if (outcome instanceof ParameterError) return outcome;
  throw new TypeError('it did not fail in our words');
}

describe('A parameter on AWS', () => {
  it('is read decrypted, as a secret', async () => {
    server.given({ '/watch/url': parameter('the value') });
    const value = await secrets.ssm('/watch/url');
    expect(value.reveal()).toBe('the value');
    expect(server.asked).toEqual([
      { target: 'AmazonSSM.GetParameter', body: { Name: '/watch/url', WithDecryption: true } },
    ]);
  });

  it.each([
    ['ParameterNotFound', 'not_found', /does not exist in this account and region/],
    ['AccessDeniedException', 'denied', /may not be read: allow it in the role/],
    ['InvalidKeyId', 'denied', /KMS key/],
    ['ExpiredTokenException', 'denied', /have expired/],
    ['ThrottlingException', 'unavailable', /try again later/],
    ['SomethingNewException', 'unavailable', /try again later/],
  ])('that fails with %s is reported as %s', async (type, code, words) => {
    server.given({ '/watch/url': refused(type) });
    const failure = await failureOf(secrets.ssm('/watch/url'));
    expect(server.asked).toHaveLength(1);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(words);
    expect(failure.message).toMatch(/^the parameter \/watch\/url /);
    expect(failure.message).toContain(`(${type})`);
    expect(JSON.stringify(failure) + failure.stack).not.toContain('canary');
  });

  it('is reported as unavailable when AWS cannot be reached', async () => {
    const nowhere = new SSMClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    const failure = await failureOf(createAwsSecrets({ ssm: nowhere }).ssm('/watch/url'));
    expect(failure.code).toBe('unavailable');
  });
});

describe('A secret on AWS', () => {
  it('is read as a whole, or one value of it', async () => {
    server.given({ 'watch/hook': secret('{"key": "one", "n": 2, "o": {}}') });
    expect((await secrets.secretsmanager('watch/hook')).reveal()).toBe('{"key": "one", "n": 2, "o": {}}');
    expect((await secrets.secretsmanager('watch/hook#key')).reveal()).toBe('one');
    expect((await secrets.secretsmanager('watch/hook#n')).reveal()).toBe('2');
    expect(server.asked[0]).toEqual({
      target: 'secretsmanager.GetSecretValue',
      body: { SecretId: 'watch/hook' },
    });
  });

  it.each([
    ['has no such key', '{"other": "canary"}', 'has no text under the key key'],
    ['has a group under the key', '{"key": {"a": "canary"}}', 'has no text under the key key'],
    ['has the key only as a part of JavaScript', '{}', 'has no text under the key toString'],
    ['is not JSON', 'canary', 'is not JSON: refer to it without #key'],
    ['is a JSON text', '"canary"', 'has no text under the key key'],
    ['is binary', undefined, 'holds no text'],
  ])('that %s is reported as unreadable, without its content', async (_what, text, words) => {
    server.given({ 'watch/hook': secret(text) });
    const key = words.endsWith('toString') ? 'toString' : 'key';
    const failure = await failureOf(secrets.secretsmanager(`watch/hook#${key}`));
    expect(failure).toMatchObject({ code: 'unreadable', message: `the secret watch/hook ${words}` });
    expect(failure.stack).not.toContain('canary');
  });

  it('that does not exist is reported as such', async () => {
    server.given({ 'watch/hook': refused('ResourceNotFoundException') });
    expect((await failureOf(secrets.secretsmanager('watch/hook'))).code).toBe('not_found');
  });
});

describe('A configuration that refers to AWS', () => {
  it('is resolved there when the environment names a region', async () => {
    server.given({
      '/watch/config': parameter(
        JSON.stringify({
          ...MINIMAL,
          channels: { ops: { type: 'slack', url: `\${secretsmanager:watch/slack#url}` } },
        }),
      ),
      'watch/slack': secret('{"url": "https://hooks.slack.com/services/from-aws"}'),
    });
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);

    const { channels } = await readConfig({ ssm: '/watch/config' }, { ...ENV, ...server.env });
    expect(urlOf(channels['ops'])).toBe('https://hooks.slack.com/services/from-aws');
    expect(server.asked.map(({ target }) => target)).toEqual([
      'AmazonSSM.GetParameter',
      'secretsmanager.GetSecretValue',
    ]);
  });
});
