import { describe, expect, test } from 'vitest';
import { eventsAt, logged, replicates, ticks, typesAt, WEBHOOK, world } from './support.ts';

const SEEN = 'migration.first_seen';

describe('a task that reads as a success', () => {
  test('has succeeded in the tick in which the list has it', async () => {
    const made = await world({ channels: WEBHOOK });
    replicates(made, 'task-1');
    await ticks(made, 1);
    made.status('task-1', 'SUCCESS');

    await ticks(made, 1);

    expect(typesAt(made)).toEqual([SEEN, 'migration.status_changed']);
    const [, event] = eventsAt(made);
    expect(event?.data).toMatchObject({ to: { status: 'SUCCESS' }, severity: 'success' });
    expect(event?.data.unchecked).toBeUndefined();
  });

  test('is gone after two looks, and no success, when it is not listed', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 1);
    made.status('task-1', 'SUCCESS');
    made.simulator.setListed('task-1', null);

    await ticks(made, 1);
    expect(typesAt(made)).toEqual([SEEN]);
    await ticks(made, 20);

    expect(typesAt(made)).toEqual([SEEN, 'migration.gone']);
    expect(made.simulator.calls.list).toBeGreaterThan(1);
  });

  test('is gone when it was seen to succeed and is deleted later', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'SUCCESS');
    await ticks(made, 3);
    made.simulator.setListed('task-1', null);
    await ticks(made, 2);

    expect(typesAt(made)).toEqual([SEEN, 'migration.gone']);
    expect(eventsAt(made).at(-1)?.data.severity).toBe('info');
  });

  test('has succeeded only once the list can be read', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 1);
    made.status('task-1', 'SUCCESS');
    made.simulator.fault('internal error', 2, 'list');

    await ticks(made, 2);
    expect(made.simulator.fired['internal error']).toBe(2);
    expect(typesAt(made)).toEqual([SEEN]);

    await ticks(made, 1);
    expect(typesAt(made)).toEqual([SEEN, 'migration.status_changed']);
  });

  test.each(['API not published', 'URL unknown', '404 as HTML', '404 of the API'] as const)(
    'is reported as unchecked at once where the endpoint has no list: %s',
    async (fault) => {
      const made = await world({ channels: WEBHOOK });
      made.status('task-1', 'INCRMIGEATING');
      await ticks(made, 1);
      made.status('task-1', 'SUCCESS');
      made.simulator.fault(fault, 1, 'list');

      await ticks(made, 1);

      expect(made.simulator.fired[fault]).toBe(1);
      expect(typesAt(made)).toEqual([SEEN, 'migration.status_changed']);
      expect(eventsAt(made).at(-1)?.data).toMatchObject({ severity: 'action', to: { unchecked: 'deleted' } });
    },
  );

  test('is reported as unchecked when the key may not list, which is reported once and is no failed look', async () => {
    const made = await world({ channels: WEBHOOK });
    made.simulator.deny('list');
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 1);
    made.status('task-1', 'SUCCESS');

    const summary = await made.tick();
    await ticks(made, 10);

    expect(summary).toMatchObject({ failedLooks: 0, events: 2, delivered: 2, pending: 0 });
    expect(typesAt(made).toSorted()).toEqual([SEEN, 'migration.status_changed', 'watch.degraded']);
    const event = eventsAt(made).find(({ type }) => type === 'dcs.migration.status_changed');
    expect(event?.data).toMatchObject({ to: { status: 'SUCCESS' }, severity: 'action' });
    expect(event?.data.unchecked).toContain('dcs:migrationTask:list');
  });
});

describe('a key that may not list', () => {
  test('is reported once by two ticks that overlap', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'], channels: WEBHOOK });
    made.simulator.deny('list');
    for (const id of ['task-1', 'task-2']) made.status(id, 'SUCCESS');

    await Promise.all([made.tick(), made.tick()]);
    await ticks(made, 3);

    expect(typesAt(made).filter((type) => type === 'watch.degraded')).toHaveLength(1);
    expect(typesAt(made).filter((type) => type === SEEN)).toHaveLength(2);
  });

  test('is reported again after the permission was there in between', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'SUCCESS');
    for (const change of ['deny', 'allow', 'deny'] as const) {
      made.simulator[change]('list');
      await ticks(made, 2);
    }

    expect(typesAt(made).filter((type) => type === 'watch.degraded')).toHaveLength(2);
    expect(logged(made, 'look_failed')).toEqual([]);
  });

  test('leaves no trace in the record of the project once the permission is back', async () => {
    const made = await world({ channels: WEBHOOK });
    made.simulator.deny('list');
    made.status('task-1', 'SUCCESS');
    await ticks(made, 1);
    const key = {
      partition: 'project:254d2280acb74d36a8b839746bcd7352',
      id: 'project:254d2280acb74d36a8b839746bcd7352',
    };
    expect(JSON.parse((await made.store.get(key))?.body ?? '').state.degraded).toEqual({
      list: { failures: 1, announced: true },
    });

    made.simulator.allow('list');
    await ticks(made, 1);

    expect(JSON.parse((await made.store.get(key))?.body ?? '').state.degraded).toBeUndefined();
  });
});
