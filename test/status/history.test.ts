import { describe, expect, it } from 'vitest';
import { ticks, world } from '../poll/support.ts';
import { historyIn } from './support.ts';

describe('history', () => {
  it('has the phases of a task, and its events with their deliveries', async () => {
    const here = await world({ tasks: ['orders'] });
    here.status('orders', 'FULLMIGRATING');
    const from = new Date(here.clock.now()).toISOString();
    await ticks(here, 1);
    here.status('orders', 'INCRMIGEATING');
    const to = new Date(here.clock.now()).toISOString();
    await ticks(here, 1);
    const read = await historyIn(here, 'orders');
    const history = read.kind === 'history' ? read.history : undefined;
    expect(history?.phases).toEqual([
      { phase: 'full', status: 'FULLMIGRATING', from, to },
      { phase: 'incremental', status: 'INCRMIGEATING', from: to },
    ]);
    expect(history?.events).toMatchObject([
      {
        time: from,
        type: 'dcs.migration.first_seen',
        deliveries: [
          { channel: 'cutover', state: 'delivered' },
          { channel: 'ops', state: 'delivered' },
        ],
      },
      { time: to, type: 'dcs.migration.status_changed' },
    ]);
  });

  it('names the task that was most likely meant', async () => {
    const here = await world({ tasks: ['orders'] });
    expect(await historyIn(here, 'order')).toEqual({ kind: 'unknown', meant: 'orders' });
  });
});
