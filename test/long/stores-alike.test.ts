import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb/dynamodb.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { openRedisStore } from '../../lib/store/redis/redis.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import type { TestClock } from '../support/clock.ts';
import { NO_REDIS, startRedis, startReplica } from '../support/redis-server.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { createWorld, PROJECT_ID } from '../support/world.ts';

const MINUTE = 60_000;
let dynalite: Dynalite;
let folder: string;
beforeAll(async () => {
  dynalite = await startDynalite();
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-stores-'));
});
afterAll(() => dynalite.close());

async function dynamoStore(clock: TestClock, table: string): Promise<Store> {
  await dynalite.createTable(table);
  return openDynamoStore({ table, now: clock.now, client: createDynamoClient(dynalite.settings) });
}

const STORES: Readonly<Record<string, (clock: TestClock) => Store | Promise<Store>>> = {
  memory: (clock) => createMemoryStore({ now: clock.now }),
  SQLite: (clock) => openSqliteStore({ file: join(folder, 'watch.db'), now: clock.now }),
  DynamoDB: (clock) => dynamoStore(clock, 'alike'),
};

/** The events of a day with changes, a deleted task, failing looks, a receiver that refuses and one that pauses. */
async function traceOf(store: (clock: TestClock) => Store | Promise<Store>): Promise<unknown[]> {
  const channels = { ops: { type: 'slack' }, cutover: { type: 'webhook' }, picky: { type: 'webhook' } };
  const world = await createWorld({ tasks: ['task-1', 'task-2', 'task-3'], channels, store });
  const trace: unknown[] = [];
  const step = async (minutes = 1) => {
    const { ms: _varies, ...summary } = await world.tick();
    trace.push(summary);
    world.clock.advance(minutes * MINUTE);
  };
  for (const id of ['task-1', 'task-2', 'task-3']) world.status(id, 'RUNNING');
  world.receiver.answer('/picky', { status: 422 });
  await step();
  world.status('task-1', 'FULLMIGRATING');
  world.receiver.answer('/cutover', { status: 503, headers: { 'retry-after': '300' } });
  await step();
  world.simulator.setTask('task-2', null);
  await step();
  await step();
  world.receiver.answer('/cutover', { status: 200 });
  await step(10);
  world.simulator.fault('internal error', 9);
  for (let look = 0; look < 4; look += 1) await step();
  world.status('task-3', 'FAILED');
  await step();
  await step(60);

  const stored = await Promise.all(
    [`project:${PROJECT_ID}`, 'dead', 'channels', 'aside'].map((partition) => world.store.load(partition)),
  );
  const items = stored
    .flat()
    .map(({ key, rev, body, expiresAt }) => ({ key, rev, body: timeless(body), expiresAt }));
  const received = ['/cutover', '/picky'].map((path) =>
    world.receiver
      .at(path)
      .map(({ body }) => body)
      .toSorted(),
  );
  await world.close();
  const names = namesIn([...items.map(({ body }) => body), ...received.flat()]);
  const named = (text: string) => text.replace(ID, (id) => names.get(id) ?? id);
  return [
    ...trace,
    items.map((item) => named(JSON.stringify(item))).toSorted(),
    received.map((bodies) => bodies.map(named).toSorted()),
  ];
}

const ID = /evt_[0-9a-f]{24}/g;
const HEAD = /"id":"(evt_[0-9a-f]{24})","type":"([^"]+)".*?"subject":"([^"]+)".*?"sequence":"(\d+)"/g;

/** Ids are random: here each is called by what its event says. */
function namesIn(texts: readonly string[]): ReadonlyMap<string, string> {
  const heads = texts.flatMap((text) => [...text.matchAll(HEAD)]);
  return new Map(heads.map(([, id = '', ...what]) => [id, what.join(' ')]));
}

/** How long an answer took is real time. */
function timeless(body: string): string {
  return body.replace(/"ms":[\d.]+/g, '"ms":0');
}

describe('memory, SQLite and DynamoDB', () => {
  test('leave identical traces of actions, records and events', async () => {
    const [memory, sqlite, dynamo] = await Promise.all(Object.values(STORES).map(traceOf));
    expect(JSON.stringify(memory)).toContain('dcs.watch.failing');
    expect(JSON.stringify(memory)).toContain('dcs.migration.gone');
    expect(sqlite).toEqual(memory);
    expect(dynamo).toEqual(memory);
  });
});

describe.skipIf(NO_REDIS)('memory and Redis with a replica (with redis-server)', () => {
  test('leave identical traces of actions, records and events', async () => {
    const server = await startRedis();
    const replica = await startReplica(server);
    const redis = await traceOf((clock) => openRedisStore({ url: server.url(), now: clock.now }));
    expect(redis).toEqual(await traceOf((clock) => createMemoryStore({ now: clock.now })));
    await replica.close();
    await server.close();
  });
});

describe('a tick over 1,000 unchanged tasks', () => {
  test('writes no item to DynamoDB and reads the records in one paged query, one more, and the mark of the last tick', async () => {
    const tasks = Array.from({ length: 1000 }, (_, index) => `task-${index}`);
    const world = await createWorld({
      tasks,
      channels: { ops: { type: 'slack', when: { severity: ['failure'] } } },
      store: (clock) => dynamoStore(clock, 'thousand'),
    });
    for (const id of tasks) world.status(id, 'FULLMIGRATING');
    await world.tick({ remainingMs: 600_000 });
    const before = { ...dynalite.requests };

    expect(await world.tick({ remainingMs: 600_000 })).toMatchObject({
      tasks: 1000,
      events: 0,
      failedLooks: 0,
    });

    const { PutItem, GetItem, Query } = dynalite.requests;
    expect({ PutItem, GetItem }).toEqual({ PutItem: before.PutItem, GetItem: before.GetItem + 2 });
    // One query; DynamoDB gives at most 1 MB of it at a time.
    expect(Query - before.Query).toBeLessThanOrEqual(2);
    await world.close();
  });
});
