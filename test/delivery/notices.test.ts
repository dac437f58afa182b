import { describe, expect, it } from 'vitest';
import { reportSuppressed } from '../../lib/delivery/notices.ts';
import { logged, ticks, world } from '../poll/support.ts';

describe('the notice that events are suppressed', () => {
  it('reads well for one event about looks that fail now and then', async () => {
    const tasks = ['task-1', 'task-2'];
    const made = await world({ channels: { ops: { type: 'slack' } }, tasks });
    for (const id of tasks) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    for (let times = 0; times < 4; times += 1) {
      made.simulator.deny('show');
      await ticks(made, 3);
      made.simulator.allow('show');
      await ticks(made, 1);
    }
    const notices = logged(made, 'notice').map(({ message }) => message);
    expect(notices).toContainEqual(
      expect.stringMatching(
        /^channel ops: looks at project prod fail intermittently; 1 event waits until \d\d:\d\d UTC, or until something else happens$/,
      ),
    );
  });

  it('is absent where nothing is suppressed', () => {
    const said: unknown[] = [];
    const channels = new Map([['ops', { name: 'ops', audience: 'people', settings: 's' } as const]]);
    reportSuppressed([], channels, new Date(0), (entry) => said.push(entry));
    expect(said).toEqual([]);
  });
});
