import { describe, expect, test } from 'vitest';
import {
  deadLetters,
  eventsAt,
  HOUR,
  lags,
  MINUTE,
  replicates,
  ticks,
  typesAt,
  WEBHOOK,
  world,
} from '../../poll/support.ts';
import type { WorldOptions } from '../../support/world.ts';
import { inShort, listIn, redriveIn } from './support.ts';

const READY = 'migration.cutover_ready';

/** A ready task whose event a webhook refused permanently; the webhook works from now on. */
async function refused(type: string, options: WorldOptions = { channels: WEBHOOK }) {
  const made = await world(options);
  replicates(made, ...(options.tasks ?? ['task-1']));
  made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes(type) ? 422 : 200 }));
  await ticks(made, 3);
  expect((await deadLetters(made)).map(({ event, why }) => [event.type, why])).toContainEqual([
    `dcs.${type}`,
    'refused',
  ]);
  made.receiver.answer('/cutover', { status: 200 });
  const before = eventsAt(made).length;
  return { made, arrived: () => typesAt(made).slice(before) };
}

describe('a dead letter of an action', () => {
  test('is requeued by a redrive and not sent, because the next tick checks it first', async () => {
    const { made, arrived } = await refused(READY);

    expect(inShort(await redriveIn(made))).toEqual([
      '2 cutover pending: its task is checked again before it is sent',
    ]);
    expect(arrived()).toEqual([]);
    await ticks(made, 1);

    expect(arrived()).toEqual([READY]);
    expect((await listIn(made, { state: 'dead' })).length).toBe(0);
  });

  test('is withdrawn, with the reason, when the next tick finds it invalid', async () => {
    const { made, arrived } = await refused(READY);
    await redriveIn(made);
    lags(made.simulator, 'task-1');
    await ticks(made, 1);

    expect(arrived()).toEqual(['migration.cutover_unready']);
    expect((await listIn(made, { state: 'dead' })).map(({ why }) => why)).toEqual(['withdrawn']);
  });

  test('An action that has expired is not sent again', async () => {
    const { made, arrived } = await refused(READY);
    made.clock.advance(HOUR);

    const [result] = inShort(await redriveIn(made));
    await ticks(made, 2);

    expect(result).toMatch(/^2 cutover skipped: expired action, not sent/);
    expect(arrived()).toEqual([]);
  });

  test('is reissued when it expires between the redrive and the next tick', async () => {
    const { made, arrived } = await refused(READY);
    made.clock.advance(50 * MINUTE);
    await redriveIn(made);
    made.clock.advance(20 * MINUTE);
    await ticks(made, 1);

    expect(arrived()).toEqual([READY]);
    expect(eventsAt(made).at(-1)?.data.renews).toBeDefined();
  });

  test('for a group is requeued as well', async () => {
    const { made, arrived } = await refused('group.ready', {
      channels: WEBHOOK,
      tasks: ['task-1', 'task-2'],
      groups: { orders: { tasks: ['task-1', 'task-2'] } },
    });

    expect(inShort(await redriveIn(made))).toEqual([
      '1 cutover pending: its task is checked again before it is sent',
    ]);
    expect((await listIn(made, { state: 'pending' })).map(({ task }) => task)).toEqual(['orders']);
    expect(arrived()).toEqual([]);
    await ticks(made, 1);

    expect(arrived()).toEqual(['group.ready']);
  });

  test('is the only one that waits: a failed group is delivered by the redrive itself', async () => {
    const options = {
      channels: WEBHOOK,
      tasks: ['task-1', 'task-2'],
      groups: { orders: { tasks: ['task-1', 'task-2'] } },
    };
    const made = await world(options);
    made.status('task-1', 'FULLMIGRATING');
    made.status('task-2', 'FULLMIGRATING');
    await ticks(made, 1);
    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('group.failed') ? 422 : 200 }));
    made.status('task-2', 'FAILED');
    await ticks(made, 1);
    made.receiver.answer('/cutover', { status: 200 });

    expect(inShort(await redriveIn(made))).toEqual(['1 cutover delivered']);
    expect(typesAt(made).at(-1)).toBe('group.failed');
  });
});
