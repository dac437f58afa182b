import { describe, expect, test } from 'vitest';
import { StoreError } from '../lib/store/errors.ts';
import type { Store } from '../lib/store/store.ts';
import { useWorld } from './support/use-world.ts';
import { keptOpen } from './support/world.ts';

const world = useWorld();

const MINUTE = 60_000;
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);

describe('a tick', () => {
  test('makes a baseline of a new task, and sends it to every channel', async () => {
    const { tick, status, events, slack } = await world();
    status('task-1', 'FULLMIGRATING');

    const summary = await tick();

    expect(summary).toMatchObject({ tasks: 1, changed: 0, events: 1, delivered: 2, pending: 0, dead: 0 });
    expect(types(events('cutover'))).toEqual(['dcs.migration.first_seen']);
    expect(slack('ops')).toHaveLength(1);
  });

  test('sends a change once, and nothing without a change', async () => {
    const { tick, status, events, clock } = await world();
    status('task-1', 'FULLMIGRATING');
    await tick();
    clock.advance(MINUTE);
    status('task-1', 'INCRMIGEATING');
    expect(await tick()).toMatchObject({ changed: 1, events: 1, delivered: 2 });
    clock.advance(MINUTE);
    expect(await tick()).toMatchObject({ changed: 0, events: 0, delivered: 0, pending: 0 });

    expect(types(events('cutover'))).toEqual(['dcs.migration.first_seen', 'dcs.migration.status_changed']);
  });

  test('without a change writes no record, and reads the records in one query and one more record', async () => {
    const { tick, status, store } = await world({ tasks: ['task-1', 'task-2', 'task-3'] });
    for (const id of ['task-1', 'task-2', 'task-3']) status(id, 'FULLMIGRATING');
    await tick();

    const counted = counting(store);
    await tick({ store: counted.store });

    // Besides, it reads the mark of the last good tick, which is no record.
    expect(counted.calls).toEqual({ load: 1, get: 2, save: 0 });
  });

  test('sends all tasks first seen in it in one Slack message, and each to a webhook', async () => {
    const tasks = Array.from({ length: 40 }, (_, index) => `task-${index}`);
    const { tick, status, events, slack } = await world({ tasks });
    for (const id of tasks) status(id, 'RUNNING');

    expect(await tick()).toMatchObject({ events: 40, delivered: 80, pending: 0 });

    expect(slack('ops')).toHaveLength(1);
    expect(events('cutover')).toHaveLength(40);
    expect(new Set(events('cutover').map(({ id }) => id)).size).toBe(40);
  });

  test('goes on with the other tasks when one answer is broken', async () => {
    const { tick, status, simulator, events } = await world({ tasks: ['task-1', 'task-2'] });
    status('task-1', 'RUNNING');
    status('task-2', 'RUNNING');
    simulator.fault('JSON cut at the password', 1);

    expect(await tick()).toMatchObject({ events: 1, failedLooks: 1 });

    expect(simulator.fired['JSON cut at the password']).toBe(1);
    expect(events('cutover')).toHaveLength(1);
  });

  test('reports a task as gone after two looks in a row that do not find it', async () => {
    const { tick, status, simulator, events } = await world();
    status('task-1', 'INCRMIGEATING');
    await tick();
    simulator.setTask('task-1', null);
    expect(await tick()).toMatchObject({ changed: 0, events: 0 });
    expect(await tick()).toMatchObject({ changed: 1, events: 1 });
    expect(await tick()).toMatchObject({ changed: 0, events: 0 });

    expect(types(events('cutover'))).toEqual(['dcs.migration.first_seen', 'dcs.migration.gone']);
  });

  test('makes one event for a project whose key is refused, and leaves the key alone after that', async () => {
    const tasks = Array.from({ length: 10 }, (_, index) => `task-${index}`);
    const { tick, status, events, simulator, clock } = await world({ tasks, secretKey: 'wrong' });
    for (const id of tasks) status(id, 'RUNNING');

    for (let minute = 0; minute < 60; minute += 1) {
      await tick();
      clock.advance(MINUTE);
    }

    expect(simulator.refusals).toBeGreaterThan(0);
    expect(simulator.locked).toBe(false);
    expect(types(events('cutover'))).toEqual(['dcs.watch.failing']);
    expect(events('cutover')[0]?.subject).toBe('254d2280acb74d36a8b839746bcd7352');
  });
});

describe('a store that fails', () => {
  test('is reported to the caller when it cannot be read, and nothing is sent', async () => {
    const { tick, status, store, receiver } = await world();
    status('task-1', 'RUNNING');
    const failing = failingOn(store, 'load', 1);

    await expect(tick({ store: failing.store })).rejects.toThrow('the table is throttled');

    expect(failing.fired()).toBe(1);
    expect(receiver.at('/cutover')).toHaveLength(0);
    expect(await tick()).toMatchObject({ events: 1, delivered: 2 });
  });

  test('stops events that it could not save; the next tick sends them', async () => {
    const { tick, status, store, receiver } = await world();
    status('task-1', 'RUNNING');
    const failing = failingOn(store, 'save', 2);

    expect(await tick({ store: failing.store })).toMatchObject({ events: 0, delivered: 0 });

    expect(failing.fired()).toBe(1);
    expect(receiver.at('/cutover')).toHaveLength(0);
    expect(await tick()).toMatchObject({ events: 1, delivered: 2 });
  });

  test('costs no repeat when one acknowledgement fails: it is written once more before the run ends', async () => {
    const { tick, status, store, events, clock } = await world({
      channels: { cutover: { type: 'webhook' } },
    });
    status('task-1', 'RUNNING');
    const failing = failingOn(store, 'save', 3);
    expect(await tick({ store: failing.store })).toMatchObject({
      delivered: 1,
      pending: 0,
      failedRecords: 1,
    });
    expect(failing.fired()).toBe(1);

    clock.advance(3 * MINUTE);
    expect(await tick()).toMatchObject({ events: 0, delivered: 0, pending: 0 });
    expect(events('cutover')).toHaveLength(1);
  });

  test('costs at most one repeat when no acknowledgement can be written until the run ends', async () => {
    const { tick, status, store, events, clock } = await world({
      channels: { cutover: { type: 'webhook' } },
    });
    status('task-1', 'RUNNING');
    const failing = failingOn(store, 'save', 3, Number.POSITIVE_INFINITY);
    await tick({ store: failing.store });
    expect(failing.fired()).toBeGreaterThan(1);

    clock.advance(3 * MINUTE);
    expect(await tick()).toMatchObject({ events: 0, delivered: 1, pending: 0 });

    const [first, second, ...more] = events('cutover');
    expect(first).toEqual(second);
    expect(more).toEqual([]);
  });
});

describe('an unusable record', () => {
  const key = { partition: 'project:254d2280acb74d36a8b839746bcd7352', id: 'task:task-1' };

  test('is set aside when it is garbage, and the task gets a new baseline and a warning', async () => {
    const { tick, status, store, events, log } = await world();
    status('task-1', 'RUNNING');
    await store.save({ key, rev: 1, nonce: 'n', body: '{"half a' });

    expect(await tick()).toMatchObject({ events: 1 });

    expect(types(events('cutover'))).toEqual(['dcs.migration.first_seen']);
    expect((await store.load('aside')).map(({ body }) => body)).toEqual(['{"half a']);
    expect(log.filter(({ kind }) => kind === 'problem')).toHaveLength(1);
  });

  test('is refused and not overwritten when a newer version wrote it', async () => {
    const { tick, status, store, receiver, log } = await world();
    status('task-1', 'RUNNING');
    const body = JSON.stringify({ schemaVersion: 99, anything: true });
    await store.save({ key, rev: 1, nonce: 'n', body });

    expect(await tick()).toMatchObject({ events: 0 });

    expect(await store.get(key)).toMatchObject({ rev: 1, body });
    expect(receiver.at('/cutover')).toHaveLength(0);
    expect(log.filter(({ kind }) => kind === 'problem')).toHaveLength(1);
  });

  test('loses against one that was written since it was read', async () => {
    const { tick, status, store, events } = await world();
    status('task-1', 'FULLMIGRATING');
    await tick();
    status('task-1', 'INCRMIGEATING');
    const stale = await store.load(key.partition);
    await tick();
    status('task-1', 'FULLMIGRATING');

    const readsThePast: Store = {
      ...keptOpen(store),
      load: async (partition) => (partition === key.partition ? stale : []),
    };
    status('task-1', 'TERMINATED');
    expect(await tick({ store: readsThePast })).toMatchObject({ events: 0, delivered: 0 });

    expect(types(events('cutover'))).toEqual(['dcs.migration.first_seen', 'dcs.migration.status_changed']);
  });
});

function counting(store: Store): { store: Store; calls: Record<'load' | 'get' | 'save', number> } {
  const calls = { load: 0, get: 0, save: 0 };
  return {
    calls,
    store: {
      ...store,
      load: (partition) => {
        calls.load += 1;
        return store.load(partition);
      },
      get: (itemKey) => {
        calls.get += 1;
        return store.get(itemKey);
      },
      save: (item) => {
        calls.save += 1;
        return store.save(item);
      },
    },
  };
}

/** Fails on the calls with these numbers of one operation, before it does anything. */
function failingOn(
  store: Store,
  operation: 'load' | 'save',
  number: number,
  last = number,
): { store: Store; fired(): number } {
  let calls = 0;
  let fired = 0;
  const failNow = () => {
    calls += 1;
    if (calls < number || calls > last) return;
    fired += 1;
    throw new StoreError('unavailable', 'the table is throttled');
  };
  return {
    fired: () => fired,
    store: {
      ...store,
      async load(partition) {
        if (operation === 'load') failNow();
        return store.load(partition);
      },
      async save(item) {
        if (operation === 'save') failNow();
        return store.save(item);
      },
    },
  };
}
