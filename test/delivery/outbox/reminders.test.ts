import { describe, expect, onTestFinished, test } from 'vitest';
import { renderSlackPreview } from '../../../lib/channels/block-kit/preview.ts';
import type { Config } from '../../../lib/config/schema/file.ts';
import type { Item, Store } from '../../../lib/store/store.ts';
import { lags, replicates, ticks } from '../../poll/support.ts';
import { createWorld, type TickOptions, type World, type WorldOptions } from '../../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHANNELS = {
  ops: { type: 'slack', remindEvery: '4h', mention: '<!here>' },
  cutover: { type: 'webhook' },
};

async function world(options: WorldOptions = {}): Promise<World> {
  const made = await createWorld({ channels: CHANNELS, ...options });
  onTestFinished(() => made.close());
  return made;
}

/** The first lines of the messages that a chat got while so much time passed, a tick each quarter of an hour. */
async function titlesDuring(made: World, hours: number, channel = 'ops'): Promise<string[]> {
  const before = made.slack(channel).length;
  for (let quarter = 0; quarter < hours * 4; quarter += 1) {
    made.clock.advance(15 * MINUTE);
    await made.tick();
  }
  const bodies = made.slack(channel).slice(before);
  return bodies.map(({ body }) => renderSlackPreview(JSON.parse(body))[0] ?? '');
}

describe('a chat with remindEvery', () => {
  test('A reminder is repeated while its event still holds, an end is repeated for seven days, and a program is never reminded', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.status('task-1', 'FAILED');
    await made.tick();
    const programs = made.events('cutover').length;
    const [first] = made.slack('ops').slice(-1);
    const titles = await titlesDuring(made, 13);
    expect(titles).toHaveLength(3);
    for (const title of titles) expect(title).toMatch(/^🔔 STILL · .*failed/);
    const [reminder] = made.slack('ops').slice(-1);
    expect(reminder?.body).toContain('<!here>');
    expect(reminder?.body).not.toContain('delayed by');
    expect(first?.body).not.toContain('STILL');
    expect(made.events('cutover')).toHaveLength(programs);
    made.clock.advance(7 * 24 * HOUR);
    expect(await titlesDuring(made, 9)).toEqual([]);
  });

  test('gets no reminder once the cause is over, and costs no write before the time', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    await made.tick();
    expect(await titlesDuring(made, 5)).toEqual([expect.stringMatching(/^🔔 STILL/)]);
    const revision = async () =>
      (await made.store.load(`project:${made.config.projects[0]?.id}`)).map(({ rev }) => rev);
    const before = await revision();
    made.clock.advance(15 * MINUTE);
    await made.tick();
    expect(await revision()).toEqual(before);
    made.status('task-1', 'FULLMIGRATING');
    expect(await titlesDuring(made, 13)).toEqual([expect.not.stringContaining('STILL')]);
  });

  test('Many waiting tasks share one reminder', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ tasks });
    for (const id of tasks) made.status(id, 'FAILED');
    await made.tick();
    const before = made.slack('ops').length;
    expect(await titlesDuring(made, 4)).toEqual(['🔔 STILL · 3 events need attention']);
    const lines = renderSlackPreview(JSON.parse(made.slack('ops')[before]?.body ?? ''));
    for (const id of tasks) expect(lines.join('\n')).toContain(`name of ${id}`);
  });

  test('gets reminders of a broken channel', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 410 });
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    const titles = await titlesDuring(made, 5);
    expect(titles).toEqual([expect.stringMatching(/^🔔 STILL · .*cutover/)]);
    made.receiver.answer('/cutover', { status: 200 });
    await titlesDuring(made, 1);
    expect(await titlesDuring(made, 9)).toEqual([]);
  });

  test('is the only one: without the setting nothing is repeated, and no record grows', async () => {
    const made = await world({ channels: { ops: { type: 'slack' } } });
    made.status('task-1', 'FAILED');
    await made.tick();
    expect(await titlesDuring(made, 13)).toEqual([]);
    const [item] = await made.store.load(`project:${made.config.projects[0]?.id}`);
    expect(item?.body).not.toContain('"reminders"');
  });
});

const SOON = { ...CHANNELS, ops: { ...CHANNELS.ops, remindEvery: '30m' } };
const GROUP = { groups: { night: { tasks: ['task-1'] } } };

/** A reminder is due at the next tick. */
async function untilDue(made: World): Promise<void> {
  made.clock.advance(15 * MINUTE);
  await made.tick();
  made.clock.advance(15 * MINUTE);
}

/** A tick, and whether a reminder was pending in it before its looks. */
async function tickWithReminder(made: World, options: TickOptions = {}) {
  const reminders: Item[] = [];
  const store: Store = {
    ...made.store,
    async save(item) {
      if (item.body.includes('"reminder":true')) reminders.push(item);
      return made.store.save(item);
    },
  };
  const report = await made.tick({ ...options, store });
  return { report, wasOwed: reminders.length > 0 };
}

const titlesOf = (bodies: readonly { readonly body: string }[]) =>
  bodies.map(({ body }) => renderSlackPreview(JSON.parse(body))[0] ?? '');

interface Cause {
  begin(made: World): Promise<void>;
  end(made: World): void;
}

const statusCause = (words: readonly string[], end: string): Cause => ({
  async begin(made) {
    for (const word of words) {
      made.status('task-1', word);
      await made.tick();
    }
  },
  end: (made) => made.status('task-1', end),
});

const CAUSES: Readonly<Record<string, Cause>> = {
  'a failure that is restarted': statusCause(['FULLMIGRATING', 'FAILED'], 'FULLMIGRATING'),
  'a task that waits to be configured': statusCause(['RUNNING'], 'FULLMIGRATING'),
  'a replication that was ready, and lags': {
    async begin(made) {
      replicates(made, 'task-1');
      await ticks(made, 4);
    },
    end: (made) => lags(made.simulator, 'task-1'),
  },
  'looks that fail': {
    async begin(made) {
      made.status('task-1', 'FULLMIGRATING');
      made.simulator.fault('internal error', 1000);
      await ticks(made, 3);
    },
    end: (made) => made.simulator.clearFaults(),
  },
  'a group with a failure that is restarted': {
    async begin(made) {
      for (const word of ['FULLMIGRATING', 'FAILED']) {
        made.status('task-1', word);
        await made.tick();
      }
    },
    end: (made) => made.status('task-1', 'FULLMIGRATING'),
  },
};

describe('a reminder that is due in the tick whose look ends its cause', () => {
  test.each(Object.entries(CAUSES))('is not sent (%s)', async (what, { begin, end }) => {
    const isOfGroup = what.includes('group');
    const ops = { ...SOON.ops, ...(isOfGroup && { when: { events: ['group.failed'] } }) };
    const made = await world({ channels: { ...SOON, ops }, ...(isOfGroup && GROUP) });
    await begin(made);
    expect(made.slack('ops').length).toBeGreaterThan(0);
    await untilDue(made);
    const before = made.slack('ops').length;
    end(made);
    const { report, wasOwed: wasPending } = await tickWithReminder(made);
    expect(wasPending).toBe(true);
    expect(report).toMatchObject({ pending: 0, dead: 0 });
    const titles = titlesOf(made.slack('ops').slice(before));
    expect(titles.filter((title) => title.includes('STILL'))).toEqual([]);
    made.clock.advance(15 * MINUTE);
    await made.tick();
    expect(titlesOf(made.slack('ops').slice(before))).toEqual(titles);
  });

  test.each(Object.entries(CAUSES))('is sent when nothing ended (%s)', async (what, { begin }) => {
    const made = await world({ channels: SOON, ...(what.includes('group') && GROUP) });
    await begin(made);
    await untilDue(made);
    const before = made.slack('ops').length;
    expect((await tickWithReminder(made)).wasOwed).toBe(true);
    expect(titlesOf(made.slack('ops').slice(before))).toEqual([expect.stringMatching(/^🔔 STILL/)]);
  });

  test('is not sent later either when the chat refused it before', async () => {
    const made = await world({ channels: SOON });
    made.status('task-1', 'FAILED');
    await made.tick();
    await untilDue(made);
    made.receiver.answer('/ops', { status: 503 });
    expect((await tickWithReminder(made)).report).toMatchObject({ pending: 1 });
    const before = made.slack('ops').length;
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(15 * MINUTE);
    made.status('task-1', 'FULLMIGRATING');
    expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 });
    expect(titlesOf(made.slack('ops').slice(before))).toEqual([expect.not.stringContaining('STILL')]);
  });

  test('keeps the event of the cause pending for a program and a chat that have not got it', async () => {
    const channels = { ...SOON, late: { type: 'slack' } };
    const made = await world({ channels });
    for (const path of ['/cutover', '/late']) made.receiver.answer(path, { status: 503 });
    made.status('task-1', 'FAILED');
    await made.tick();
    await untilDue(made);
    const before = made.slack('ops').length;
    made.status('task-1', 'FULLMIGRATING');
    const { report, wasOwed: wasPending } = await tickWithReminder(made);
    expect(wasPending).toBe(true);
    expect(report.pending).toBeGreaterThanOrEqual(4);
    expect(titlesOf(made.slack('ops').slice(before))).toEqual([expect.not.stringContaining('STILL')]);

    for (const path of ['/cutover', '/late']) made.receiver.answer(path, { status: 200, body: 'ok' });
    const heard = { programs: made.events('cutover').length, chat: made.slack('late').length };
    made.clock.advance(HOUR);
    await ticks(made, 2);
    expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 });
    const events = made.events('cutover').slice(heard.programs);
    expect(events.map(({ type }) => type)).toEqual([
      'dcs.migration.first_seen',
      'dcs.migration.status_changed',
    ]);
    expect(
      made
        .slack('late')
        .slice(heard.chat)
        .map(({ body }) => body)
        .join(),
    ).toContain('failed');
  });
});

describe('reminders end when the configuration no longer has', () => {
  const projectsOf = (change: (project: Config['projects'][number]) => object) => (config: Config) => ({
    ...config,
    projects: config.projects.map((project) => ({ ...project, ...change(project) })),
  });

  test.each<[string, string, string, (config: Config) => Config]>([
    ['a task', 'migration.first_seen', 'name of task-1', projectsOf(() => ({ tasks: [] }))],
    [
      'a group',
      'group.failed',
      'group night',
      (config) => ({ ...config, groups: { other: { tasks: ['task-1'] } } }),
    ],
    [
      'a project',
      'migration.first_seen',
      'name of task-1',
      (config) => ({ ...config, projects: config.projects.slice(1) }),
    ],
    [
      'an entry of a project',
      'watch.failing',
      'project prod',
      (config) => ({
        ...config,
        projects: config.projects.filter(({ name }) => name !== 'prod'),
      }),
    ],
  ])('%s', async (_what, event, words, without) => {
    const made = await world({
      channels: { ...SOON, ops: { ...SOON.ops, when: { events: [event] } } },
      projects: [
        { name: 'prod', tasks: ['task-1', 'task-2'] },
        { name: 'same', tasks: ['task-3'] },
        { name: 'beside', id: '1'.repeat(32), tasks: ['x'] },
      ],
      ...GROUP,
    });
    for (const id of ['task-2', 'task-3']) made.status(id, 'FULLMIGRATING');
    made.projects['beside']?.status('x', 'FULLMIGRATING');
    made.status('task-1', 'FAILED');
    if (event === 'watch.failing') made.simulator.fault('internal error', 9);
    await ticks(made, event === 'watch.failing' ? 3 : 1);
    const titles = made.slack('ops').length;
    expect(made.slack('ops').some(({ body }) => body.includes(words))).toBe(true);
    const config = without(made.config);
    for (let quarter = 0; quarter < 8; quarter += 1) {
      made.clock.advance(15 * MINUTE);
      await made.tick({ config });
    }
    const since = made.slack('ops').slice(titles);
    expect(since.filter(({ body }) => body.includes('STILL') && body.includes(words))).toEqual([]);
  });
});
