import { describe, expect, test } from 'vitest';
import { loadSummary } from '../../lib/records/summary.ts';
import { describe as described } from '../../lib/telemetry/describe.ts';
import { PROJECT_ID, type World } from '../support/world.ts';
import {
  costOfTick,
  eventsAt,
  logged,
  MINUTE,
  replicates,
  ticks,
  typesAt,
  WEBHOOK,
  world,
} from './support.ts';

const TASKS = Array.from({ length: 40 }, (_, i) => `task-${i}`);
/** 14 requests may begin in a tick of 60 s, and four fifths of them are for looks: with its statistics each takes two. */
const RATE = { requestsPerSecond: 0.4 };
const LOOKS = 5;

/** Tasks that were all seen, and are near no change, before the rate falls. */
async function manyTasks(status = 'FULLMIGRATING', before: (made: World) => void = () => undefined) {
  const made = await world({ tasks: TASKS, channels: WEBHOOK });
  for (const id of TASKS) made.status(id, status);
  before(made);
  await ticks(made, 1);
  made.clock.advance(11 * MINUTE);
  await ticks(made, 1);
  const { settings } = made.config;
  return { made, config: { ...made.config, settings: { ...settings, ...RATE } } };
}

function lastTick(made: World) {
  const last = logged(made, 'tick').at(-1);
  if (last === undefined) throw new Error('no tick');
  return last;
}

describe('a tick that may look at every task within the permitted rate', () => {
  test('looks at each of them, reads no list and keeps no summary', async () => {
    const { made } = await manyTasks();
    const { calls } = await costOfTick(made);
    expect(calls).toMatchObject({ show: TASKS.length, list: 0 });
    expect((await loadSummary(made.store, PROJECT_ID)).rev).toBe(0);
    expect(lastTick(made)).not.toHaveProperty('listedOnly');
  });
});

describe('a tick with more tasks than the permitted rate allows looks at', () => {
  test('reads the list first, looks at as many tasks as the rate allows, and says so', async () => {
    const { made, config } = await manyTasks();
    const { calls } = await costOfTick(made, { config });
    expect(calls).toMatchObject({ show: LOOKS, list: 2, stats: LOOKS });
    expect(lastTick(made)).toMatchObject({ tasks: 40, looks: LOOKS, listedOnly: TASKS.length - LOOKS });
    expect(described(lastTick(made)).message).toMatch(
      /^tick: looked at 5 of 40 tasks in \d+ ms, 35 seen in the list alone, no change$/,
    );
  });

  test('looks at a task whose status changed in the list, and announces it at once', async () => {
    const { made, config } = await manyTasks();
    await ticks(made, 3, { config });
    for (const id of ['task-7', 'task-37']) made.status(id, 'INCRMIGEATING');
    await made.tick({ config });
    const announced = eventsAt(made).slice(-2);
    expect(new Set(announced.map(({ data }) => data.task?.id))).toEqual(new Set(['task-7', 'task-37']));
    expect(announced.map(({ data }) => data.to?.status)).toEqual(['INCRMIGEATING', 'INCRMIGEATING']);
  });

  test('looks at every task in turn, each as often as the others', async () => {
    const { made, config } = await manyTasks();
    const before = new Map(made.simulator.requests);
    await ticks(made, 12, { config });
    const looks = TASKS.map((id) => (made.simulator.requests.get(id) ?? 0) - (before.get(id) ?? 0));
    expect(looks.reduce((sum, one) => sum + one)).toBe(12 * LOOKS);
    expect([Math.min(...looks), Math.max(...looks)]).toEqual([1, 2]);
  });

  test('looks at a task that is missing in the list until it is known to be gone', async () => {
    const { made, config } = await manyTasks();
    await ticks(made, 2, { config });
    made.simulator.setTask('task-12', null);
    await ticks(made, 2, { config });
    expect(typesAt(made).at(-1)).toBe('migration.gone');
    const before = made.simulator.requests.get('task-12');
    await ticks(made, 2, { config });
    expect(made.simulator.requests.get('task-12')).toBe(before);
  });

  test('keeps a part of its looks for the others while many are near a change', async () => {
    const { made, config } = await manyTasks();
    for (const id of TASKS.slice(0, 20)) made.simulator.setStats(id, { full_migration_progress: 5 });
    for (const id of TASKS.slice(0, 20)) made.status(id, 'INCRMIGEATING');
    await ticks(made, 4, { config });
    const before = new Map(made.simulator.requests);
    await ticks(made, 12, { config });
    const isSeen = (id: string) => (made.simulator.requests.get(id) ?? 0) > (before.get(id) ?? 0);
    expect(TASKS.filter((id) => !isSeen(id))).toEqual([]);
  });

  test('goes on in turn where the key has no right to the list, and says what is left', async () => {
    const { made, config } = await manyTasks();
    made.simulator.deny('list');
    const before = new Map(made.simulator.requests);
    await ticks(made, 9, { config });
    const isSeen = (id: string) => (made.simulator.requests.get(id) ?? 0) > (before.get(id) ?? 0);
    expect(TASKS.filter((id) => !isSeen(id))).toEqual([]);
    expect(logged(made, 'looks_skipped').at(-1)).toMatchObject({
      why: 'the permitted rate does not allow a look at each task, and the list could not be read',
      count: TASKS.length - LOOKS,
    });
    expect(lastTick(made)).not.toHaveProperty('listedOnly');
  });

  test.each(['{}', 'no JSON', '{"version":1,"tasks":{"a":["b"]}}'])(
    'loses looks alone when its summary is damaged: %s',
    async (body) => {
      const { made, config } = await manyTasks();
      await ticks(made, 3, { config });
      const announced = eventsAt(made).length;
      const { rev } = await loadSummary(made.store, PROJECT_ID);
      const key = { partition: 'summaries', id: PROJECT_ID };
      expect(await made.store.save({ key, rev: rev + 1, nonce: 'damage', body })).toBe('saved');
      await ticks(made, 9, { config });
      expect(eventsAt(made)).toHaveLength(announced);
      expect((await loadSummary(made.store, PROJECT_ID)).entries.size).toBe(TASKS.length);
    },
  );

  test('makes an announced readiness uncertain only when no look has confirmed it for five minutes', async () => {
    const { made, config } = await manyTasks('INCRMIGEATING', (one) => replicates(one, ...TASKS));
    await ticks(made, 3);
    const ready = (type: string) => typesAt(made).filter((one) => one === `migration.cutover_${type}`).length;
    expect([ready('ready'), ready('unready')]).toEqual([TASKS.length, 0]);
    const at = (requestsPerSecond: number) => ({
      config: { ...config, settings: { ...config.settings, requestsPerSecond } },
    });
    // Fourteen looks in a tick: each of the forty tasks is looked at within five minutes.
    await ticks(made, 8, at(1));
    expect([ready('ready'), ready('unready')]).toEqual([TASKS.length, 0]);
    await ticks(made, 12, at(0.05));
    expect(ready('unready')).toBeGreaterThan(20);
  });

  test('dates the last figures of a replication by its own last look', async () => {
    const { made, config } = await manyTasks('INCRMIGEATING', (one) => replicates(one, ...TASKS));
    // Announced readiness is looked at in every tick: it is taken back first.
    const notReady = {
      full_migration_progress: 100,
      offset: 900_000_000,
      source_dbsize: 9,
      target_dbsize: 9,
    };
    for (const id of TASKS) made.simulator.setStats(id, notReady);
    await ticks(made, 1);
    made.clock.advance(11 * MINUTE);
    await ticks(made, 2);
    await ticks(made, 4, { config });
    const summary = await loadSummary(made.store, PROJECT_ID);
    const lookedAtOf = (id: string) => summary.find(id)?.lookedAt ?? 0;
    const [first = ''] = TASKS.filter((id) => lookedAtOf(id) > 0).toSorted(
      (a, b) => lookedAtOf(a) - lookedAtOf(b),
    );
    expect(made.clock.now() / 1000 - lookedAtOf(first)).toBeGreaterThan((3 * MINUTE) / 1000);
    made.status(first, 'TERMINATED');
    await made.tick({ config });
    const stopped = eventsAt(made).find(({ data }) => data.to?.status === 'TERMINATED');
    expect(stopped?.data.task?.id).toBe(first);
    expect(Date.parse(stopped?.data.lastFigures?.at ?? '') / 1000).toBe(lookedAtOf(first));
  });
});
