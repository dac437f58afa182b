import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { openDynamoStore } from '../../lib/store/dynamodb/dynamodb.ts';
import type { Store } from '../../lib/store/store.ts';
import { startDynalite } from '../support/store-dynalite.ts';
import { costOfTick, replicates, ticks, typesAt, world } from './support.ts';

const ids = (count: number, prefix = 'task') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

describe('the statistics', () => {
  test.each([
    ['CREATING', 0],
    ['RUNNING', 0],
    ['MIGRATING', 1],
    ['FULLMIGRATING', 1],
    ['INCRMIGEATING', 1],
    ['INCRMIGRATING', 1],
    ['TERMINATING', 0],
    ['TERMINATED', 0],
    ['SUCCESS', 0],
    ['FAILED', 0],
    ['RELEASED', 0],
    ['SHUFFLING', 0],
  ])('of a task that is %s are asked for %i times in a tick', async (status, times) => {
    const made = await world();
    made.status('task-1', status);
    await ticks(made, 1);

    expect((await costOfTick(made)).calls).toMatchObject({ show: 1, stats: times });
  });
});

describe('the list', () => {
  test('is not read while no task has succeeded or failed', async () => {
    const tasks = ids(6);
    const made = await world({ tasks });
    for (const [i, status] of [
      'CREATING',
      'RUNNING',
      'FULLMIGRATING',
      'INCRMIGEATING',
      'TERMINATED',
      'X',
    ].entries())
      made.status(`task-${i}`, status);

    await ticks(made, 3);

    expect(made.simulator.calls).toEqual({ show: 18, list: 0, stats: 6, logs: 0 });
  });

  test('is read once in a tick, however many tasks need it', async () => {
    const tasks = ids(20);
    const made = await world({ tasks });
    for (const id of tasks) made.status(id, 'INCRMIGEATING');
    await ticks(made, 1);
    for (const [i, id] of tasks.entries()) made.status(id, i < 10 ? 'SUCCESS' : 'FAILED');

    expect((await costOfTick(made)).calls).toEqual({ show: 20, list: 1, stats: 0, logs: 10 });
  });

  test('is read once for discovery and everything else', async () => {
    const made = await world({ projects: [{ name: 'prod', discover: { labels: {} } }] });
    for (const id of ids(5)) made.status(id, 'INCRMIGEATING');
    await ticks(made, 1);
    for (const id of ids(5)) made.status(id, 'SUCCESS');

    // And asked once whether more comes after it.
    expect((await costOfTick(made)).calls).toEqual({ show: 5, list: 2, stats: 0, logs: 0 });
  });

  test('of one project is not read for another', async () => {
    const made = await world({
      projects: [
        { name: 'one', tasks: ['task-1'] },
        { name: 'two', id: '0123456789abcdef0123456789abcdef', tasks: ['task-2'] },
      ],
    });
    const { one, two } = made.projects;
    one?.status('task-1', 'SUCCESS');
    two?.status('task-2', 'INCRMIGEATING');

    await made.tick();

    expect([one?.simulator.calls.list, two?.simulator.calls.list]).toEqual([1, 0]);
  });
});

describe('the log', () => {
  test('of a task is read when it fails, and not again', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    made.simulator.setLogs('task-1', [{ log_level: 'ERROR', content: 'cannot connect' }]);
    await ticks(made, 1);
    made.status('task-1', 'FAILED');

    expect((await costOfTick(made)).calls).toMatchObject({ list: 1, logs: 1 });
    expect((await costOfTick(made)).calls).toEqual({ show: 1, list: 0, stats: 0, logs: 0 });
  });
});

describe('a tick without changes over tasks in mixed phases', () => {
  const STATUSES = [
    'CREATING',
    'RUNNING',
    'MIGRATING',
    'FULLMIGRATING',
    'INCRMIGEATING',
    'TERMINATED',
    'FAILED',
    'X',
  ];

  async function check(store: Store | undefined): Promise<void> {
    const tasks = ids(64);
    const made = await world({
      tasks,
      stats: 'realistic',
      ...(store !== undefined && { store: () => store }),
    });
    for (const [i, id] of tasks.entries()) made.status(id, STATUSES[i % STATUSES.length] ?? '');
    replicates(made, 'task-4', 'task-12');
    await ticks(made, 6);

    const { calls, store: asked, summary } = await costOfTick(made);

    expect(calls).toEqual({ show: 64, list: 0, stats: 24, logs: 0 });
    expect(asked).toEqual({ load: 1, get: 1, save: 0 });
    expect(summary).toMatchObject({ tasks: 64, events: 0, failedLooks: 0 });
    expect(typesAt(made)).toContain('migration.cutover_ready');
  }

  test('costs one look each, statistics where they matter, one query and no write, in memory', () =>
    check(undefined));

  test('costs the same, in DynamoDB', async () => {
    const dynalite = await startDynalite();
    try {
      await dynalite.createTable('watch');
      const client = new DynamoDBClient(dynalite.settings);
      await check(
        openDynamoStore({ table: 'watch', now: () => Date.parse('2026-01-05T00:10:00.000Z'), client }),
      );
      expect(dynalite.requests.Query).toBeGreaterThan(0);
    } finally {
      await dynalite.close();
    }
  });
});
