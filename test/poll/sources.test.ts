import { expect, test } from 'vitest';
import { PROJECT_ID } from '../support/world.ts';
import { eventsAt, ticks, WEBHOOK, world } from './support.ts';

const OF_PROJECT = `/huaweicloud/dcs/cn-north-4/${PROJECT_ID}`;
const WRONG_KEY = 'not-the-secret-key';

test('events about a project have the project as source', async () => {
  const made = await world({ channels: WEBHOOK, tasks: ['task-1', 'task-2'], secretKey: WRONG_KEY });
  await ticks(made, 3);
  expect(eventsAt(made).map(({ type, source, subject }) => [type, source, subject])).toEqual([
    ['dcs.watch.failing', OF_PROJECT, PROJECT_ID],
  ]);
});

test('several entries of one project count together, with the first one as source', async () => {
  const made = await world({
    channels: WEBHOOK,
    secretKey: WRONG_KEY,
    projects: [
      { name: 'nightly batch', tasks: ['task-3', 'task-4'] },
      { name: 'prod', tasks: ['task-1', 'task-2'] },
    ],
  });
  await ticks(made, 3);
  const events = eventsAt(made);
  expect(events.map(({ source, subject, data }) => [source, subject, data.project?.tasks])).toEqual([
    [`${OF_PROJECT}/entries/nightly%20batch`, PROJECT_ID, 4],
  ]);
});

test('no two events of one source share a sequence number', async () => {
  const made = await world({
    channels: { cutover: { type: 'webhook' }, one: { type: 'webhook' }, two: { type: 'webhook' } },
    projects: [
      { name: 'prod', tasks: ['task-1', 'task-2'] },
      { name: 'nightly', tasks: ['task-3', 'task-4'] },
    ],
    groups: { 'task-1': { tasks: ['task-1', 'task-3'] } },
  });
  const all = ['task-1', 'task-2', 'task-3', 'task-4'];
  for (const word of ['RUNNING', 'FULLMIGRATING', 'FAILED', 'INCRMIGEATING', 'TERMINATED']) {
    for (const id of all) made.status(id, word);
    if (word === 'FULLMIGRATING') made.receiver.answer('/one', { status: 410 });
    if (word === 'FAILED') made.receiver.answer('/two', { status: 410 });
    await ticks(made, 2);
  }
  made.simulator.fault('internal error', 100);
  await ticks(made, 4);

  const numbers = eventsAt(made).map(({ source, sequence }) => `${source} ${sequence}`);
  const types = new Set(eventsAt(made).map(({ type }) => type));
  expect(types).toEqual(
    new Set([
      'dcs.migration.first_seen',
      'dcs.migration.status_changed',
      'dcs.group.failed',
      'dcs.group.retracted',
      'dcs.group.finished',
      'dcs.watch.failing',
      'dcs.watch.channel_broken',
    ]),
  );
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
});
