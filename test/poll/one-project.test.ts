import { describe, expect, test } from 'vitest';
import { loadMark } from '../../lib/records/mark.ts';
import { eventsAt, MINUTE, ticks, WEBHOOK, world } from './support.ts';

const PROD = '254d2280acb74d36a8b839746bcd7352';
const TEST = '0123456789abcdef0123456789abcdef';

/** Two projects with a task each, and a group over both. */
async function twoProjects() {
  const made = await world({
    projects: [
      { name: 'prod', id: PROD, tasks: ['task-1'] },
      { name: 'test', id: TEST, tasks: ['task-2'] },
    ],
    groups: { both: { tasks: ['task-1', 'task-2'] } },
    channels: WEBHOOK,
  });
  const prod = made.projects['prod'];
  const test = made.projects['test'];
  if (prod === undefined || test === undefined) throw new Error('two projects were asked for');
  prod.status('task-1', 'FULLMIGRATING');
  test.status('task-2', 'FULLMIGRATING');
  return { made, prod, test };
}

const announcedTasks = (made: Parameters<typeof eventsAt>[0]) =>
  eventsAt(made).map(({ data }) => data.task?.id);

describe('a tick of one project', () => {
  test.each([
    ['name', 'prod'],
    ['id', PROD],
  ])('looks at the tasks of that one alone, by its %s', async (_by, project) => {
    const { made, test } = await twoProjects();
    expect(await made.tick({ project })).toMatchObject({ tasks: 1, looks: 1, delivered: 1 });
    expect(announcedTasks(made)).toEqual(['task-1']);
    expect(test.simulator.calls.show).toBe(0);
  });

  test('leaves the deliveries of the others where they are, and a tick of theirs sends them', async () => {
    const { made, prod, test } = await twoProjects();
    await made.tick();
    test.status('task-2', 'FAILED');
    made.receiver.answer('/cutover', { status: 500 });
    await made.tick({ project: 'test' });
    made.receiver.answer('/cutover', { status: 200 });
    const before = eventsAt(made).length;
    made.clock.advance(30 * MINUTE);
    prod.status('task-1', 'INCRMIGEATING');
    await made.tick({ project: 'prod' });
    expect(announcedTasks(made).slice(before)).toEqual(['task-1']);
    expect(made.log.filter(({ kind }) => kind === 'deliveries_cancelled')).toEqual([]);
    await made.tick({ project: 'test' });
    expect(announcedTasks(made).slice(before)).toEqual(['task-1', 'task-2']);
    await ticks(made, 2);
    // The group over both projects is the matter of ticks about everything.
    expect(announcedTasks(made).slice(before)).toEqual(['task-1', 'task-2', undefined]);
  });

  test('says which projects there are when it is to be about another one', async () => {
    const { made } = await twoProjects();
    await expect(made.tick({ project: 'stage' })).rejects.toThrow(
      'the event is refused: it names the project stage, and the configuration has prod, test',
    );
    expect(made.log).toEqual([]);
  });

  test('leaves a mark of its own: together they are as old as the oldest', async () => {
    const { made } = await twoProjects();
    await made.tick({ project: 'prod' });
    expect(await loadMark(made.store)).toBeUndefined();
    const first = made.clock.now();
    made.clock.advance(3 * MINUTE);
    await made.tick({ project: 'test' });
    made.clock.advance(3 * MINUTE);
    await made.tick({ project: 'test' });
    expect(await loadMark(made.store)).toMatchObject({ tasks: 2, at: new Date(first).toISOString() });
    const last = new Date(made.clock.now()).toISOString();
    await made.tick();
    expect(await loadMark(made.store)).toMatchObject({ tasks: 2, at: last });
  });
});
