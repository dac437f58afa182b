import { describe, expect, it } from 'vitest';
import { plainSecretsIn } from '../../../lib/config/checks/plain-secrets.ts';
import { ALL_TYPES } from '../../support/channel-types.ts';

const pathsIn = (ops: Readonly<Record<string, string>>) =>
  plainSecretsIn({ channels: { ops } }, ALL_TYPES, 'put it elsewhere').map(({ path }) => path.join('.'));

describe('a secret in plain text', () => {
  const url = 'https://receiver.example/in';

  it.each([...ALL_TYPES])(
    'is the address of a channel of type %s if people read it',
    (type, { audience }) => {
      expect(pathsIn({ type, url })).toEqual(audience === 'people' ? ['channels.ops.url'] : []);
    },
  );

  it('may be the address of a channel whose type nobody knows', () => {
    expect(pathsIn({ type: 'slck', url })).toEqual(['channels.ops.url']);
    expect(pathsIn({ url })).toEqual(['channels.ops.url']);
  });

  it.each(['secret', 'hubSecret', 'appSecret', 'token', 'routingKey', 'signKey', 'password'])(
    'is every setting that ends like %s',
    (setting) => {
      expect(pathsIn({ type: 'webhook', url, [setting]: 'canary' })).toEqual([`channels.ops.${setting}`]);
      expect(pathsIn({ type: 'webhook', url, [setting]: '${ssm:/its/name}' })).toEqual([]);
    },
  );

  it('is no setting of another name', () => {
    expect(pathsIn({ type: 'webhook', url, contentType: 'application/json', keys: 'canary' })).toEqual([]);
  });

  it('is a token in the body of a webhook, and no template there', () => {
    const inBody = (token: string) =>
      plainSecretsIn(
        { channels: { ops: { type: 'webhook', url, body: { token } } } },
        ALL_TYPES,
        'put it elsewhere',
      );
    expect(inBody('canary')).toEqual([
      { path: ['channels', 'ops', 'body', 'token'], message: expect.stringContaining('in plain text') },
    ]);
    expect(inBody('{{ id }}')).toEqual([]);
    expect(inBody('${ssm:/its/name}')).toEqual([]);
  });
});
