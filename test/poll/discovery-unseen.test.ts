import { describe, expect, test } from 'vitest';
import type { Config } from '../../lib/config/schema/file.ts';
import { textLine } from '../../lib/telemetry/describe.ts';
import { eventsAt, logged, MINUTE, problems, ticks, typesAt, WEBHOOK, world } from './support.ts';

const discovering = (name?: string) => ({
  projects: [{ name: 'prod', discover: { ...(name !== undefined && { name }), labels: {} } }],
  channels: WEBHOOK,
});
const notices = ({ log }: Awaited<ReturnType<typeof world>>) =>
  log.flatMap((entry) =>
    entry.kind === 'notice' && entry.message.startsWith('project ') ? [entry.message] : [],
  );

/** The same world whose discovery looks for other names. */
function seeking({ config }: Awaited<ReturnType<typeof world>>, name: string): Config {
  const projects = config.projects.map((project) => ({ ...project, discover: { name, labels: {} } }));
  return { ...config, projects };
}

describe('an unreadable list in a project that only discovers', () => {
  test('is a failed look, logged with project and reason, and counted', async () => {
    const made = await world(discovering());
    made.simulator.fault('internal error', 1, 'list');
    expect(await made.tick()).toMatchObject({ tasks: 0, looks: 1, failedLooks: 1, events: 0 });
    expect(made.simulator.fired['internal error']).toBe(1);
    const [failure] = logged(made, 'look_failed');
    expect(failure).toMatchObject({ project: 'prod', reason: 'unreachable', requestId: expect.any(String) });
    expect(failure && textLine(failure, new Date(0))).toContain(
      'look at the list of tasks of project prod failed (unreachable): HTTP 500',
    );
    expect(await made.tick()).toMatchObject({ looks: 0, failedLooks: 0 });
  });

  test('makes a watch.failing after three in a row, and a watch.restored when it is read again', async () => {
    const made = await world(discovering());
    made.simulator.fault('internal error', 5, 'list');
    await ticks(made, 2);
    expect(typesAt(made)).toEqual([]);
    await ticks(made, 3);
    expect(made.simulator.fired['internal error']).toBe(5);
    expect(typesAt(made)).toEqual(['watch.failing']);
    expect(eventsAt(made)[0]?.data).toMatchObject({
      project: { name: 'prod', tasks: 0 },
      reason: 'unreachable',
      severity: 'action',
    });
    await ticks(made, 1);
    expect(typesAt(made)).toEqual(['watch.failing', 'watch.restored']);
  });

  test('fails and cools down like looks at tasks when the key is refused', async () => {
    const made = await world({ ...discovering(), secretKey: 'canary-wrong-secret' });
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await made.tick()).toMatchObject({ failedLooks: 1 });
      made.clock.advance(MINUTE);
    }
    expect(typesAt(made)).toEqual(['watch.failing']);
    const calls = made.simulator.calls.list;
    expect(await made.tick()).toMatchObject({ looks: 0, failedLooks: 0 });
    expect(made.simulator.calls.list).toBe(calls);
    expect(logged(made, 'looks_skipped').at(-1)).toMatchObject({ project: 'prod', why: 'resting', count: 1 });
  });

  test('makes a watch.failing when the permission is missing, and names that', async () => {
    const made = await world(discovering());
    made.simulator.deny('list');
    expect(await made.tick()).toMatchObject({ looks: 1, failedLooks: 1 });
    await ticks(made, 2);
    const [event] = eventsAt(made);
    expect(typesAt(made)).toEqual(['watch.failing']);
    expect(event?.data).toMatchObject({ reason: 'not authorised', project: { name: 'prod' } });
    expect(event?.data.detail).toContain('dcs:migrationTask:list');
  });

  test('makes a watch.failing when the project belongs to another account', async () => {
    const made = await world(discovering());
    const projects = made.config.projects.map((project) => ({ ...project, id: 'of-somebody-else' }));
    await ticks(made, 3, { config: { ...made.config, projects } });
    expect(logged(made, 'look_failed').map(({ reason }) => reason)).toEqual(Array(3).fill('not authorised'));
    expect(typesAt(made)).toEqual(['watch.failing']);
  });

  test('makes a watch.failing when the id of the project is malformed', async () => {
    const made = await world(discovering());
    made.simulator.fault('project id malformed', 3, 'list');
    await ticks(made, 3);
    expect(made.simulator.fired['project id malformed']).toBe(3);
    expect(logged(made, 'look_failed').map(({ reason }) => reason)).toEqual(Array(3).fill('not found'));
    expect(typesAt(made)).toEqual(['watch.failing']);
  });

  test('makes a watch.degraded when the configuration names tasks that can be seen', async () => {
    const made = await world({
      ...discovering(),
      projects: [{ name: 'prod', tasks: ['a'], discover: { labels: {} } }],
    });
    made.status('a', 'FULLMIGRATING');
    made.simulator.fault('internal error', 3, 'list');
    expect(await made.tick()).toMatchObject({ tasks: 1, looks: 2, failedLooks: 1 });
    await ticks(made, 2);
    expect(made.simulator.fired['internal error']).toBe(3);
    expect(typesAt(made)).toEqual(['migration.first_seen', 'watch.degraded']);
  });
});

describe('a pattern that no listed task matches', () => {
  test('is reported once, with similar names', async () => {
    const made = await world(discovering('order-*'));
    for (const id of ['a', 'b']) made.simulator.setTask(id, { task_name: `orders-${id}`, status: 'RUNNING' });
    made.simulator.setTask('c', { task_name: 'users', status: 'RUNNING' });
    await ticks(made, 5);
    expect(problems(made)).toEqual([
      'project prod: the pattern order-* does not fit the name of any of the 3 tasks in its list; did you mean one of orders-a, orders-b, users?',
    ]);
  });

  test('is reported again only after it changed', async () => {
    const made = await world(discovering('order-*'));
    made.simulator.setTask('a', { task_name: 'Orders-1', status: 'RUNNING' });
    await ticks(made, 2);
    await ticks(made, 2, { config: seeking(made, 'orders-*') });
    expect(problems(made)).toHaveLength(2);
    expect(problems(made)[1]).toContain('the pattern orders-* does not fit the name of the one task');
    expect(problems(made)[1]).toContain('Orders-1');
    await ticks(made, 2, { config: seeking(made, 'Orders-*') });
    expect(problems(made)).toHaveLength(2);
    expect(typesAt(made)).toEqual(['migration.first_seen']);
  });

  test('is reported with three similar names of thousands', async () => {
    const made = await world(discovering('prod-?'));
    for (let i = 0; i < 1200; i += 1)
      made.simulator.setTask(`t-${i}`, { task_name: `test-${i}`, status: 'RUNNING' });
    await ticks(made, 1);
    expect(problems(made)[0]).toMatch(
      /any of the 1200 tasks .* did you mean one of (\S+, ){2}\S+ \(and 1197 more\)\?$/,
    );
  });

  test('is not reported when its tasks have been deleted', async () => {
    const made = await world(discovering('name of a*'));
    made.status('a', 'FULLMIGRATING');
    made.status('b', 'FULLMIGRATING');
    await ticks(made, 2);
    made.simulator.setTask('a', null);
    await ticks(made, 3);
    expect(typesAt(made)).toContain('migration.gone');
    expect(problems(made)).toEqual([]);
  });

  test('is not reported when a configured task matches it', async () => {
    const made = await world({
      ...discovering(),
      projects: [{ name: 'prod', tasks: ['a'], discover: { name: 'name of *', labels: {} } }],
    });
    made.status('a', 'FULLMIGRATING');
    await ticks(made, 2);
    expect(problems(made)).toEqual([]);
  });
});

test('an empty list is reported once, and costs no write after that', async () => {
  const made = await world(discovering());
  await ticks(made, 3);
  expect(notices(made)).toEqual([
    'project prod: its list has no migration tasks, so none is discovered yet; if there should be some, check project id and region',
  ]);
  expect(problems(made)).toEqual([]);
});
