import { describe, expect, test } from 'vitest';
import { patternFingerprint } from '../../lib/migration/discovery/baseline.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { IN_STEP, keptOpen, type World, type WorldOptions } from '../support/world.ts';
import {
  costOfTick,
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

const PARTITION = 'project:254d2280acb74d36a8b839746bcd7352';
const SEEN = 'migration.first_seen';
const ALL: WorldOptions = {
  channels: WEBHOOK,
  projects: [{ name: 'prod', discover: { labels: { team: 'orders' } } }],
};
const named = (name: string): WorldOptions => ({
  channels: WEBHOOK,
  projects: [{ name: 'prod', discover: { name, labels: {} } }],
});

/** So many tasks that ended before anybody watched. */
function past({ simulator }: World, count: number, prefix = 'past'): void {
  const words = ['SUCCESS', 'TERMINATED', 'FAILED', 'RELEASED'];
  for (let i = 0; i < count; i += 1) {
    const id = `${prefix}-${i}`;
    simulator.setTask(id, realisticAnswer(words[i % words.length] ?? '', { task_id: id, task_name: id }));
  }
}

const about = (made: World, subject: string) =>
  eventsAt(made)
    .filter((event) => event.subject === subject)
    .map(({ type }) => type.slice('dcs.'.length));

describe('discovery', () => {
  test('watches every listed task, with the labels of the discovery', async () => {
    const made = await world(ALL);
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');

    expect(await made.tick()).toMatchObject({ tasks: 2, events: 2, delivered: 2 });

    const labels = { team: 'orders' };
    expect(eventsAt(made).map(({ data }) => data.task)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'name of a', labels }),
        expect.objectContaining({ name: 'name of b', labels }),
      ]),
    );
  });

  test('by a pattern watches the matching tasks, also after they are renamed', async () => {
    const made = await world(named('*orders*'));
    const call = (task_name: string, status: string) =>
      made.simulator.setTask('a', realisticAnswer(status, { task_id: 'a', task_name }));
    call('prod-orders', 'FULLMIGRATING');
    made.status('b', 'FULLMIGRATING');
    await ticks(made, 1);
    call('something else', 'FULLMIGRATING');
    await ticks(made, 1);
    call('something else', 'TERMINATED');
    await ticks(made, 1);

    expect(about(made, 'a')).toEqual([SEEN, 'migration.status_changed']);
    expect(eventsAt(made).at(-1)?.data.task?.name).toBe('something else');
    expect(about(made, 'b')).toEqual([]);
  });

  test('finds tasks that are created later, also those that have ended by then', async () => {
    const made = await world(ALL);
    past(made, 3);
    await ticks(made, 2);
    expect(typesAt(made)).toEqual([]);
    made.status('new', 'RUNNING');
    made.status('quick', 'FAILED');
    await ticks(made, 3);

    expect(about(made, 'new')).toEqual([SEEN]);
    expect(about(made, 'quick')).toEqual([SEEN]);
    expect(typesAt(made)).toHaveLength(2);
  });

  test('reports a task as gone when the list lacks it and two looks do not find it', async () => {
    const made = await world(ALL);
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.setTask('a', null);
    await ticks(made, 1);
    expect(about(made, 'a')).toEqual([SEEN]);
    await ticks(made, 5);

    expect(about(made, 'a')).toEqual([SEEN, 'migration.gone']);
    expect(about(made, 'b')).toEqual([SEEN]);
    expect((await costOfTick(made)).calls).toMatchObject({ list: 2, show: 1 });
  });

  test.each([
    'FULLMIGRATING',
    'INCRMIGEATING',
    'MIGRATING',
    'RUNNING',
    'TERMINATING',
    'TERMINATED',
    'FAILED',
  ])(
    'looks at a task that the list lacks, and never reports it as gone while it answers %s',
    async (status) => {
      const made = await world(ALL);
      made.status('a', 'FULLMIGRATING');
      await ticks(made, 1);
      made.status('a', status);
      await ticks(made, 1);
      made.simulator.setListed('a', null);
      const { show } = made.simulator.calls;
      await ticks(made, 6);

      expect(about(made, 'a')).not.toContain('migration.gone');
      expect(made.simulator.calls.show).toBe(show + 6);
    },
  );

  test('goes on with events of a task that the list lacks', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.setListed('a', null);
    await ticks(made, 3);
    made.status('a', 'INCRMIGEATING');
    await ticks(made, 1);

    expect(about(made, 'a')).toEqual([SEEN, 'migration.status_changed']);
  });

  test('takes a task for deleted that twice reads as a success without being listed', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.status('a', 'SUCCESS');
    made.simulator.setListed('a', null);
    await ticks(made, 1);
    expect(about(made, 'a')).toEqual([SEEN]);
    await ticks(made, 2);

    expect(about(made, 'a')).toEqual([SEEN, 'migration.gone']);
  });

  test('ignores an answer about another task, and does not count its own task as missing', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.fault('answer about another task', 2, 'show');
    await ticks(made, 2);
    expect(made.simulator.fired['answer about another task']).toBe(2);
    expect(about(made, 'a')).toEqual([SEEN]);
    expect(logged(made, 'look_failed')).toMatchObject([
      { taskId: 'a', reason: 'unreadable answer' },
      { taskId: 'a', reason: 'unreadable answer' },
    ]);
  });

  test('finds a task that is back after it was gone', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.setTask('a', null);
    await ticks(made, 2);
    made.clock.advance(30 * HOUR);
    await ticks(made, 1);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 2);

    expect(about(made, 'a')).toEqual([SEEN, 'migration.gone', 'migration.status_changed']);
    expect(eventsAt(made).at(-1)?.data.summary).toContain('found again');
  });

  test('keeps the record of a task that is gone for 90 days, and longer while deliveries are pending', async () => {
    const made = await world(ALL);
    const isKept = async () => (await made.store.load(PARTITION)).some(({ key }) => key.id === 'task:a');
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 500 });
    made.simulator.setTask('a', null);
    await ticks(made, 2);
    made.clock.advance(100 * 24 * HOUR);
    expect(await isKept()).toBe(true);

    await ticks(made, 1);
    expect(await isKept()).toBe(false);
    expect(await made.tick()).toMatchObject({ tasks: 1, events: 0, failedLooks: 0 });
  });

  test.each([
    ['before it goes', 0],
    ['after it went', 4],
  ])(
    'keeps the record of a task that is gone for ever if the configuration names it (%s)',
    async (_when, minutes) => {
      const made = await world(ALL);
      made.status('b', 'FULLMIGRATING');
      made.status('a', 'FULLMIGRATING');
      await ticks(made, 2);
      const projects = made.config.projects.map(({ discover: _none, ...project }) => ({
        ...project,
        tasks: [{ id: 'a', labels: {} }],
      }));
      const config = { ...made.config, projects };
      made.simulator.setTask('a', null);
      await ticks(made, minutes);
      await ticks(made, 3, { config });
      made.clock.advance(91 * 24 * HOUR);
      await ticks(made, 4, { config });

      expect(about(made, 'a')).toEqual([SEEN, 'migration.gone']);
    },
  );

  test('reports an ended task that is restarted as first seen', async () => {
    const made = await world(ALL);
    past(made, 4);
    await ticks(made, 2);
    made.status('past-1', 'INCRMIGEATING');
    await ticks(made, 1);
    made.status('past-1', 'TERMINATED');
    await ticks(made, 2);

    expect(typesAt(made)).toEqual([SEEN, 'migration.status_changed']);
  });

  test('remembers ended tasks although the list lacked them for a while', async () => {
    const made = await world(ALL);
    past(made, 20);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    for (let i = 0; i < 20; i += 1) made.simulator.setListed(`past-${i}`, null);
    await ticks(made, 3);
    for (let i = 0; i < 20; i += 1) made.simulator.setListed(`past-${i}`, {});

    expect((await costOfTick(made)).store.save).toBe(0);
    expect(typesAt(made)).toEqual([SEEN]);
  });

  test('by another pattern starts from scratch: tasks that had ended by then make no events', async () => {
    const made = await world(named('name of b*'));
    past(made, 10);
    made.status('b', 'FULLMIGRATING');
    await ticks(made, 2);
    const [project] = made.config.projects;
    const projects = project === undefined ? [] : [{ ...project, discover: { labels: {} } }];
    const config = { ...made.config, projects };
    made.status('c', 'FULLMIGRATING');
    await ticks(made, 2, { config });
    made.status('late', 'SUCCESS');
    await ticks(made, 1, { config });

    expect(eventsAt(made).map(({ subject }) => subject)).toEqual(['b', 'c', 'late']);
  });
});

describe('five thousand tasks that ended long ago, beside ten that run', () => {
  test('make no event and cost only the list: five calls, ten looks, no write', async () => {
    const made = await world({ ...ALL, stats: 'realistic' });
    past(made, 5000);
    for (let i = 0; i < 10; i += 1) made.status(`active-${i}`, i < 5 ? 'INCRMIGEATING' : 'FULLMIGRATING');

    const first = await costOfTick(made);
    expect(first.summary).toMatchObject({ tasks: 10, events: 10 });
    expect(first.calls).toEqual({ list: 6, show: 10, stats: 10, logs: 0 });
    await ticks(made, 3);
    const { calls, store, summary } = await costOfTick(made);

    expect(calls).toEqual({ list: 6, show: 10, stats: 10, logs: 0 });
    expect(store).toEqual({ load: 1, get: 1, save: 0 });
    expect(summary).toMatchObject({ tasks: 10, events: 0 });
    const record = await made.store.get({
      partition: PARTITION,
      id: `discovery:${patternFingerprint(undefined)}`,
    });
    expect(Buffer.byteLength(record?.body ?? '')).toBeLessThan(41_000);
  });
});

describe('while the list cannot be read, discovery', () => {
  test('goes on with known tasks, and finds new ones when it can be read again', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.fault('internal error', 60, 'list');
    made.status('b', 'FULLMIGRATING');
    await ticks(made, 30);
    made.status('a', 'INCRMIGEATING');
    await ticks(made, 30);
    expect(made.simulator.fired['internal error']).toBe(60);
    expect(about(made, 'a')).toEqual([SEEN, 'migration.status_changed']);
    expect(about(made, 'b')).toEqual([]);
    expect(typesAt(made).filter((type) => type === 'watch.degraded')).toHaveLength(1);
    await ticks(made, 1);

    expect(about(made, 'b')).toEqual([SEEN]);
    const failures = logged(made, 'look_failed');
    expect(failures).toHaveLength(60);
    expect(failures.every(({ taskId }) => taskId === undefined)).toBe(true);
  });

  test('reports a missing permission once, and goes on watching', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.deny('list');
    await ticks(made, 10);
    made.status('a', 'INCRMIGEATING');
    await ticks(made, 1);

    expect(typesAt(made)).toEqual([SEEN, 'watch.degraded', 'migration.status_changed']);
    expect(eventsAt(made)[1]?.data).toMatchObject({ reason: 'not authorised', severity: 'action' });
  });

  test('takes no task for gone', async () => {
    const made = await world(ALL);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.setListed('a', null);
    await ticks(made, 1);
    made.simulator.fault('internal error', 3, 'list');
    await ticks(made, 3);

    expect(about(made, 'a')).toEqual([SEEN]);
  });

  test('reports the project as failing while no task of it is known', async () => {
    const made = await world(ALL);
    made.simulator.fault('internal error', 5, 'list');
    await ticks(made, 5);
    expect(made.simulator.fired['internal error']).toBe(5);
    expect(typesAt(made)).toEqual(['watch.failing']);
    await ticks(made, 1);
    expect(typesAt(made)).toEqual(['watch.failing', 'watch.restored']);
  });
});

describe('looks that fail at all discovered tasks', () => {
  test('make one event of the project, even while the list can be read', async () => {
    const made = await world(ALL);
    for (const id of ['a', 'b', 'c']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.deny('show');
    await ticks(made, 5);
    expect(typesAt(made).slice(3)).toEqual(['watch.failing']);
    expect(eventsAt(made).at(-1)).toMatchObject({ subject: PARTITION.slice('project:'.length) });
    made.simulator.allow('show');
    await ticks(made, 1);
    expect(typesAt(made).slice(3)).toEqual(['watch.failing', 'watch.restored']);
  });
});

describe('a refused key of a project that only discovers', () => {
  test('makes an event of the project after three ticks, and is not locked', async () => {
    const made = await world({ ...ALL, secretKey: 'wrong' });
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 2);
    expect(typesAt(made)).toEqual([]);
    await ticks(made, 60);

    expect(typesAt(made)).toEqual(['watch.failing']);
    expect(made.simulator.refusals).toBeGreaterThan(3);
    expect(made.simulator.refusals).toBeLessThan(15);
    expect(made.simulator.locked).toBe(false);
  });

  test('is over with the first list that can be read, even an empty one', async () => {
    const made = await world({ ...ALL, secretKey: 'wrong' });
    const right = await world(ALL);
    const [project] = made.config.projects;
    const credentials = right.config.projects[0]?.credentials;
    if (project === undefined || credentials === undefined) throw new Error('no project');
    await ticks(made, 20);
    const rested = async () =>
      JSON.parse((await made.store.get({ partition: PARTITION, id: PARTITION }))?.body ?? '').state.cooldowns;
    expect(await rested()).toMatchObject([{ refusals: expect.any(Number) }]);

    await ticks(made, 2, { config: { ...made.config, projects: [{ ...project, credentials }] } });

    expect(await rested()).toBeUndefined();
    expect(typesAt(made)).toEqual(['watch.failing', 'watch.restored']);
  });
});

describe('a configured task in a project that discovers', () => {
  const NAMED = { id: 'A1B2-c3d4', name: 'sessions', labels: { team: 'web' } };
  const both = (id = NAMED.id): WorldOptions => ({
    channels: WEBHOOK,
    projects: [{ name: 'prod', discover: { labels: { team: 'orders' } }, tasks: [{ ...NAMED, id }] }],
  });

  test.each(['A1B2-c3d4', 'a1b2c3d4', 'A1B2C3D4'])(
    'keeps its name and labels and makes one event when the list writes its id as %s',
    async (listed) => {
      const made = await world(both());
      const answer = realisticAnswer('FULLMIGRATING', { task_id: listed, task_name: 'another name' });
      made.simulator.setTask(NAMED.id, answer);
      if (listed !== NAMED.id) made.simulator.setListed(NAMED.id, { task_id: listed });

      expect(await made.tick()).toMatchObject({ tasks: 1, events: 1 });
      await ticks(made, 2);

      expect(eventsAt(made).map(({ data }) => [data.task?.name, data.task?.labels])).toEqual([
        ['sessions', { team: 'web' }],
      ]);
    },
  );

  test('makes no new event when another entry discovered it before under another spelling', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [{ name: 'finder', discover: { labels: {} } }, { name: 'namer' }],
    });
    made.status('a1b2c3d4', 'FULLMIGRATING');
    await ticks(made, 2);
    const [finder, namer] = made.config.projects;
    if (finder === undefined || namer === undefined) throw new Error('no project');
    const config = { ...made.config, projects: [finder, { ...namer, tasks: [NAMED] }] };
    made.status(NAMED.id, 'FULLMIGRATING');
    made.simulator.setListed(NAMED.id, null);
    await ticks(made, 2, { config });
    made.status(NAMED.id, 'INCRMIGEATING');
    await ticks(made, 2, { config });

    expect(typesAt(made)).toEqual([SEEN, 'migration.status_changed']);
    expect(eventsAt(made).at(-1)?.data.task).toMatchObject({ name: 'sessions', project: 'namer' });
    expect((await made.store.load(PARTITION)).filter(({ key }) => key.id.startsWith('task:'))).toHaveLength(
      1,
    );
  });

  test('stays watched when the configuration no longer names it, even while the list cannot be read', async () => {
    const made = await world(both('a1b2c3d4'));
    made.status('a1b2c3d4', 'FULLMIGRATING');
    await ticks(made, 2);
    const [project] = made.config.projects;
    const config = { ...made.config, projects: project === undefined ? [] : [{ ...project, tasks: [] }] };
    await ticks(made, 1, { config });
    expect((await costOfTick(made, { config })).store.save).toBe(0);
    made.simulator.deny('list');
    made.status('a1b2c3d4', 'INCRMIGEATING');
    await ticks(made, 1, { config });
    expect(about(made, 'a1b2c3d4')).toEqual([SEEN, 'migration.status_changed']);
    made.simulator.allow('list');
    made.simulator.setTask('a1b2c3d4', null);
    await ticks(made, 2, { config });

    expect(about(made, 'a1b2c3d4')).toEqual([SEEN, 'migration.status_changed', 'migration.gone']);
  });
});

describe('two entries that discover in one project by different names', () => {
  test('watch each task once, also when its name changes from one pattern to the other', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [
        { name: 'one', discover: { name: 'one-*', labels: {} } },
        { name: 'two', discover: { name: 'two-*', labels: {} } },
      ],
    });
    const call = (task_name: string, status = 'FULLMIGRATING') =>
      made.simulator.setTask('a', realisticAnswer(status, { task_id: 'a', task_name }));
    call('one-a');
    await ticks(made, 1);
    call('two-a');
    const { calls, summary } = await costOfTick(made);
    await ticks(made, 1);
    call('two-a', 'INCRMIGEATING');
    await ticks(made, 1);

    expect(calls.show).toBe(1);
    expect(summary.tasks).toBe(1);
    expect(eventsAt(made).map(({ type, data }) => [type, data.task?.project])).toEqual([
      [`dcs.${SEEN}`, 'one'],
      ['dcs.migration.status_changed', 'one'],
    ]);
  });

  test('hand over the tasks of an entry that is removed', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [
        { name: 'one', discover: { name: 'one-*', labels: {} } },
        { name: 'two', discover: { name: 'two-*', labels: {} } },
      ],
    });
    made.simulator.setTask('a', realisticAnswer('FULLMIGRATING', { task_id: 'a', task_name: 'one-a' }));
    await ticks(made, 1);
    const [, two] = made.config.projects;
    const projects = two === undefined ? [] : [{ ...two, discover: { labels: {} } }];
    const config = { ...made.config, projects };
    await ticks(made, 1, { config });
    made.simulator.setTask('a', null);
    await ticks(made, 2, { config });

    expect(typesAt(made)).toEqual([SEEN, 'migration.gone']);
  });
});

describe('a discovery with a changed pattern', () => {
  const cluster = { cluster: 'o' };
  const isReady = (made: World) => typesAt(made).includes('group.ready');

  /** The entries that come after the one that discovered everything. */
  function configOf(made: World, entries: Readonly<Record<string, string>>, labels = cluster) {
    const [project] = made.config.projects;
    if (project === undefined) throw new Error('no project');
    const projects = Object.entries(entries).map(([name, pattern]) => ({
      ...project,
      name,
      discover: { name: pattern, labels },
    }));
    return { ...made.config, projects };
  }

  async function twoTasks(options: WorldOptions = ALL) {
    const made = await world({ groups: { g: { labels: cluster } }, ...options });
    // Nobody is ready, whoever is looked for.
    for (const id of ['o', 'u']) lags(made.simulator, id);
    made.simulator.setTask('o', answer('o', 'orders-1', 'INCRMIGEATING'));
    made.simulator.setTask('u', answer('u', 'users-1', 'FULLMIGRATING'));
    await ticks(made, 1);
    return made;
  }
  const answer = (task_id: string, task_name: string, status: string) =>
    realisticAnswer(status, { task_id, task_name });

  test('releases tasks that no longer match, but delivers their pending events', async () => {
    const made = await twoTasks();
    made.receiver.answer('/cutover', { status: 500 });
    made.simulator.setTask('u', answer('u', 'users-1', 'INCRMIGEATING'));
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 204 });
    const config = configOf(made, { prod: 'orders-*' });
    expect(await made.tick({ config })).toMatchObject({ tasks: 1 });
    made.clock.advance(5 * 60_000);
    made.simulator.setTask('u', answer('u', 'users-1', 'FAILED'));
    await ticks(made, 3, { config });

    const events = eventsAt(made).filter(({ subject }) => subject === 'u');
    expect(events.map(({ data }) => data.to?.phase)).toEqual(['full', 'incremental', 'incremental']);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    expect(about(made, 'g')).toEqual([]);
    expect((await costOfTick(made, { config })).calls).toMatchObject({ show: 1, list: 2 });
  });

  test('hands over tasks that match another entry, in the same tick', async () => {
    const made = await twoTasks();
    const config = configOf(made, { prod: 'orders-*', users: 'users-*' });
    const { calls, summary } = await costOfTick(made, { config });
    expect([summary.tasks, calls.show]).toEqual([2, 2]);
    made.simulator.setTask('u', answer('u', 'users-1', 'INCRMIGEATING'));
    await ticks(made, 2, { config });

    expect(about(made, 'u')).toEqual([SEEN, 'migration.status_changed']);
    expect(eventsAt(made).at(-1)?.data.task).toMatchObject({ project: 'users', labels: cluster });
  });

  test('keeps tasks that were only renamed, and releases none while the list cannot be read', async () => {
    const made = await twoTasks();
    const config = configOf(made, { prod: 'orders-*' });
    made.simulator.fault('internal error', 1, 'list');
    expect(await made.tick({ config })).toMatchObject({ tasks: 2 });
    expect(made.simulator.fired['internal error']).toBe(1);
    await ticks(made, 1, { config });
    made.simulator.setTask('o', answer('o', 'something else', 'INCRMIGEATING'));
    await ticks(made, 1, { config });

    expect(await made.tick({ config })).toMatchObject({ tasks: 1 });
  });

  test('finds released tasks again, and reports what changed meanwhile', async () => {
    const made = await twoTasks();
    await ticks(made, 2, { config: configOf(made, { prod: 'orders-*' }) });
    made.simulator.setTask('u', answer('u', 'users-1', 'FAILED'));
    await ticks(made, 2, { config: configOf(made, { prod: '*' }) });

    expect(about(made, 'u')).toEqual([SEEN, 'migration.status_changed']);
  });

  test.each(['once', 'always'])(
    'makes no event of a group that lacks a task when it cannot be saved (%s)',
    async (how) => {
      const made = await twoTasks({ ...ALL, projects: [{ name: 'prod', discover: { labels: cluster } }] });
      made.simulator.setStats('o', IN_STEP);
      const config = configOf(made, { prod: 'orders-*', users: 'users-*' });
      let fired = 0;
      const store = {
        ...keptOpen(made.store),
        async save(item: Parameters<World['store']['save']>[0]) {
          const isLetGo = item.key.id === 'task:u' && !item.body.includes('discoveredBy');
          if (!isLetGo || (how === 'once' && fired > 0)) return made.store.save(item);
          fired += 1;
          throw new StoreError('unavailable', 'the table is throttled');
        },
      };
      await ticks(made, 4, { config, store });
      expect(fired).toBe(how === 'once' ? 1 : 4);
      expect(about(made, 'o')).toContain('migration.cutover_ready');
      expect(isReady(made)).toBe(false);

      expect(await made.tick({ config })).toMatchObject({ tasks: 2 });
      expect(isReady(made)).toBe(false);
    },
  );
});

describe('a first tick that cannot save which tasks had ended', () => {
  test('makes no events of them; the next one saves them', async () => {
    const made = await world(ALL);
    past(made, 30);
    made.status('a', 'FULLMIGRATING');
    let fired = 0;
    const store = {
      ...keptOpen(made.store),
      async save(item: Parameters<World['store']['save']>[0]) {
        if (!item.key.id.startsWith('discovery:')) return made.store.save(item);
        fired += 1;
        throw new StoreError('unavailable', 'the table is throttled');
      },
    };
    await made.tick({ store });
    expect(fired).toBe(1);
    await ticks(made, 3);

    expect(typesAt(made)).toEqual([SEEN]);
  });

  test('makes one baseline when it overlaps another one', async () => {
    const made = await world(ALL);
    past(made, 30);
    replicates(made, 'a');
    await Promise.all([made.tick(), made.tick()]);
    await ticks(made, 3);

    expect(typesAt(made).filter((type) => type === SEEN)).toHaveLength(1);
  });
});
