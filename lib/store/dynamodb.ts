import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { awsSettings } from '../aws.ts';
import type { Proxies } from '../http/proxies.ts';
import { toStoreError } from './dynamodb-errors.ts';
import { type Driver, withRules } from './rules.ts';
import type { Item, ItemKey, Store } from './store.ts';

type Attributes = Record<string, AttributeValue>;

/**
 * There is no item, so no `rev`; or it has expired; or it is damaged: an item whose `rev` is no revision is loaded with
 * revision 0, and the save with revision 1 that follows must be able to replace it. Types are asked for by name, so that
 * nothing depends on how a comparison with a missing attribute is negated.
 */
const FIRST = `attribute_not_exists(rev) OR expiresAt <= :now
  OR NOT attribute_type(rev, :number) OR rev < :lowest OR rev > :highest`;
const NEXT = `rev = :previous
  AND (attribute_not_exists(expiresAt) OR NOT attribute_type(expiresAt, :number) OR expiresAt > :now)`;

/** A client with bounded time-outs and attempts; the rest is as the SDK reads it from the environment. */
export function createDynamoClient(
  settings: DynamoDBClientConfig = {},
  proxies: Proxies | undefined = undefined,
): DynamoDBClient {
  return new DynamoDBClient({ ...awsSettings(proxies), ...settings });
}

/**
 * A store in a DynamoDB table with the keys `pk` and `sk` (strings) and the TTL attribute `expiresAt`.
 *
 * An item that somebody damaged does not hide the others: it is loaded with what is left of it (`rev` 0, `nonce` and
 * `body` empty where they are not of their type), and the next save can replace it.
 *
 * @param now milliseconds since the epoch
 * @param proxies those on the way to AWS
 * @param client is destroyed with the store
 */
export function openDynamoStore({
  table,
  now,
  proxies,
  client = createDynamoClient({}, proxies),
}: {
  table: string;
  now: () => number;
  proxies?: Proxies | undefined;
  client?: DynamoDBClient;
}): Store {
  return withRules({ place: `The DynamoDB table ${table}`, now }, dynamoDriver(client, table));
}

function dynamoDriver(client: DynamoDBClient, table: string): Driver {
  const fail = (error: unknown): never => {
    throw toStoreError(error, table);
  };

  async function page(partition: string, start: Attributes | undefined) {
    const query = new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: partition } },
      ExclusiveStartKey: start,
    });
    const { Items = [], LastEvaluatedKey } = await client.send(query).catch(fail);
    return { found: Items.map(toItem), next: LastEvaluatedKey };
  }

  return {
    async all(partition) {
      const items: Item[] = [];
      let start: Attributes | undefined;
      do {
        const { found, next } = await page(partition, start);
        items.push(...found);
        start = next;
      } while (start !== undefined);
      return items;
    },

    async one(key) {
      const get = new GetItemCommand({ TableName: table, ConsistentRead: true, Key: toKey(key) });
      const { Item } = await client.send(get).catch(fail);
      return Item && toItem(Item);
    },

    async put(item, nowSeconds) {
      const put = new PutItemCommand({
        TableName: table,
        Item: toAttributes(item),
        ...conditionOf(item.rev, nowSeconds),
      });
      try {
        await client.send(put);
        return true;
      } catch (error) {
        return error instanceof ConditionalCheckFailedException ? false : fail(error);
      }
    },

    async close() {
      client.destroy();
    },
  };
}

function conditionOf(rev: number, nowSeconds: number) {
  const always = { ':now': { N: String(nowSeconds) }, ':number': { S: 'N' } };
  if (rev !== 1) {
    return {
      ConditionExpression: NEXT,
      ExpressionAttributeValues: { ...always, ':previous': { N: String(rev - 1) } },
    };
  }
  const range = { ':lowest': { N: '1' }, ':highest': { N: String(Number.MAX_SAFE_INTEGER) } };
  return { ConditionExpression: FIRST, ExpressionAttributeValues: { ...always, ...range } };
}

function toKey({ partition, id }: ItemKey): Attributes {
  return { pk: { S: partition }, sk: { S: id } };
}

function toAttributes({ key, rev, nonce, body, expiresAt }: Item): Attributes {
  return {
    ...toKey(key),
    rev: { N: String(rev) },
    nonce: { S: nonce },
    body: { S: body },
    ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
  };
}

function toItem(attributes: Attributes): Item {
  const text = (name: string) => attributes[name]?.S ?? '';
  const rev = Number(attributes['rev']?.N);
  const expiresAt = attributes['expiresAt']?.N;
  return {
    key: { partition: text('pk'), id: text('sk') },
    rev: rev >= 1 && rev <= Number.MAX_SAFE_INTEGER ? rev : 0,
    nonce: text('nonce'),
    body: text('body'),
    ...(expiresAt !== undefined && { expiresAt: Number(expiresAt) }),
  };
}
