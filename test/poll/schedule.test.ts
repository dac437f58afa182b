import { describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/base/time/system-clock.ts';
import { createApp } from '../../lib/runtime/app.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { keptOpen, type World, type WorldOptions } from '../support/world.ts';
import {
  callsSince,
  costOfTick,
  eventsAt,
  lags,
  logged,
  MINUTE,
  problems,
  replicates,
  SECOND,
  ticks,
  typesAt,
  WEBHOOK,
  world,
} from './support.ts';

const ids = (count: number, prefix = 'task') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
const SOON = { lookEveryMs: 10 * SECOND };

/** How often each tick of the next minutes looks. */
async function looksPerMinute(made: World, minutes: number): Promise<number[]> {
  const looks: number[] = [];
  for (let i = 0; i < minutes; i += 1) {
    looks.push((await costOfTick(made)).calls.show);
    made.clock.advance(MINUTE);
  }
  return looks;
}

describe('tasks that have ended', () => {
  test('are looked at in every tick for an hour, and then every quarter of an hour, all together', async () => {
    const made = await world({ tasks: ids(5), channels: WEBHOOK });
    for (const id of ids(5)) made.status(id, 'TERMINATED');
    const first = await looksPerMinute(made, 60);
    expect(new Set(first)).toEqual(new Set([5]));
    const next = await looksPerMinute(made, 60);

    expect(next.filter((looks) => looks === 5)).toHaveLength(4);
    expect(next.filter((looks) => looks === 0)).toHaveLength(56);
  });

  test('are looked at together, whenever each of them ended, as often as configured', async () => {
    const made = await world({
      tasks: ids(4),
      channels: WEBHOOK,
      settings: { finishedEveryMs: 5 * MINUTE },
    });
    for (const id of ids(4)) made.status(id, 'FULLMIGRATING');
    for (const id of ids(4)) {
      await ticks(made, 7);
      made.status(id, 'FAILED');
    }
    await ticks(made, 70);
    const looks = await looksPerMinute(made, 20);

    expect(looks.filter((count) => count > 0)).toEqual([4, 4, 4, 4]);
  });

  test('cost one write for all of them when they are looked at, and none in between', async () => {
    const made = await world({ tasks: ids(5), channels: WEBHOOK });
    for (const id of ids(5)) made.status(id, 'TERMINATED');
    await ticks(made, 61);
    const writes: number[] = [];
    for (let i = 0; i < 15; i += 1) {
      writes.push((await costOfTick(made)).store.save);
      made.clock.advance(MINUTE);
    }

    expect(writes.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('are looked at soon enough to see within that time that they were restarted', async () => {
    const made = await world({ channels: WEBHOOK });
    made.status('task-1', 'TERMINATED');
    await ticks(made, 70);
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 15);

    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.status_changed']);
    expect(new Set(await looksPerMinute(made, 5))).toEqual(new Set([1]));
  });

  test('are seen to be restarted at once when they were discovered, because the list shows it', async () => {
    const made = await world({ channels: WEBHOOK, projects: [{ name: 'prod', discover: { labels: {} } }] });
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 1);
    made.status('task-1', 'TERMINATED');
    await ticks(made, 70);
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 1);

    expect(typesAt(made).at(-1)).toBe('migration.status_changed');
    expect(eventsAt(made).at(-1)?.data.summary).toContain('restarted');
  });

  test('come after the others when time is short', async () => {
    const tasks = [...ids(100, 'ended'), ...ids(10, 'moving')];
    const made = await world({ tasks, channels: {}, settings: { requestsPerSecond: 1 } });
    for (const id of ids(100, 'ended')) made.status(id, 'TERMINATED');
    for (const id of ids(10, 'moving')) made.status(id, 'RUNNING');
    for (let i = 0; i < 3; i += 1) await made.tick({ remainingMs: 15 * MINUTE });
    made.clock.advance(61 * MINUTE);
    const before = new Map(made.simulator.requests);

    await made.tick({ remainingMs: MINUTE });

    const looked = (prefix: string) =>
      [...made.simulator.requests].filter(
        ([id, times]) => id.startsWith(prefix) && times > (before.get(id) ?? 0),
      ).length;
    expect(looked('moving')).toBe(10);
    expect(looked('ended')).toBeGreaterThan(10);
    expect(looked('ended')).toBeLessThan(60);
  });
});

describe('further looks within a tick', () => {
  const near: WorldOptions = { channels: WEBHOOK, settings: SOON };

  test('are made at tasks close to a change, every ten seconds, until the next tick', async () => {
    const made = await world({ ...near, tasks: ['task-1', 'task-2'] });
    made.status('task-1', 'FULLMIGRATING');
    made.status('task-2', 'TERMINATED');
    const begun = made.clock.now();

    const summary = await made.tick({ remainingMs: 119 * SECOND });

    expect(made.simulator.requests.get('task-1')).toBe(6);
    expect(made.simulator.requests.get('task-2')).toBe(1);
    expect(made.clock.now() - begun).toBe(50 * SECOND);
    expect(summary).toMatchObject({ tasks: 2, events: 2, delivered: 2, ms: 50 * SECOND });
  });

  test('end before the run does', async () => {
    const made = await world(near);
    made.status('task-1', 'FULLMIGRATING');
    const begun = made.clock.now();

    await made.tick({ remainingMs: 40 * SECOND });

    expect(made.clock.now() - begun).toBe(20 * SECOND);
    expect(made.simulator.requests.get('task-1')).toBe(3);
  });

  test('are not made without the setting, nor ten minutes after a change', async () => {
    const plain = await world({ channels: WEBHOOK });
    plain.status('task-1', 'FULLMIGRATING');
    await plain.tick();
    expect(plain.simulator.calls.show).toBe(1);

    const made = await world(near);
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.clock.advance(10 * MINUTE);
    expect((await costOfTick(made)).calls.show).toBe(1);
  });

  test('make events within seconds, and count in the summary of the tick', async () => {
    const made = await world(near);
    replicates(made, 'task-1');
    const summary = await made.tick({ remainingMs: 119 * SECOND });

    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.cutover_ready']);
    const [seen, ready] = eventsAt(made);
    expect(Date.parse(ready?.time ?? '') - Date.parse(seen?.time ?? '')).toBe(20 * SECOND);
    expect(summary).toMatchObject({ tasks: 1, events: 2, delivered: 2, pending: 0, dead: 0, changed: 0 });
    expect(logged(made, 'tick')).toMatchObject([{ looks: 6, events: 2, delivered: 2, failedRecords: 0 }]);
  });

  test('are made at a ready task for as long as it is ready', async () => {
    const made = await world(near);
    replicates(made, 'task-1');
    await ticks(made, 20);
    expect((await costOfTick(made)).calls.show).toBeGreaterThan(3);
    lags(made.simulator, 'task-1');
    made.clock.advance(MINUTE);

    expect((await costOfTick(made)).calls.show).toBe(1);
  });

  test('keep to the rate limit', async () => {
    const made = await world({
      tasks: ids(30),
      channels: {},
      settings: { ...SOON, requestsPerSecond: 1 },
    });
    for (const id of ids(30)) made.status(id, 'RUNNING');
    const begun = made.clock.now();

    await made.tick({ remainingMs: 119 * SECOND });

    const seconds = (made.clock.now() - begun) / SECOND;
    expect(made.simulator.calls.show).toBeGreaterThan(30);
    expect(made.simulator.calls.show).toBeLessThanOrEqual(seconds + 1);
  });

  test('read the records again, so that a change that another run saw is not sent twice', async () => {
    const made = await world(near);
    made.status('task-1', 'FULLMIGRATING');
    let loads = 0;
    const store = {
      ...keptOpen(made.store),
      async load(partition: string) {
        loads += 1;
        if (loads === 2) {
          made.status('task-1', 'INCRMIGEATING');
          await made.tick({
            config: { ...made.config, settings: { ...made.config.settings, lookEveryMs: 60_000 } },
          });
        }
        return made.store.load(partition);
      },
    };
    await made.tick({ store });

    expect(loads).toBeGreaterThan(3);
    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.status_changed']);
  });

  test.each(['INCRMIGEATING', 'INCRMIGRATING'])(
    'count no failures: three in one tick are as good as one (%s)',
    async (spelling) => {
      const made = await world(near);
      replicates(made, 'task-1');
      await made.tick();
      made.clock.advance(MINUTE);
      made.simulator.fault('internal error', 4, 'show');
      await made.tick();
      expect(made.simulator.fired['internal error']).toBe(4);
      made.clock.advance(MINUTE);
      made.simulator.setTask('task-1', realisticAnswer(spelling, { task_id: 'task-1' }));
      made.simulator.fault('internal error', 5, 'stats');
      await made.tick();
      expect(made.simulator.fired['internal error']).toBe(9);

      expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.cutover_ready']);
    },
  );

  test('report no success that the list could not confirm, however often they ask', async () => {
    const made = await world(near);
    made.status('task-1', 'INCRMIGEATING');
    let loads = 0;
    const store = {
      ...keptOpen(made.store),
      async load(partition: string) {
        loads += 1;
        if (loads === 2) {
          made.status('task-1', 'SUCCESS');
          made.simulator.fault('internal error', 9, 'list');
        }
        return made.store.load(partition);
      },
    };
    await made.tick({ store });

    expect(made.simulator.fired['internal error']).toBeGreaterThan(2);
    expect(typesAt(made)).toEqual(['migration.first_seen']);
    made.simulator.clearFaults();
    made.clock.advance(MINUTE);
    await made.tick();
    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.status_changed']);
  });

  test('end when the program is to end', async () => {
    const made = await world(near);
    made.status('task-1', 'FULLMIGRATING');
    const begun = made.clock.now();
    const stop = new AbortController();
    const app = await createApp({
      config: made.config,
      store: keptOpen(made.store),
      log: () => undefined,
      clock: {
        ...made.clock,
        async sleep(ms) {
          await made.clock.sleep(ms);
          if (made.clock.now() - begun >= 20 * SECOND) stop.abort();
        },
      },
      stopping: stop.signal,
    });
    await app.tick(119 * SECOND);
    await app.close();

    expect(made.clock.now() - begun).toBe(20 * SECOND);
    expect(made.simulator.requests.get('task-1')).toBe(2);
  });

  test('end at once when the program is stopped', async () => {
    const made = await world({ channels: WEBHOOK, settings: { lookEveryMs: 50 * SECOND } });
    made.status('task-1', 'FULLMIGRATING');
    const stop = new AbortController();
    let pauses = 0;
    const app = await createApp({
      config: made.config,
      store: keptOpen(made.store),
      log: () => undefined,
      clock: {
        ...made.clock,
        sleep(ms, until) {
          if (ms < SECOND) return made.clock.sleep(ms);
          pauses += 1;
          setImmediate(() => stop.abort());
          return systemClock.sleep(24 * 60 * MINUTE, until);
        },
      },
      stopping: stop.signal,
    });
    await app.tick(119 * SECOND);
    await app.close();

    expect(pauses).toBe(1);
    expect(made.simulator.requests.get('task-1')).toBe(1);
  });

  test('end when the next tick begins, where the platform sets its time', async () => {
    const settings = { lookEveryMs: 10 * SECOND, intervalMs: 5 * MINUTE };
    const made = await world({ channels: WEBHOOK, settings });
    made.status('task-1', 'FULLMIGRATING');
    const begun = made.clock.now();
    const parts = {
      config: made.config,
      store: keptOpen(made.store),
      log: () => undefined,
      clock: made.clock,
    };
    const app = await createApp({ ...parts, scheduleMs: MINUTE });
    await app.tick(14 * MINUTE);
    await app.close();

    expect(made.clock.now() - begun).toBe(50 * SECOND);
  });

  test('end when the store can no longer be read, and earlier results count', async () => {
    const made = await world(near);
    made.status('task-1', 'FULLMIGRATING');
    let loads = 0;
    const store = {
      ...keptOpen(made.store),
      async load(partition: string) {
        loads += 1;
        if (loads === 3) throw new StoreError('unavailable', 'the table is throttled');
        return made.store.load(partition);
      },
    };

    expect(await made.tick({ store })).toMatchObject({ tasks: 1, events: 1, delivered: 1 });

    expect(loads).toBe(3);
    expect(problems(made).at(-1)).toContain('no further looks in this tick');
    expect(logged(made, 'tick')).toMatchObject([{ failedRecords: 1 }]);
  });

  test('are not made because of a task that is no longer watched', async () => {
    const made = await world({ ...near, tasks: ['task-1', 'task-2'] });
    made.status('task-1', 'FULLMIGRATING');
    made.status('task-2', 'TERMINATED');
    await made.tick();
    made.clock.advance(MINUTE);
    const projects = made.config.projects.map((project) => ({
      ...project,
      tasks: project.tasks.filter(({ id }) => id === 'task-2'),
    }));
    const begun = made.clock.now();
    await made.tick({ config: { ...made.config, projects } });

    expect(made.clock.now()).toBe(begun);
  });

  test('confirm within seconds that a task is gone', async () => {
    const made = await world(near);
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.clock.advance(MINUTE);
    made.simulator.setTask('task-1', null);
    await made.tick();

    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.gone']);
  });

  test('leave a discovered task that was not found to the next tick', async () => {
    const made = await world({ ...near, projects: [{ name: 'prod', discover: { labels: {} } }] });
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.clock.advance(MINUTE);
    made.simulator.setTask('task-1', null);
    const before = { ...made.simulator.calls };
    await made.tick();
    made.clock.advance(MINUTE);
    await made.tick();

    expect(callsSince(made, before)).toMatchObject({ list: 2, show: 2 });
    expect(typesAt(made)).toEqual(['migration.first_seen', 'migration.gone']);
  });
});
