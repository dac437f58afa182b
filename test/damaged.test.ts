import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectPartition, taskRecordId } from '../lib/records/keys.ts';
import { createDynamoClient, openDynamoStore } from '../lib/store/dynamodb/dynamodb.ts';
import { openSqliteStore } from '../lib/store/sqlite/sqlite.ts';
import type { Item } from '../lib/store/store.ts';
import { MINUTE, problems, typesAt, WEBHOOK, world } from './poll/support.ts';
import { DYNAMO_DAMAGES, damageAttribute, damageColumn, SQLITE_DAMAGES } from './support/damage.ts';
import { type Dynalite, startDynalite } from './support/store-dynalite.ts';
import { PROJECT_ID, type WorldOptions } from './support/world.ts';

const KEY = { partition: projectPartition(PROJECT_ID), id: taskRecordId('task-1') };

let dynalite: Dynalite;
let folder: string;
let tables = 0;
let files = 0;
beforeAll(async () => {
  dynalite = await startDynalite();
  folder = await mkdtemp(join(tmpdir(), 'damaged-'));
});
afterAll(() => Promise.all([dynalite.close(), rm(folder, { recursive: true })]));

/** A task that was seen once, whose item is then damaged; the status has moved on when the next tick looks. */
async function tickAfterDamage(open: WorldOptions['store'], damage: () => Promise<void> | void) {
  const made = await world({ channels: WEBHOOK, ...(open !== undefined && { store: open }) });
  made.status('task-1', 'RUNNING');
  await made.tick();
  await damage();
  made.clock.advance(MINUTE);
  made.status('task-1', 'FULLMIGRATING');
  const second = await made.tick();
  const after = { problems: problems(made), types: typesAt(made).slice(1) };
  made.clock.advance(MINUTE);
  made.status('task-1', 'FAILED');
  await made.tick();
  const third = typesAt(made).slice(1 + after.types.length);
  return { ...after, second, third, aside: await made.store.load('aside') };
}

type Ended = Awaited<ReturnType<typeof tickAfterDamage>>;

/** Lost state is started again and reported; readable state is used. Nothing happens silently. */
function expectAGoodEnd(way: string, { problems, types, second, third, aside }: Ended): Item | undefined {
  const isReadable = !way.startsWith('body:');
  expect(problems).toEqual(
    isReadable ? [] : [expect.stringMatching(/the record task:task-1 is unreadable; it is set aside/)],
  );
  expect(types).toEqual([isReadable ? 'migration.status_changed' : 'migration.first_seen']);
  expect(second).toMatchObject({ events: 1, delivered: 1, pending: 0, failedRecords: 0 });
  expect(third).toEqual(['migration.status_changed']);
  expect(aside).toHaveLength(isReadable ? 0 : 1);
  return aside[0];
}

describe('a damaged record of a task', () => {
  test.each(DYNAMO_DAMAGES)(
    'in DynamoDB (%s) is used as far as it can be read, or set aside and replaced',
    async (way) => {
      tables += 1;
      const table = `state-${tables}`;
      await dynalite.createTable(table);
      const ended = await tickAfterDamage(
        ({ now }) => openDynamoStore({ table, now, client: createDynamoClient(dynalite.settings) }),
        () => damageAttribute(dynalite, table, KEY, way),
      );
      const aside = expectAGoodEnd(way, ended);
      if (way === 'body: a number') expect(aside?.body).toBe('{"N":"5"}');
      if (way === 'body: a set of texts') expect(aside?.body).toBe('{"SS":["a","b"]}');
      if (way === 'body: bytes')
        expect(aside?.body).toContain(Buffer.from('{"schemaVersion":99}').toString('base64'));
    },
  );

  test.each(SQLITE_DAMAGES)(
    'in SQLite (%s) is used as far as it can be read, or set aside and replaced',
    async (way) => {
      files += 1;
      const file = join(folder, `${files}.db`);
      const ended = await tickAfterDamage(
        ({ now }) => openSqliteStore({ file, now }),
        () => damageColumn(file, KEY, way),
      );
      const aside = expectAGoodEnd(way, ended);
      if (way === 'body: bytes') expect(aside?.body).toBe("X'7B0022'");
    },
  );
});
