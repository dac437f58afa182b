import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LONGEST_RUN_MS } from '../../lib/delivery/outbox/lease.ts';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';
import { createDynamoClient, openDynamoStore } from '../../lib/store/dynamodb/dynamodb.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { ours } from '../long/proof/simple-designs.ts';
import { everyStall } from '../long/proof/stalls.ts';
import type { TestClock } from '../support/clock.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { keptOpen, PROJECT_ID, type WorldOptions } from '../support/world.ts';
import { BOTH, drain, MINUTE, migrate, numbers, recordOf, STATUSES, watched, world } from './support.ts';

const KEY = { partition: `project:${PROJECT_ID}`, id: 'task:task-1' };

function recordIn({ key, body }: Item) {
  const decoded = decodeRecord(key, body);
  if (decoded.kind !== 'record') throw new Error('not a record');
  return decoded.record;
}

async function startTable(): Promise<Dynalite> {
  const dynalite = await startDynalite();
  onTestFinished(() => dynalite.close());
  await dynalite.createTable('promise');
  return dynalite;
}

function tableOf({ settings }: Dynalite, { now }: TestClock): Store {
  return openDynamoStore({ table: 'promise', now, client: createDynamoClient(settings) });
}

describe('What keeps it true', () => {
  test('A change and its deliveries are one write', async () => {
    const made = await world({ channels: BOTH });
    made.status('task-1', 'RUNNING');
    const { store, saved } = watched(made.store);
    await made.tick({ store });
    const [first] = saved;
    if (first === undefined) throw new Error('nothing was saved');
    const { state, outbox } = recordIn(first);
    expect(state.standing?.status).toBe('RUNNING');
    expect(outbox.map(({ deliveries }) => Object.keys(deliveries))).toEqual([['ops', 'cutover']]);
    // No later write has the change without its deliveries, pending or sent.
    expect(saved.map((item) => recordIn(item).eventCount)).toEqual(saved.map(() => 1));
  });

  test('A run that stalled does not report outdated states', async () => {
    const stalls = await everyStall(ours, 13);
    expect(stalls.fired.get('stall')).toBeGreaterThan(50);
    expect(stalls).toMatchObject({ invented: 0, outOfOrder: 0, lost: 0 });
  });

  test('Each send is acknowledged by a write of its own', async () => {
    const channels = { one: { type: 'webhook' }, two: { type: 'webhook' }, ops: { type: 'slack' } };
    const made = await world({ channels });
    made.status('task-1', 'RUNNING');
    const { store, saved } = watched(made.store);
    await made.tick({ store });
    const pending = saved.map((item) =>
      recordIn(item).outbox.flatMap(({ deliveries }) => Object.keys(deliveries)),
    );
    expect(pending.map(({ length }) => length)).toEqual([3, 2, 1, 0]);
  });

  test('A delivery that was not acknowledged is due again', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    let failed = 0;
    const { store } = watched(made.store, (_item, number) => {
      if (number < 2) return;
      failed += 1;
      throw new Error('the process is gone');
    });
    await made.tick({ store });
    expect(failed).toBeGreaterThan(0);
    expect(numbers(made)).toEqual([1]);

    made.clock.advance(2 * MINUTE);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 1, pending: 0 });
    expect(numbers(made)).toEqual([1, 1]);
  });

  test('An acknowledgement that could not be written is tried again before the run ends', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    let failed = 0;
    const { store } = watched(made.store, (_item, number) => {
      if (number < 2 || number > 3) return;
      failed += 1;
      throw new Error('the table is throttled');
    });
    expect(await made.tick({ store })).toMatchObject({ delivered: 1, pending: 0 });
    expect(failed).toBe(2);
    expect(await recordOf(made)).not.toHaveProperty('lease');

    made.clock.advance(2 * MINUTE);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0, pending: 0 });
    expect(numbers(made)).toEqual([1]);
  });

  test('A lease keeps other runs from sending the same, and is over a minute after its run was killed', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    const { store } = watched(made.store, (_item, number) => {
      if (number >= 2) throw new Error('the process is gone');
    });
    const startedAt = made.clock.now();
    await made.tick({ store, remainingMs: 15 * MINUTE });
    expect(numbers(made)).toEqual([1]);

    made.clock.advance(startedAt + MINUTE - 1 - made.clock.now());
    expect(await made.tick()).toMatchObject({ delivered: 0, pending: 1 });
    made.clock.advance(1);
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('A lease that is longer than any run can last is ignored', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made, ['RUNNING']);
    made.receiver.answer('/cutover', { status: 200 });
    const held = await made.store.get(KEY);
    if (held === undefined) throw new Error('no record');
    made.clock.advance(MINUTE);
    const until = new Date(made.clock.now() + LONGEST_RUN_MS + 61_000).toISOString();
    const body = encodeRecord({ ...recordIn(held), lease: { owner: 'a run with a wrong clock', until } });
    await made.store.save({ ...held, rev: held.rev + 1, nonce: 'wrong', body });

    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    expect(await recordOf(made)).not.toHaveProperty('lease');
  });

  test('A send starts only if the time left covers its time-out and its acknowledgement', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    expect(await made.tick({ remainingMs: 20_000 })).toMatchObject({ events: 1, delivered: 0, pending: 1 });
    expect(made.receiver.at('/cutover')).toEqual([]);
    expect(await made.tick({ remainingMs: 21_000 })).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('A write that was applied although its answer was lost is recognised', async () => {
    const dynalite = await startTable();
    const made = await world({ store: (clock) => tableOf(dynalite, clock) });
    made.status('task-1', 'RUNNING');
    const lost = dynalite.fault('PutItem', 'answer lost', 1);
    expect(await made.tick()).toMatchObject({ events: 1, delivered: 1, pending: 0 });
    expect(lost.fired).toBe(1);
    expect(await made.tick()).toMatchObject({ events: 0, delivered: 0 });
    expect(numbers(made)).toEqual([1]);
  });

  test('A record that cannot be read is set aside, and one of a newer version is left alone', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    for (const id of ['task-1', 'task-2']) made.status(id, 'RUNNING');
    const newer = JSON.stringify({ schemaVersion: 99 });
    await made.store.save({ key: KEY, rev: 1, nonce: 'n', body: '{"half a' });
    const newerKey = { ...KEY, id: 'task:task-2' };
    await made.store.save({ key: newerKey, rev: 1, nonce: 'n', body: newer });

    expect(await made.tick()).toMatchObject({ events: 1, delivered: 1 });

    expect((await made.store.load('aside')).map(({ body }) => body)).toEqual(['{"half a']);
    expect(await made.store.get(newerKey)).toMatchObject({ rev: 1, body: newer });
    expect(made.log.filter(({ kind }) => kind === 'problem')).toHaveLength(2);
  });

  // Step by step, with every crash and random overlaps: test/long/proof.
  test('Memory, SQLite and DynamoDB keep the same promise', async () => {
    const dynalite = await startTable();
    const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-promise-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stores: readonly NonNullable<WorldOptions['store']>[] = [
      ({ now }) => createMemoryStore({ now }),
      ({ now }) => openSqliteStore({ file: join(folder, 'watch.db'), now }),
      (clock) => tableOf(dynalite, clock),
    ];
    for (const store of stores) {
      const made = await world({
        channels: { cutover: { type: 'webhook' }, dead: { type: 'webhook' } },
        store,
      });
      made.receiver.answer('/dead', 'reset');
      await migrate(made);
      expect(await drain(made, 12 * 60 * MINUTE)).toBe(STATUSES.length);
      expect(numbers(made)).toEqual([1, 2, 3, 4, 5]);
      expect(await made.store.load('dead')).toHaveLength(STATUSES.length);
    }
  });

  test('A task that has not changed costs no write', async () => {
    for (const status of ['FULLMIGRATING', 'INCRMIGEATING']) {
      const made = await world({ channels: BOTH, stats: 'realistic' });
      // Three looks that find it in step make it ready.
      await migrate(made, [status, status, status]);
      const { store, saved } = watched(made.store);
      for (let tick = 0; tick < 10; tick += 1) {
        made.clock.advance(MINUTE);
        await made.tick({ store: keptOpen(store) });
      }
      // That what replicates was looked at is written down for the whole project, every ten minutes.
      const replicates = status === 'INCRMIGEATING';
      expect(saved.map(({ key }) => key.id)).toEqual(replicates ? [`project:${PROJECT_ID}`] : []);
      // Readiness was checked once more before the webhook got the event.
      const looks = replicates ? 14 : 13;
      expect(made.simulator.calls).toMatchObject({ show: looks, stats: looks });
    }
  });
});
