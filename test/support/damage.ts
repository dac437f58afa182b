import { DatabaseSync } from 'node:sqlite';
import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '../../lib/store/dynamodb/dynamodb.ts';
import type { ItemKey } from '../../lib/store/store.ts';
import type { Dynalite } from './store-dynalite.ts';

/** What may stand where something else belongs. */
const VALUES: Readonly<Record<string, AttributeValue | undefined>> = {
  missing: undefined,
  'an empty text': { S: '' },
  'a text': { S: 'seven' },
  'a number': { N: '5' },
  zero: { N: '0' },
  'a negative number': { N: '-1' },
  'a fraction': { N: '7.5' },
  'a number of many digits': { N: '7.12345678901234567890123456789' },
  'a number beyond 2^53': { N: '9007199254740993' },
  'a huge number': { N: '1e40' },
  nothing: { NULL: true },
  'a truth': { BOOL: true },
  bytes: { B: Buffer.from('{"schemaVersion":99}') },
  'a set of texts': { SS: ['a', 'b'] },
  'a set of bytes': { BS: [Buffer.of(1, 2)] },
  'an empty list': { L: [] },
  'a map': { M: { schemaVersion: { N: '99' } } },
};

const NUMBERS = /number|fraction|zero/;

/** In DynamoDB: `rev: a text`, `body: missing`, … What is in its right place is no damage. */
export const DYNAMO_DAMAGES: readonly string[] = [
  ...waysOf('rev', Object.keys(VALUES)).filter((way) => way !== 'rev: a number'),
  ...waysOf('nonce', Object.keys(VALUES)).filter((way) => !way.endsWith('text')),
  ...waysOf('body', Object.keys(VALUES)),
  ...waysOf('expiresAt', Object.keys(VALUES)).filter((way) => !NUMBERS.test(way)),
];

/** Puts the value in the place of the attribute. */
export async function damageAttribute(
  { settings }: Pick<Dynalite, 'settings'>,
  table: string,
  { partition, id }: ItemKey,
  way: string,
): Promise<void> {
  const [attribute = '', words = ''] = way.split(': ');
  const client = createDynamoClient(settings);
  const Key = { pk: { S: partition }, sk: { S: id } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  if (Item === undefined) throw new Error('there is nothing to damage');
  const { [attribute]: _whole, ...rest } = Item;
  const value = VALUES[words];
  const damaged = { ...rest, ...(value !== undefined && { [attribute]: value }) };
  await client.send(new PutItemCommand({ TableName: table, Item: damaged }));
  client.destroy();
}

/** SQL for the same. A table that is as we made it takes none of them. */
const LITERALS: Readonly<Record<string, string>> = {
  'an empty text': "''",
  'a text': "'seven'",
  'a number': '5',
  zero: '0',
  'a negative number': '-1',
  'a fraction': '7.5',
  'a number beyond 2^53': '9007199254740993',
  'a huge number': '1e40',
  nothing: 'NULL',
  bytes: "X'7b0022'",
};

/** In SQLite, in a table that somebody has rebuilt without its rules: `rev: a text`, `body: bytes`, … */
export const SQLITE_DAMAGES: readonly string[] = [
  ...waysOf('rev', Object.keys(LITERALS)).filter((way) => way !== 'rev: a number'),
  ...waysOf('nonce', Object.keys(LITERALS)).filter((way) => !way.endsWith('text')),
  ...waysOf('body', Object.keys(LITERALS)),
  ...waysOf('expires_at', Object.keys(LITERALS)).filter((way) => !NUMBERS.test(way)),
  'another column: nothing',
];

/** Puts the value in the place of the column. */
export function damageColumn(file: string, { partition, id }: ItemKey, way: string): void {
  const [column = '', words = ''] = way.split(': ');
  const db = new DatabaseSync(file);
  withoutRules(db);
  if (column !== 'another column') {
    db.prepare(`UPDATE items SET ${column} = ${LITERALS[words]} WHERE partition = ? AND id = ?`).run(
      partition,
      id,
    );
  }
  db.close();
}

/** The table again, with a column more and without types, checks or anything that must not be null. */
function withoutRules(db: DatabaseSync): void {
  const { length } = db.prepare("SELECT 1 FROM pragma_table_info('items') WHERE name = 'more'").all();
  if (length > 0) return;
  db.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE loose (partition, id, rev, nonce, body, expires_at, more, PRIMARY KEY (partition, id));
    INSERT INTO loose SELECT *, 'more' FROM items;
    DROP TABLE items;
    ALTER TABLE loose RENAME TO items;
    COMMIT;
  `);
}

function waysOf(part: string, words: readonly string[]): string[] {
  return words.map((one) => `${part}: ${one}`);
}
