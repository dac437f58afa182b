import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { defined } from '../../base/defined.ts';
import { awsSettings } from '../../http/aws.ts';
import type { Proxies } from '../../http/proxies.ts';
import { type Driver, withRules } from '../driver.ts';
import type { Item, ItemKey, Store } from '../store.ts';
import { toStoreError } from './errors.ts';

type Attributes = Record<string, AttributeValue>;
interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Attributes;
}

/** No item exists, and so no `rev`; or the item has expired. */
// Mutant survives, `attribute_not_exists(rev) OR` → nothing: a missing attribute is of no type either.
const FIRST = 'attribute_not_exists(rev) OR (attribute_type(expiresAt, :number) AND expiresAt <= :now)';
// Mutant survives, `attribute_not_exists(expiresAt) OR` → nothing: a missing attribute is of no type either.
const NEXT = `rev = :previous
  AND (attribute_not_exists(expiresAt) OR NOT attribute_type(expiresAt, :number) OR expiresAt > :now)`;

/** A client with bounded time-outs and attempts. The SDK reads its other settings from the environment. */
export function createDynamoClient(
  settings: DynamoDBClientConfig = {},
  proxies: Proxies | undefined = undefined,
): DynamoDBClient {
  return new DynamoDBClient({ ...awsSettings(proxies), ...settings });
}

/**
 * A store in a DynamoDB table with the keys `pk` and `sk` (strings) and the TTL attribute `expiresAt`.
 *
 * A damaged item does not hide the others: it is loaded with its readable parts, and the next save can replace it.
 * `rev` is 0 and `nonce` empty where their type is wrong; a `body` of another type becomes JSON.
 *
 * @param now milliseconds since the epoch
 * @param proxies the proxies on the way to AWS
 * @param client closing the store destroys it
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
    // Mutant survives, `[]` → `["Stryker was here"]`: DynamoDB leaves out the items only when it is asked to count.
    const { Items = [], LastEvaluatedKey } = await client.send(query).catch(fail);
    return { found: Items.map(toItem), next: LastEvaluatedKey };
  }

  async function read(key: ItemKey): Promise<Attributes | undefined> {
    const get = new GetItemCommand({ TableName: table, ConsistentRead: true, Key: toKey(key) });
    return (await client.send(get).catch(fail)).Item;
  }

  async function putIf(item: Item, condition: Condition): Promise<boolean> {
    try {
      await client.send(new PutItemCommand({ TableName: table, Item: toAttributes(item), ...condition }));
      return true;
    } catch (error) {
      return error instanceof ConditionalCheckFailedException ? false : fail(error);
    }
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
      const found = await read(key);
      return found && toItem(found);
    },

    async put(item, nowSeconds) {
      if (await putIf(item, conditionOf(item.rev, nowSeconds))) return true;
      if (item.rev !== 1) return false;
      // An item with a damaged revision was loaded with revision 0. It must be replaceable.
      const found = (await read(item.key))?.['rev'];
      if (found === undefined || revisionIn(found) > 0) return false;
      return putIf(item, stillAsFound(found));
    },

    async close() {
      client.destroy();
    },
  };
}

function conditionOf(rev: number, nowSeconds: number): Condition {
  const always = { ':now': { N: String(nowSeconds) }, ':number': { S: 'N' } };
  if (rev === 1) return { ConditionExpression: FIRST, ExpressionAttributeValues: always };
  return {
    ConditionExpression: NEXT,
    ExpressionAttributeValues: { ...always, ':previous': { N: String(rev - 1) } },
  };
}

function toKey({ partition, id }: ItemKey): Attributes {
  return { pk: { S: partition }, sk: { S: id } };
}

function toAttributes({ key, rev, nonce, body, expiresAt }: Item): Attributes {
  return defined({
    ...toKey(key),
    rev: { N: String(rev) },
    nonce: { S: nonce },
    body: { S: body },
    expiresAt: expiresAt === undefined ? undefined : { N: String(expiresAt) },
  });
}

function toItem(attributes: Attributes): Item {
  const text = (name: string) => attributes[name]?.S ?? '';
  const expiresAt = attributes['expiresAt']?.N;
  return defined({
    key: { partition: text('pk'), id: text('sk') },
    rev: revisionIn(attributes['rev']),
    nonce: text('nonce'),
    body: bodyIn(attributes['body']),
    expiresAt: expiresAt === undefined ? undefined : Number(expiresAt),
  });
}

/** The form of our revisions. A number with more digits would never compare equal again. */
const REVISION = /^[1-9]\d{0,15}$/;

/** The condition that a damaged item is unchanged. Our own writes are numbers, and never this one. */
function stillAsFound(found: AttributeValue): Condition {
  return found.N === undefined
    ? {
        ConditionExpression: 'NOT attribute_type(rev, :number)',
        ExpressionAttributeValues: { ':number': { S: 'N' } },
      }
    : { ConditionExpression: 'rev = :found', ExpressionAttributeValues: { ':found': found } };
}

/** @returns 0 for anything but a revision */
function revisionIn(found: AttributeValue | undefined): number {
  // Mutant survives, `''` → `"Stryker was here!"`: neither is a revision.
  const digits = found?.N ?? '';
  const rev = REVISION.test(digits) ? Number(digits) : 0;
  return Number.isSafeInteger(rev) ? rev : 0;
}

/** Turns a body of another type into JSON, so that people can find it. No record looks like that. */
function bodyIn(found: AttributeValue | undefined): string {
  if (found === undefined) return '';
  return found.S ?? JSON.stringify(found, shown);
}

function shown(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
