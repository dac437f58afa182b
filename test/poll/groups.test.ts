import { describe, expect, test } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { keptOpen, PROJECT_ID, type World, type WorldOptions } from '../support/world.ts';
import {
  afterSave,
  deadLetters,
  eventsAt,
  HOUR,
  lags,
  logged,
  replicates,
  ticks,
  typesAt,
  WEBHOOK,
  world,
} from './support.ts';

const SECOND_PROJECT = '0123456789abcdef0123456789abcdef';
const LABELS = { cluster: 'orders' };
const SHARDS = ['shard-1', 'shard-2', 'shard-3'] as const;

/** Three shards in two projects, by list. */
const LISTED: WorldOptions = {
  channels: WEBHOOK,
  projects: [
    { name: 'one', tasks: ['shard-1', 'shard-2'] },
    { name: 'two', id: SECOND_PROJECT, tasks: ['shard-3'] },
  ],
  groups: { orders: { tasks: SHARDS } },
};
/** The same by labels: named ones, and one that is discovered. */
const LABELLED: WorldOptions = {
  channels: WEBHOOK,
  projects: [
    { name: 'one', tasks: SHARDS.slice(0, 2).map((id) => ({ id, labels: LABELS })) },
    { name: 'two', id: SECOND_PROJECT, discover: { name: '*shard*', labels: LABELS } },
  ],
  groups: { orders: { labels: LABELS } },
};
const BOTH = [
  ['by their ids', LISTED],
  ['by their labels', LABELLED],
] as const;

const placeOf = ({ projects }: World, shard: string) => {
  const place = projects[shard === 'shard-3' ? 'two' : 'one'];
  if (place === undefined) throw new Error('no such project');
  return place;
};
const ready = (made: World, ...shards: readonly string[]) => {
  for (const shard of shards) replicates(placeOf(made, shard), shard);
};
const become = (made: World, shard: string, status: string) => placeOf(made, shard).status(shard, status);

const groupEvents = (made: World, channel?: string) =>
  eventsAt(made, channel).filter(({ type }) => type.startsWith('dcs.group.'));
const words = (made: World, channel?: string) =>
  groupEvents(made, channel).map(({ type }) => type.slice('dcs.group.'.length));

describe.each(BOTH)('a group of tasks of two projects, %s,', (_how, options) => {
  test('is ready once, in the tick in which the last of its tasks is', async () => {
    const made = await world(options);
    ready(made, 'shard-1', 'shard-2');
    become(made, 'shard-3', 'FULLMIGRATING');
    await ticks(made, 4);
    expect(words(made)).toEqual([]);
    ready(made, 'shard-3');
    await ticks(made, 2);
    expect(words(made)).toEqual([]);
    const began = made.clock.now();
    await ticks(made, 1);
    const now = Date.parse(groupEvents(made)[0]?.time ?? '');
    expect(now).toBeGreaterThanOrEqual(began);
    expect(now).toBeLessThan(made.clock.now());
    await ticks(made, 4);

    expect(words(made)).toEqual(['ready']);
    const [event] = groupEvents(made);
    expect(event).toMatchObject({ subject: 'orders' });
    expect(event?.data).toMatchObject({
      severity: 'action',
      sequence: event?.sequence,
      validUntil: new Date(now + HOUR).toISOString(),
      group: { name: 'orders', size: 3, projects: ['one', 'two'] },
    });
    expect(event?.data.group?.members.map((member) => [member.id, member.ready])).toEqual(
      SHARDS.map((id) => [id, true]),
    );
  });

  test('is retracted when one of them is no longer ready, and ready again later', async () => {
    const made = await world(options);
    ready(made, ...SHARDS);
    await ticks(made, 3);
    lags(placeOf(made, 'shard-2').simulator, 'shard-2');
    await ticks(made, 2);
    ready(made, 'shard-2');
    await ticks(made, 4);

    expect(words(made)).toEqual(['ready', 'retracted', 'ready']);
    const [first, taken, again] = groupEvents(made);
    expect(taken?.data.group?.retracts).toMatchObject({ type: 'dcs.group.ready', id: first?.id });
    expect(Number(again?.sequence)).toBeGreaterThan(Number(taken?.sequence));
  });

  test('fails once, however many tasks fail, and is retracted when all are repaired', async () => {
    const made = await world(options);
    for (const shard of SHARDS) become(made, shard, 'FULLMIGRATING');
    await ticks(made, 1);
    become(made, 'shard-3', 'FAILED');
    await ticks(made, 2);
    become(made, 'shard-1', 'FAILED');
    await ticks(made, 2);
    expect(words(made)).toEqual(['failed']);
    become(made, 'shard-1', 'FULLMIGRATING');
    await ticks(made, 2);
    expect(words(made)).toEqual(['failed']);
    become(made, 'shard-3', 'FULLMIGRATING');
    await ticks(made, 2);

    expect(words(made)).toEqual(['failed', 'retracted']);
  });

  test('finishes once, when all of them have ended well, in any order, without a retraction', async () => {
    const made = await world(options);
    ready(made, ...SHARDS);
    await ticks(made, 3);
    for (const [i, shard] of SHARDS.entries()) {
      become(made, shard, i === 1 ? 'SUCCESS' : 'TERMINATED');
      await ticks(made, 2);
    }
    await ticks(made, 3);

    expect(words(made)).toEqual(['ready', 'finished']);
  });

  test('makes no event while one of them was not seen', async () => {
    const made = await world(options);
    ready(made, 'shard-1', 'shard-2', 'shard-3');
    placeOf(made, 'shard-3').simulator.fault('internal error', 6, 'show');
    await ticks(made, 6);
    expect(placeOf(made, 'shard-3').simulator.fired['internal error']).toBe(6);
    expect(words(made)).toEqual([]);
    await ticks(made, 3);
    expect(words(made)).toEqual(['ready']);
  });
});

test('a failed group is retracted, whatever record of an unwatched task is stored', async () => {
  const made = await world({
    channels: WEBHOOK,
    projects: [{ name: 'one', discover: { labels: LABELS } }],
    groups: { orders: { labels: LABELS } },
  });
  const key = { partition: `project:${PROJECT_ID}`, id: 'task:long-gone' };
  await made.store.save({ key, rev: 1, nonce: 'n', body: '{"schemaVersion":1,"broken":' });
  for (const status of ['FULLMIGRATING', 'FAILED', 'FULLMIGRATING']) {
    made.status('shard-1', status);
    await ticks(made, 2);
  }

  expect(eventsAt(made).at(-1)?.type).toBe('dcs.group.retracted');
});

test('a failed group makes no event while neither the record of the failed task nor the list can be read', async () => {
  const made = await world({
    channels: WEBHOOK,
    projects: [{ name: 'one', discover: { labels: LABELS } }],
    groups: { orders: { labels: LABELS } },
  });
  for (const id of ['shard-1', 'shard-2']) made.status(id, 'FULLMIGRATING');
  await ticks(made, 2);
  made.status('shard-1', 'FAILED');
  await ticks(made, 2);
  const key = { partition: `project:${PROJECT_ID}`, id: 'task:shard-1' };
  const rev = ((await made.store.get(key))?.rev ?? 0) + 1;
  expect(await made.store.save({ key, rev, nonce: 'n', body: '{"schemaVersion":1,"broken":' })).toBe('saved');
  made.simulator.deny('list');
  await ticks(made, 2);

  const events = eventsAt(made).filter(({ subject }) => subject === 'orders');
  expect(events.map(({ type }) => type)).toEqual(['dcs.group.failed']);
});

test('a group finishes with the normal end of its task, even if the look before left the phase open', async () => {
  const made = await world({ channels: WEBHOOK, groups: { g: { tasks: ['task-1'] } } });
  replicates(made, 'task-1');
  await ticks(made, 3);
  made.simulator.deny('stats');
  made.status('task-1', 'MIGRATING');
  await ticks(made, 1);
  made.status('task-1', 'TERMINATED');
  await ticks(made, 3);

  expect(eventsAt(made).at(-1)?.data.summary).toBe('group g: its only task has finished');
});

describe('a group by ids with a task that discovery has not found', () => {
  test('makes no event until it is found', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [{ name: 'one', discover: { labels: {} } }],
      groups: { orders: { tasks: ['shard-1', 'shard-2'] } },
    });
    replicates(made, 'shard-1');
    await ticks(made, 5);
    expect(words(made)).toEqual([]);
    replicates(made, 'shard-2');
    await ticks(made, 3);
    expect(words(made)).toEqual(['ready']);
  });
});

describe('a group by labels whose tasks are discovered', () => {
  const DISCOVERED: WorldOptions = {
    channels: WEBHOOK,
    projects: [{ name: 'one', discover: { labels: LABELS } }],
    groups: { orders: { labels: LABELS } },
  };

  test('makes no event of all its tasks while there may be more', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 2);
    made.simulator.fault('internal error', 4, 'list');
    await ticks(made, 4);
    expect(made.simulator.fired['internal error']).toBe(4);
    expect(words(made)).toEqual([]);
    await ticks(made, 1);
    expect(words(made)).toEqual(['ready']);
  });

  test('is retracted even while the list cannot be read', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 3);
    made.simulator.deny('list');
    lags(made.simulator, 'shard-1');
    await ticks(made, 1);
    expect(words(made)).toEqual(['ready', 'retracted']);
  });

  test('does not become ready by a further look in a tick that could not save a new task', async () => {
    const made = await world({ ...DISCOVERED, settings: { lookEveryMs: 10_000 } });
    replicates(made, 'shard-1', 'shard-2');
    made.status('shard-3', 'FULLMIGRATING');
    let fired = 0;
    const store = {
      ...keptOpen(made.store),
      async save(item: Parameters<World['store']['save']>[0]) {
        if (item.key.id !== 'task:shard-3') return made.store.save(item);
        fired += 1;
        throw new StoreError('unavailable', 'the table is throttled');
      },
    };

    await made.tick({ store });

    expect(fired).toBe(1);
    expect(made.simulator.requests.get('shard-1')).toBeGreaterThan(3);
    expect(eventsAt(made).filter(({ type }) => type === 'dcs.migration.cutover_ready')).toHaveLength(2);
    expect(words(made)).toEqual([]);
  });

  test('is no longer failed when the failed task is repaired, even while the list cannot be read', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    made.status('shard-1', 'FAILED');
    await ticks(made, 1);
    made.simulator.deny('list');
    replicates(made, 'shard-1');
    await ticks(made, 2);

    expect(words(made)).toEqual(['failed', 'retracted']);
  });

  test('counts as failed for a day when one of them is deleted, even if another one has come', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1');
    made.status('shard-2', 'FULLMIGRATING');
    await ticks(made, 2);
    made.simulator.setTask('shard-2', null);
    await ticks(made, 10);
    replicates(made, 'shard-2b');
    await ticks(made, 4);
    expect(words(made)).toEqual(['failed']);

    made.clock.advance(24 * HOUR);
    await ticks(made, 4);
    expect(words(made)).toEqual(['failed', 'retracted', 'ready']);
    const { summary, group } = groupEvents(made).at(-1)?.data ?? {};
    expect(summary).toBe(
      'group orders: both tasks are ready for the cut-over, but name of shard-2 was deleted before it ended well',
    );
    expect(group?.members.map(({ id }) => id)).toEqual(['shard-1', 'shard-2b']);
  });

  test('does not fail because the list lacks a running task', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 4);
    expect(words(made)).toEqual(['ready']);
    made.simulator.setListed('shard-2', null);
    await ticks(made, 10);

    expect(words(made)).toEqual(['ready']);
    expect(typesAt(made)).not.toContain('migration.gone');
  });

  test('waits a day for a deleted task to come back', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    made.simulator.setTask('shard-2', null);
    await ticks(made, 5);
    expect(words(made)).toEqual(['failed']);
    made.clock.advance(23 * HOUR);
    await ticks(made, 3);
    expect(words(made)).toEqual(['failed']);
    made.clock.advance(HOUR);
    await ticks(made, 4);

    expect(words(made)).toEqual(['failed', 'retracted', 'ready']);
    expect(groupEvents(made).map(({ data }) => data.summary)).toEqual([
      'group orders: 1 of 2 tasks failed (name of shard-2)',
      'group orders: no longer failed: name of shard-2 was deleted at least a day ago and no longer counts, and there is no failed task left',
      'group orders: its only task is ready for the cut-over, but name of shard-2 was deleted before it ended well',
    ]);
  });

  test('is no longer failed a day after its only task was deleted', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1');
    await ticks(made, 1);
    made.simulator.setTask('shard-1', null);
    await ticks(made, 5);
    made.clock.advance(24 * HOUR);
    await ticks(made, 3);

    expect(groupEvents(made).map(({ data }) => data.summary)).toEqual([
      'group orders: its only task failed (name of shard-1)',
      'group orders: no longer failed: name of shard-1 was deleted at least a day ago and no longer counts, and the group has no other tasks',
    ]);
  });

  test('does not finish without the deleted task for as long as its record is kept', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    made.status('shard-2', 'FAILED');
    await ticks(made, 1);
    made.simulator.setTask('shard-2', null);
    await ticks(made, 3);
    made.status('shard-1', 'TERMINATED');
    await ticks(made, 1);
    made.clock.advance(89 * 24 * HOUR);
    await ticks(made, 2);

    expect(groupEvents(made).map(({ type, data }) => [type, data.severity])).toEqual([
      ['dcs.group.failed', 'failure'],
      ['dcs.group.retracted', 'action'],
      ['dcs.group.finished', 'action'],
    ]);
    expect(groupEvents(made).at(-1)?.data).toMatchObject({
      unchecked: 'what became of name of shard-2',
      summary:
        'group orders: its only task has finished, but name of shard-2 was deleted before it ended well',
    });
  });

  test('counts as failed for as long as a list names the deleted task', async () => {
    const made = await world({ ...DISCOVERED, groups: { orders: { tasks: ['shard-1', 'shard-2'] } } });
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    made.simulator.setTask('shard-2', null);
    await ticks(made, 5);
    made.clock.advance(48 * HOUR);
    await ticks(made, 4);

    expect(words(made)).toEqual(['failed']);
  });

  test('finishes even if one of its listed tasks had ended, and was deleted, days before', async () => {
    const made = await world({ ...DISCOVERED, groups: { orders: { tasks: ['shard-1', 'shard-2'] } } });
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    made.status('shard-2', 'TERMINATED');
    await ticks(made, 1);
    made.simulator.setTask('shard-2', null);
    await ticks(made, 3);
    made.clock.advance(48 * HOUR);
    await ticks(made, 1);
    made.status('shard-1', 'TERMINATED');
    await ticks(made, 2);

    expect(groupEvents(made).map(({ data }) => data.summary)).toEqual([
      'group orders: both tasks have finished',
    ]);
  });

  test('does not wait for a deleted task that the configuration names since', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    made.simulator.setTask('shard-2', null);
    await ticks(made, 5);
    made.clock.advance(25 * HOUR);
    const [project] = made.config.projects;
    if (project === undefined) throw new Error('no project');
    const named = { id: 'shard-2', labels: {} };
    await ticks(made, 4, { config: { ...made.config, projects: [{ ...project, tasks: [named] }] } });

    expect(groupEvents(made).at(-1)?.data.summary).toBe(
      'group orders: its only task is ready for the cut-over',
    );
  });

  test('stays finished when its tasks are deleted after their end', async () => {
    const made = await world(DISCOVERED);
    replicates(made, 'shard-1', 'shard-2');
    await ticks(made, 1);
    for (const shard of ['shard-1', 'shard-2']) made.status(shard, 'TERMINATED');
    await ticks(made, 2);
    for (const shard of ['shard-1', 'shard-2']) {
      made.simulator.setTask(shard, null);
      await ticks(made, 3);
    }
    made.clock.advance(26 * HOUR);
    await ticks(made, 3);

    expect(words(made)).toEqual(['finished']);
  });
});

test('a group keeps its source when an earlier project gets tasks of it later', async () => {
  const made = await world({
    ...LABELLED,
    projects: [
      { name: 'one', discover: { labels: LABELS } },
      { name: 'two', id: SECOND_PROJECT, discover: { labels: LABELS } },
    ],
  });
  become(made, 'shard-3', 'FULLMIGRATING');
  await ticks(made, 1);
  become(made, 'shard-3', 'FAILED');
  await ticks(made, 1);
  become(made, 'shard-1', 'INCRMIGEATING');
  become(made, 'shard-3', 'INCRMIGEATING');
  await ticks(made, 2);

  expect(words(made)).toEqual(['failed', 'retracted']);
  const [failed, retracted] = groupEvents(made);
  expect(failed?.source).toBe('/dcs-migration-watch/groups/orders');
  expect(retracted?.data.group?.projects).toEqual(['one', 'two']);
  expect(retracted?.source).toBe(failed?.source);
});

describe('two ticks that overlap', () => {
  test('make one event of a group: the slower one makes none', async () => {
    const made = await world(LISTED);
    ready(made, ...SHARDS);
    await ticks(made, 2);
    // The first write of the slower run comes after all of another run.
    let other: Promise<unknown> | undefined;
    const slow = {
      ...made.store,
      close: async () => undefined,
      async save(item: Parameters<World['store']['save']>[0]) {
        other ??= made.tick();
        await other;
        return made.store.save(item);
      },
    };
    const summary = await made.tick({ store: slow });

    expect(summary).toMatchObject({ events: 0, delivered: 0 });
    expect(words(made)).toEqual(['ready']);
    await ticks(made, 2);
    expect(words(made)).toEqual(['ready']);
  });
});

describe('a group with a failed task', () => {
  const NAMED: WorldOptions = {
    channels: WEBHOOK,
    projects: [{ name: 'one', tasks: ['shard-1', 'shard-2', 'other'] }],
    groups: { orders: { tasks: ['shard-1', 'shard-2'] } },
  };

  test('is no longer failed when that task is repaired, even if another one was never seen', async () => {
    const made = await world(NAMED);
    made.status('shard-1', 'FAILED');
    await ticks(made, 3);
    replicates(made, 'shard-1');
    await ticks(made, 4);

    expect(words(made)).toEqual(['failed', 'retracted']);
    expect(eventsAt(made).map(({ subject, type }) => [subject, type])).toContainEqual([
      'shard-2',
      'dcs.watch.failing',
    ]);
  });

  test.each([
    ['one of its records', 'shard-1', ['failed']],
    ['the record of a task that is none of it', 'other', ['failed', 'retracted']],
  ])('is repaired under a record of a newer version (%s)', async (_what, hidden, expected) => {
    const made = await world(NAMED);
    replicates(made, 'shard-2', 'other');
    made.status('shard-1', 'FAILED');
    await ticks(made, 1);
    replicates(made, 'shard-1');
    const key = { partition: `project:${PROJECT_ID}`, id: `task:${hidden}` };
    const item = await made.store.get(key);
    const body = JSON.stringify({ schemaVersion: 99 });
    expect(await made.store.save({ key, rev: (item?.rev ?? 0) + 1, nonce: 'n', body })).toBe('saved');
    await ticks(made, 2);

    expect(words(made)).toEqual(expected);
  });
});

describe('a group of which no task is watched', () => {
  const LABELLED_TASK = { id: 'shard-1', labels: LABELS };
  const READY_ONCE: WorldOptions = {
    channels: { ...WEBHOOK, ops: { type: 'slack', when: { projects: ['one'] } } },
    projects: [{ name: 'one', tasks: [LABELLED_TASK, 'other'] }],
    groups: { orders: { labels: LABELS } },
  };
  /** A group whose only task has lost its label. */
  async function deserted(discover?: { labels: typeof LABELS }) {
    const made = await world(READY_ONCE);
    replicates(made, 'shard-1', 'other');
    await ticks(made, 3);
    expect(words(made)).toEqual(['ready']);
    const projects = made.config.projects.map((project) => ({
      ...project,
      tasks: project.tasks.map(({ id }) => ({ id, labels: {} })),
      ...(discover !== undefined && { discover }),
    }));
    return { made, config: { ...made.config, projects } };
  }

  test('is retracted for everybody who heard that it is ready', async () => {
    const { made, config } = await deserted();
    const before = made.slack('ops').length;
    await ticks(made, 2, { config });

    expect(words(made)).toEqual(['ready', 'retracted']);
    const events = made
      .slack('ops')
      .slice(before)
      .map(({ body }) => body);
    expect(events).toEqual([expect.stringContaining('none of its tasks is watched any more')]);
    expect(events[0]).not.toContain('All 0 tasks');
  });

  test('stays ready while a list that may have some cannot be read', async () => {
    const { made, config } = await deserted({ labels: LABELS });
    made.simulator.fault('internal error', 1, 'list');
    await ticks(made, 1, { config });
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(words(made)).toEqual(['ready']);
    await ticks(made, 1, { config });

    expect(words(made)).toEqual(['ready', 'retracted']);
  });
});

/** A ready group whose webhook was down at that moment and works again. */
async function readyWhileDown(): Promise<World> {
  const made = await world(LISTED);
  ready(made, ...SHARDS);
  await ticks(made, 2);
  made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('dcs.group') ? 500 : 200 }));
  await ticks(made, 1);
  made.receiver.answer('/cutover', { status: 200 });
  return made;
}

describe('an event of a group', () => {
  test('is delivered in the tick that detects it, and leaves no lease', async () => {
    const made = await world(LISTED);
    ready(made, ...SHARDS);
    await ticks(made, 2);
    expect(await made.tick()).toMatchObject({ events: 4, delivered: 4, pending: 0 });

    const item = await made.store.get({ partition: 'groups', id: 'group:orders' });
    expect(JSON.parse(item?.body ?? '')).toMatchObject({ eventCount: 1, outbox: [] });
    expect(JSON.parse(item?.body ?? '').lease).toBeUndefined();
  });

  test('is withdrawn when one of its tasks is no longer ready right before it is sent', async () => {
    const made = await world(LISTED);
    ready(made, ...SHARDS);
    await ticks(made, 2);
    made.receiver.answer('/cutover', { status: 500 });
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 200 });
    const arrived = groupEvents(made).length;
    // This write takes the lease for delivery.
    const hooked = afterSave(
      made.store,
      1,
      () => lags(placeOf(made, 'shard-3').simulator, 'shard-3'),
      ({ key }) => key.id === 'task:shard-3',
    );
    await made.tick({ store: hooked.store });

    expect(hooked.fired()).toBe(1);
    expect(words(made).slice(arrived)).toEqual(['retracted']);
    const stored = await deadLetters(made);
    expect(stored.map(({ why, event }) => [why, event.type]).toSorted()).toEqual([
      ['withdrawn', 'dcs.group.ready'],
      ['withdrawn', 'dcs.migration.cutover_ready'],
    ]);
  });

  test('waits when one of its tasks cannot be checked', async () => {
    const made = await readyWhileDown();
    const arrived = groupEvents(made).length;
    const hooked = afterSave(made.store, 1, () =>
      placeOf(made, 'shard-3').simulator.fault('internal error', 1, 'stats'),
    );
    expect(await made.tick({ store: hooked.store })).toMatchObject({ delivered: 0, pending: 1 });
    expect(placeOf(made, 'shard-3').simulator.fired['internal error']).toBe(1);
    await ticks(made, 1);

    expect(words(made).slice(arrived)).toEqual(['ready']);
  });

  test('waits while the group lacks one of its tasks, but not for ever', async () => {
    const made = await readyWhileDown();
    const arrived = groupEvents(made).length;
    const groups = { orders: { tasks: [...SHARDS, 'shard-4'] } };
    const config = { ...made.config, groups };
    expect(await made.tick({ config })).toMatchObject({ delivered: 0, pending: 1 });
    made.clock.advance(71 * HOUR);
    expect(await made.tick({ config })).toMatchObject({ delivered: 0, pending: 1 });
    made.clock.advance(HOUR);
    expect(await made.tick({ config })).toMatchObject({ delivered: 0, pending: 0, dead: 1 });

    expect(words(made).slice(arrived)).toEqual([]);
    expect((await deadLetters(made)).map(({ why }) => why)).toEqual(['deadline']);
  });

  test('is withdrawn when one of its tasks is being cut over', async () => {
    const made = await readyWhileDown();
    const arrived = groupEvents(made).length;
    placeOf(made, 'shard-1').simulator.setTask(
      'shard-1',
      realisticAnswer('INCRMIGEATING', { task_id: 'shard-1', task_status: 'EXCHANGING' }),
    );
    await ticks(made, 2);

    expect(words(made).slice(arrived)).toEqual([]);
    expect(logged(made, 'withdrawn')).toHaveLength(1);
    expect((await deadLetters(made)).map(({ why }) => why)).toEqual(['withdrawn']);
  });

  test('reports at once the failure of a task that can be seen', async () => {
    const made = await world(LISTED);
    ready(made, ...SHARDS.slice(0, 2));
    placeOf(made, 'shard-3').simulator.fault('internal error', 9, 'show');
    become(made, 'shard-1', 'FAILED');
    await ticks(made, 1);
    expect(groupEvents(made).map(({ data }) => data.summary)).toEqual([
      'group orders: 1 of 3 tasks failed (name of shard-1)',
    ]);
  });

  test('is reissued when it waited for too long, and retracted by the id of the first one', async () => {
    const made = await world(LISTED);
    ready(made, ...SHARDS);
    await ticks(made, 2);
    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('dcs.group') ? 500 : 200 }));
    await ticks(made, 1);
    const [first] = groupEvents(made);
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.advance(2 * HOUR);
    await ticks(made, 1);
    lags(placeOf(made, 'shard-1').simulator, 'shard-1');
    await ticks(made, 1);

    const [renewed, taken] = groupEvents(made).slice(-2);
    expect(renewed?.data).toMatchObject({ renews: first?.id, sequence: renewed?.sequence });
    expect(Date.parse(renewed?.data.validUntil ?? '')).toBeGreaterThan(made.clock.now());
    expect(taken?.data.group?.retracts?.id).toBe(first?.id);
    expect(logged(made, 'renewed')).toHaveLength(1);
  });

  test('is withdrawn when the group is no longer configured', async () => {
    const made = await readyWhileDown();
    const arrived = groupEvents(made).length;
    const config = { ...made.config, groups: { others: { labels: { cluster: 'others' } } } };
    expect(await made.tick({ config })).toMatchObject({ pending: 0, dead: 1 });

    expect(words(made).slice(arrived)).toEqual([]);
    expect(logged(made, 'withdrawn').at(-1)?.why).toContain('no longer watched');
  });
});
