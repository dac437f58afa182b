import { describe, expect, it } from 'vitest';
import { ticks, world } from '../poll/support.ts';
import { statusIn } from './support.ts';

describe('status', () => {
  it('shows the phase of each task, and the beginning of the phase', async () => {
    const here = await world({ tasks: ['orders', 'users'] });
    here.status('orders', 'FULLMIGRATING');
    here.status('users', 'SUCCESS');
    const since = new Date(here.clock.now()).toISOString();
    await ticks(here, 2);
    const { tasks, problems } = await statusIn(here);
    expect(tasks).toMatchObject([
      { id: 'orders', name: 'name of orders', phase: 'full', status: 'FULLMIGRATING', since },
      { id: 'users', name: 'name of users', phase: 'succeeded', status: 'SUCCESS', severity: 'success' },
    ]);
    expect(problems).toEqual([]);
  });
});
