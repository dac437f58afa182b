import { expect, test } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { eventsAt, ticks, world } from './support.ts';

const CUT = /4111|sess:42|Alice|hunter2/;

test('text that tools append to an error, and passwords in addresses, reach neither state nor webhook nor Slack', async () => {
  const made = await world({ stats: 'realistic' });
  const answer = (status: string) =>
    realisticAnswer(status, {
      task_id: 'task-1',
      source_instance: { addrs: 'redis://:hunter2@10.0.0.1:6379/0', name: 'old', id: 'a' },
      target_instance: { ip: 'app:hunter2@10.0.0.2:6379', port: null, name: 'new', id: 'b' },
    });
  made.simulator.setTask('task-1', answer('FULLMIGRATING'));
  await ticks(made, 1);
  made.simulator.setTask('task-1', answer('FAILED'));
  made.simulator.setListed('task-1', {
    error_message: 'restore failed: BUSYKEY Target key name already exists cmd=[set sess:42 {"card":"4111"}]',
  });
  made.simulator.setLogs('task-1', [
    {
      log_level: 'ERROR',
      message: 'login with hunter2 failed: wrong password, argv=[AUTH hunter2]',
      created_at: '2026-01-05T00:10:00.000Z',
      keyword: ['sess:42={"name":"Alice"}'],
    },
  ]);
  await ticks(made, 1);

  const stored = JSON.stringify(await made.store.load('project:254d2280acb74d36a8b839746bcd7352'));
  const slack = JSON.stringify(made.slack('ops').map(({ body }) => body));
  const events = JSON.stringify(eventsAt(made));
  for (const place of [stored, slack, events]) {
    expect(place).not.toMatch(CUT);
    expect(place).toContain('BUSYKEY Target key name already exists');
  }
  expect(eventsAt(made).at(-1)?.data).toMatchObject({
    task: { source: { address: '10.0.0.1:6379' }, target: { address: '10.0.0.2:6379' } },
    dossier: { advice: { cause: 'BUSYKEY' } },
  });
});

test('advice on a white list names the address of the migration machine from the answer of the task', async () => {
  const made = await world({ stats: 'realistic' });
  made.status('task-1', 'FULLMIGRATING');
  await ticks(made, 1);
  made.simulator.setListed('task-1', { error_message: 'the client is not on the whitelist of the source' });
  made.status('task-1', 'FAILED');
  await ticks(made, 1);

  expect(eventsAt(made).at(-1)?.data.dossier?.advice).toMatchObject({
    cause: 'white list',
    text: expect.stringContaining('192.168.1.77'),
    address: '192.168.1.77',
  });
});
