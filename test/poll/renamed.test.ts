import { describe, expect, test } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { redriveIn } from '../delivery/redrive/support.ts';
import { IN_STEP, type World } from '../support/world.ts';
import { costOfTick, eventsAt, HOUR, replicates, ticks, typesAt, WEBHOOK, world } from './support.ts';

const SEEN = 'migration.first_seen';

/** The same configuration, in which entries are called otherwise. */
function renamed({ config }: World, ...names: readonly string[]): World['config'] {
  const projects = config.projects.map((project, i) => ({ ...project, name: names[i] ?? project.name }));
  return { ...config, projects };
}

describe('a discovering project that is renamed in the configuration', () => {
  const DISCOVERS = {
    channels: WEBHOOK,
    projects: [{ name: 'prod', discover: { labels: { cluster: 'o' } } }],
    groups: { g: { labels: { cluster: 'o' } } },
  };

  test('reports what came and ended meanwhile when it gets its old name back', async () => {
    const made = await world(DISCOVERS);
    const ended = (id: string, status: string) =>
      made.simulator.setTask(id, realisticAnswer(status, { task_id: id, task_name: id }));
    ended('old', 'SUCCESS');
    await ticks(made, 2);
    await ticks(made, 2, { config: renamed(made, 'production') });
    ended('quick', 'FAILED');
    await ticks(made, 3);

    expect(new Set(eventsAt(made).map(({ subject }) => subject))).toEqual(new Set(['quick', 'g']));
  });

  test('looks at the tasks that it knows even while the list cannot be read', async () => {
    const made = await world(DISCOVERS);
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 1);
    const config = renamed(made, 'production');
    made.simulator.deny('list');
    made.status('a', 'FAILED');
    expect(await made.tick({ config })).toMatchObject({ tasks: 1 });

    expect(typesAt(made)).toContain('migration.status_changed');
    expect(eventsAt(made)[1]?.data.task?.project).toBe('production');
    expect((await costOfTick(made, { config })).store.save).toBe(0);
  });

  test('reports a task deleted meanwhile as gone, and does not make its group ready', async () => {
    const made = await world(DISCOVERS);
    made.status('a', 'FULLMIGRATING');
    replicates(made, 'b');
    made.simulator.setStats('b', IN_STEP);
    await ticks(made, 3);
    made.simulator.setTask('a', null);
    await ticks(made, 4, { config: renamed(made, 'production') });

    expect(typesAt(made)).toContain('migration.cutover_ready');
    expect(typesAt(made)).toContain('migration.gone');
    expect(typesAt(made)).not.toContain('group.ready');
  });

  test('finishes its group with the name of a task that was deleted before that', async () => {
    const made = await world(DISCOVERS);
    for (const id of ['a', 'b']) made.status(id, 'INCRMIGEATING');
    await ticks(made, 1);
    made.status('a', 'FAILED');
    await ticks(made, 1);
    made.simulator.setTask('a', null);
    await ticks(made, 2);
    made.clock.advance(25 * HOUR);
    made.status('b', 'TERMINATED');
    await ticks(made, 2, { config: renamed(made, 'production') });

    const finished = eventsAt(made).find(({ type }) => type === 'dcs.group.finished');
    expect(finished?.data).toMatchObject({
      severity: 'action',
      summary: expect.stringContaining('name of a'),
    });
  });

  test('reports what came and ended meanwhile, and nothing that had ended before', async () => {
    const made = await world(DISCOVERS);
    const ended = (id: string, status: string) =>
      made.simulator.setTask(id, realisticAnswer(status, { task_id: id, task_name: id }));
    for (const id of ['old-1', 'old-2']) ended(id, 'SUCCESS');
    await ticks(made, 2);
    ended('quick', 'FAILED');
    const config = renamed(made, 'production');
    await ticks(made, 3, { config });

    expect(eventsAt(made).filter(({ type }) => type === `dcs.${SEEN}`)).toMatchObject([{ subject: 'quick' }]);
    expect((await costOfTick(made, { config })).store.save).toBe(0);
  });

  test('leaves its tasks to the entry that they match', async () => {
    const made = await world({
      channels: WEBHOOK,
      projects: [
        { name: 'one', discover: { name: 'one-*', labels: {} } },
        { name: 'two', discover: { name: 'two-*', labels: {} } },
      ],
    });
    for (const name of ['one-a', 'two-a']) {
      made.simulator.setTask(name, realisticAnswer('FULLMIGRATING', { task_id: name, task_name: name }));
    }
    await ticks(made, 1);
    const config = renamed(made, 'eins', 'zwei');
    made.simulator.deny('list');
    for (const name of ['one-a', 'two-a']) {
      made.simulator.setTask(name, realisticAnswer('INCRMIGEATING', { task_id: name, task_name: name }));
    }
    await ticks(made, 1, { config });

    const changes = eventsAt(made).filter(({ type }) => type === 'dcs.migration.status_changed');
    const events = changes.map(({ subject, data }) => `${subject} ${data.task?.project}`);
    expect(events.toSorted()).toEqual(['one-a eins', 'two-a zwei']);
  });
});

describe('a failing project that is renamed in the configuration', () => {
  const FAILING = { channels: WEBHOOK, tasks: ['a', 'b'] };

  async function failing(options: Parameters<typeof world>[0] = FAILING) {
    const made = await world(options);
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.deny('show');
    await ticks(made, 4);
    expect(typesAt(made).slice(2)).toEqual(['watch.failing']);
    return made;
  }

  test('is reported as restored once, by its new name', async () => {
    const made = await failing();
    const config = renamed(made, 'production');
    await ticks(made, 2, { config });
    made.simulator.allow('show');
    await ticks(made, 3, { config });

    const [failed, restored, ...more] = eventsAt(made).slice(2);
    expect(more).toEqual([]);
    expect(restored).toMatchObject({ type: 'dcs.watch.restored', data: { project: { name: 'production' } } });
    expect(Number(restored?.sequence)).toBeGreaterThan(Number(failed?.sequence));
    await ticks(made, 1, { config: renamed(made, 'third') });
    expect(typesAt(made)).toHaveLength(4);
  });

  test('has the pending events of its old name delivered once, before those of its new name', async () => {
    const made = await world(FAILING);
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.simulator.deny('show');
    await ticks(made, 2);
    made.receiver.answer('/cutover', { status: 500 });
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 204 });
    const before = typesAt(made).length;
    await ticks(made, 3, { config: renamed(made, 'production') });
    made.simulator.allow('show');
    await ticks(made, 1, { config: renamed(made, 'production') });

    const events = eventsAt(made).slice(before);
    expect(events.map(({ type, data }) => [type, data.project?.name])).toEqual([
      ['dcs.watch.failing', 'prod'],
      ['dcs.watch.restored', 'production'],
    ]);
  });

  test('can have the dead letters of its old name redriven', async () => {
    const made = await world(FAILING);
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 422 });
    made.simulator.deny('show');
    await ticks(made, 3);
    const config = renamed(made, 'production');
    await ticks(made, 3, { config });
    made.receiver.answer('/cutover', { status: 204 });

    expect((await redriveIn(made, { config })).results.map(({ kind }) => kind)).toEqual(['delivered']);
  });

  test('loses no requeued dead letter when it gets its old name back', async () => {
    const made = await world(FAILING);
    for (const id of ['a', 'b']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 422 });
    made.simulator.deny('show');
    await ticks(made, 3);
    const config = renamed(made, 'production');
    await ticks(made, 3, { config });
    made.receiver.answer('/cutover', { status: 503 });
    expect((await redriveIn(made, { config })).results.map(({ kind }) => kind)).toEqual(['pending']);
    const before = typesAt(made).length;
    made.receiver.answer('/cutover', { status: 204 });
    await ticks(made, 3);

    expect(typesAt(made).slice(before)).toEqual(['watch.failing']);
  });

  test('keeps its state when it gets its old name back', async () => {
    const made = await failing();
    await ticks(made, 2, { config: renamed(made, 'production') });
    await ticks(made, 4);
    const events = () => typesAt(made).filter((type) => type.startsWith('watch.'));
    expect(events()).toEqual(['watch.failing']);
    made.simulator.allow('show');
    await ticks(made, 1);

    expect(events()).toEqual(['watch.failing', 'watch.restored']);
  });

  test('is reported as restored when several entries replace it', async () => {
    const made = await failing();
    const [project] = made.config.projects;
    if (project === undefined) throw new Error('no project');
    const [a, b] = project.tasks.map((task) => [task]);
    const projects = [
      { ...project, name: 'one', tasks: a ?? [] },
      { ...project, name: 'two', tasks: b ?? [] },
    ];
    made.simulator.allow('show');
    await ticks(made, 2, { config: { ...made.config, projects } });

    expect(typesAt(made).slice(2)).toEqual(['watch.failing', 'watch.restored']);
  });
});
