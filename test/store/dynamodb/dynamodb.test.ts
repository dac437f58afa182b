import {
  type AttributeValue,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../../lib/store/dynamodb/dynamodb.ts';
import type { Store } from '../../../lib/store/store.ts';
import { DYNAMO_DAMAGES, damageAttribute } from '../../support/damage.ts';
import { AWS_CANARY, type Dynalite, type FaultKind, startDynalite } from '../../support/store-dynalite.ts';
import { describeChoice, describeStore, failureOf, newItem, newKey } from '../contract.ts';

const NOW = Date.parse('2026-01-05T00:10:11Z');
const now = () => NOW;
const SHORT = {
  maxAttempts: 2,
  requestHandler: { requestTimeout: 150, throwOnRequestTimeout: true, socketTimeout: 150 },
};
const ATTEMPTS = 3;
const LEAK = /canary|123456789012/;

let dynalite: Dynalite;
const opened: Store[] = [];
beforeAll(async () => {
  dynalite = await startDynalite();
  await dynalite.createTable('state');
});
afterAll(async () => {
  for (const store of opened) await store.close();
  await dynalite.close();
});

function open(settings: DynamoDBClientConfig = {}, table = 'state', clock = now): Store {
  const client = createDynamoClient({ ...dynalite.settings, ...settings });
  const store = openDynamoStore({ table, now: clock, client });
  opened.push(store);
  return store;
}

describeStore(
  'The DynamoDB store',
  async (clock) => ({
    open: () => open({}, 'state', clock),
    damage: (key, way) => damageAttribute(dynalite, 'state', key, way),
    close: async () => {},
  }),
  DYNAMO_DAMAGES,
);

describe('The DynamoDB table that the environment leads to', () => {
  beforeAll(() => {
    for (const [name, value] of Object.entries(dynalite.env)) vi.stubEnv(name, value);
  });
  afterAll(() => void vi.unstubAllEnvs());

  describeChoice(() => ({ kind: 'dynamodb', table: 'state', proxies: undefined }));
});

describe('The DynamoDB table', () => {
  it('is read in as many consistent queries as it has pages, and in no other way', async () => {
    const store = open();
    const { partition } = newKey();
    const ids = Array.from({ length: 24 }, (_, n) => String(n));
    const body = 'x'.repeat(100_000);
    await Promise.all(ids.map((id) => store.save(newItem({ key: { partition, id }, body }))));
    const before = { ...dynalite.requests };

    expect(await store.load(partition)).toHaveLength(ids.length);

    // 24 items of 100 KB are 2.4 MB; a page ends at 1 MB.
    expect(dynalite.requests).toEqual({ ...before, Query: before.Query + 3 });
    expect(dynalite.lastRequest('Query')).toMatchObject({
      ConsistentRead: true,
      ExclusiveStartKey: expect.anything(),
    });
  });

  it('is asked for one item consistently', async () => {
    await open().get(newKey());

    expect(dynalite.lastRequest('GetItem')).toMatchObject({ ConsistentRead: true });
  });

  it('gets one request for a save, and has the attributes that users rely on', async () => {
    const item = newItem({ expiresAt: NOW / 1000 + 60 });
    const before = { ...dynalite.requests };

    await open().save(item);

    expect(dynalite.requests).toEqual({ ...before, PutItem: before.PutItem + 1 });
    expect(await rawItem(item.key.partition, item.key.id)).toEqual({
      pk: { S: item.key.partition },
      sk: { S: item.key.id },
      rev: { N: '1' },
      nonce: { S: item.nonce },
      body: { S: item.body },
      expiresAt: { N: String(NOW / 1000 + 60) },
    });
  });

  describe('whose answer to a save is lost', () => {
    it.each<FaultKind>(['answer lost', 'applied but failed', 'stalled'])(
      '(%s) saves it once',
      async (kind) => {
        const store = open(kind === 'stalled' ? SHORT : {});
        const item = newItem();
        const fault = dynalite.fault('PutItem', kind);
        const before = dynalite.requests.PutItem;

        expect(await store.save(item)).toBe('saved');

        expect(fault.fired).toBe(1);
        expect(dynalite.requests.PutItem - before).toBe(2);
        expect(await store.get(item.key)).toStrictEqual(item);
      },
    );

    it('at each attempt reports an unknown result, and recognises the write afterwards', async () => {
      const store = open();
      const item = newItem();
      const fault = dynalite.fault('PutItem', 'answer lost', ATTEMPTS);

      const error = await failureOf(store.save(item));

      expect(error.code).toBe('unavailable');
      expect(fault.fired).toBe(ATTEMPTS);
      expect(await store.get(item.key)).toStrictEqual(item);
      expect(await store.save(item)).toBe('saved');
    });

    it('does not count a write of somebody else as its own', async () => {
      const store = open();
      const item = newItem();
      await store.save(newItem({ key: item.key }));
      const fault = dynalite.fault('PutItem', 'answer lost');

      expect(await store.save(item)).toBe('conflict');
      expect(fault.fired).toBe(1);
    });

    it('and cannot be read either reports an unknown result', async () => {
      const store = open();
      const item = newItem();
      const lost = dynalite.fault('PutItem', 'answer lost');
      const failed = dynalite.fault('GetItem', 'failed', ATTEMPTS);

      expect(await failureOf(store.save(item))).toMatchObject({ code: 'unavailable' });
      expect([lost.fired, failed.fired]).toEqual([1, ATTEMPTS]);
    });
  });

  it.each<FaultKind>(['throttled', 'failed', 'dropped'])('%s twice is asked a third time', async (kind) => {
    const item = newItem();
    const [save, load] = [
      dynalite.fault('PutItem', kind, ATTEMPTS - 1),
      dynalite.fault('Query', kind, ATTEMPTS - 1),
    ];

    const results = await Promise.all([open().save(item), open().load('empty')]);

    expect(results).toEqual(['saved', []]);
    expect([save.fired, load.fired]).toEqual([ATTEMPTS - 1, ATTEMPTS - 1]);
  });

  it.each<[FaultKind, number, string, RegExp]>([
    ['throttled', ATTEMPTS, 'unavailable', /\(ThrottlingException\)/],
    ['failed', ATTEMPTS, 'unavailable', /\(InternalServerError\)/],
    ['dropped', ATTEMPTS, 'unavailable', /\(ECONNRESET\)/],
    ['denied', 1, 'denied', /dynamodb:PutItem .*\(AccessDeniedException\)/],
    ['garbage', 1, 'corrupt', /proxy/],
  ])('%s at every attempt (%i) is reported as %s', async (kind, times, code, message) => {
    const item = newItem({ body: '"body-canary"' });
    const faults = (['PutItem', 'GetItem', 'Query'] as const).map((operation) =>
      dynalite.fault(operation, kind, times),
    );

    const errors = await Promise.all(
      [open().save(item), open().get(item.key), open().load(item.key.partition)].map(failureOf),
    );

    for (const error of errors) {
      expect(error).toMatchObject({ code, message });
      expect(error.message).toMatch(/^The DynamoDB table state /);
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(LEAK);
    }
    expect(faults.map(({ fired }) => fired)).toEqual([times, times, times]);
    expect(AWS_CANARY).toMatch(LEAK);
  });

  it.each<FaultKind>(['silent', 'stalled'])('%s does not hold a load up for ever', async (kind) => {
    const fault = dynalite.fault('Query', kind, SHORT.maxAttempts);

    expect(await failureOf(open(SHORT).load('p'))).toMatchObject({ code: 'unavailable' });
    expect(fault.fired).toBeGreaterThan(0);
  });

  it('gets three attempts of five seconds', async () => {
    const client = createDynamoClient(dynalite.settings);
    const store = openDynamoStore({ table: 'state', now, client });
    await store.load('p');

    expect(await client.config.maxAttempts()).toBe(ATTEMPTS);
    expect(client.config.requestHandler).toMatchObject({
      config: {
        connectionTimeout: 2000,
        requestTimeout: 5000,
        throwOnRequestTimeout: true,
        socketTimeout: 5000,
      },
    });
    await store.close();
  });

  it('that does not exist is named, with advice', async () => {
    const store = open({}, 'elsewhere');

    for (const request of [store.load('p'), store.get(newKey()), store.save(newItem())]) {
      expect(await failureOf(request)).toMatchObject({
        code: 'missing',
        message:
          /table elsewhere .*create it .*serverless\.yml.*STATE_TABLE.*region.*ResourceNotFoundException/,
      });
    }
  });

  it('with other keys is reported as foreign', async () => {
    await dynalite.createTable('orders', ['customer', 'order']);
    const store = open({}, 'orders');

    for (const request of [store.load('p'), store.get(newKey()), store.save(newItem())]) {
      expect(await failureOf(request)).toMatchObject({ code: 'missing', message: /keys .* pk and sk/ });
    }
  });

  it('without a server is unavailable', async () => {
    const gone = await startDynalite();
    await gone.close();

    expect(await failureOf(open({ endpoint: gone.endpoint }).load('p'))).toMatchObject({
      code: 'unavailable',
      message: /ECONNREFUSED/,
    });
  });

  it('without credentials, or without a region, is denied, and says where to look', async () => {
    const noCredentials = async () => {
      throw Object.assign(new Error('secret-canary'), { name: 'CredentialsProviderError' });
    };
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    const { region: _, ...noRegion } = dynalite.settings;
    const nowhere = openDynamoStore({ table: 'state', now, client: createDynamoClient(noRegion) });

    for (const store of [open({ credentials: noCredentials }), nowhere]) {
      const error = await failureOf(store.load('p'));
      expect(error).toMatchObject({ code: 'denied', message: /credentials and the region/ });
      expect(error.message).not.toContain('canary');
    }
    vi.unstubAllEnvs();
  });

  it.each<[string, AttributeValue | undefined, string]>([
    ['missing', undefined, ''],
    ['a number', { N: '5' }, '{"N":"5"}'],
    ['bytes', { B: Buffer.of(1, 2) }, '{"B":"AQI="}'],
    ['a set of texts', { SS: ['a', 'b'] }, '{"SS":["a","b"]}'],
  ])('with a body that is %s shows it as what it is', async (_words, body, shown) => {
    const key = newKey();
    const item = { pk: { S: key.partition }, sk: { S: key.id }, rev: { N: '1' }, nonce: { S: 'n' } };
    await putRaw(body === undefined ? item : { ...item, body });

    expect(await open().get(key)).toStrictEqual({ key, rev: 1, nonce: 'n', body: shown });
  });

  it('with a revision of more digits than ours has an item of none, which can be replaced', async () => {
    const key = newKey();
    const item = { pk: { S: key.partition }, sk: { S: key.id }, nonce: { S: 'n' }, body: { S: '{}' } };
    await putRaw({ ...item, rev: { N: '7.0000000000000000000000000001' } });

    expect(await open().get(key)).toMatchObject({ rev: 0 });
    expect(await open().save(newItem({ key }))).toBe('saved');
  });

  it('refuses a first revision over an item that has lost its own when it is looked at', async () => {
    const item = newItem();
    await open().save(newItem({ key: item.key }));
    const client = createDynamoClient(dynalite.settings);
    const without = { pk: { S: item.key.partition }, sk: { S: item.key.id } };
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'GetItemCommand') await putRaw(without);
          return next(args);
        },
      { step: 'initialize' },
    );
    const store = openDynamoStore({ table: 'state', now, client });
    opened.push(store);

    expect(await store.save(item)).toBe('conflict');
  });

  it('accepts the highest possible number as a revision', async () => {
    const store = open();
    const key = newKey();
    const rev = Number.MAX_SAFE_INTEGER;
    await putRaw({
      pk: { S: key.partition },
      sk: { S: key.id },
      rev: { N: String(rev) },
      nonce: { S: 'n' },
      body: { S: '{}' },
    });

    expect(await store.get(key)).toStrictEqual({ key, rev, nonce: 'n', body: '{}' });
    expect(await store.save(newItem({ key }))).toBe('conflict');
  });

  it('is left with its client when it is closed', async () => {
    const client = createDynamoClient(dynalite.settings);
    const destroy = vi.spyOn(client, 'destroy');

    await openDynamoStore({ table: 'state', now, client }).close();

    expect(destroy).toHaveBeenCalledOnce();
  });
});

const raw = () => createDynamoClient(dynalite.settings);

async function rawItem(pk: string, sk: string) {
  const Key = { pk: { S: pk }, sk: { S: sk } };
  return (await raw().send(new GetItemCommand({ TableName: 'state', Key, ConsistentRead: true }))).Item;
}

async function putRaw(item: Record<string, AttributeValue>): Promise<void> {
  await raw().send(new PutItemCommand({ TableName: 'state', Item: item }));
}
