import { expect, test } from 'vitest';
import { createApp } from '../../lib/runtime/app.ts';
import type { Store } from '../../lib/store/store.ts';
import { HOUR, MINUTE, SECOND, WEBHOOK, world } from '../poll/support.ts';
import { numberOf } from '../support/number.ts';
import { keptOpen, type World } from '../support/world.ts';

/** The numbers of the events, as they arrived. */
const arrivals = ({ receiver }: World): number[] =>
  receiver.at('/cutover').map(({ body }) => numberOf(JSON.parse(body)));

/** An app of its own for each run, as two processes have. The next tick is far: until then a run may go on. */
async function startRun({ config, clock, store }: World, through: Store = store) {
  const forMs = 15 * MINUTE;
  const app = await createApp({
    config,
    clock,
    store: keptOpen(through),
    log: () => undefined,
    scheduleMs: forMs,
  });
  return { tick: () => app.tick(forMs), close: () => app.close() };
}

/** A task with four events that wait, for the receiver was down. */
async function withFourEvents(): Promise<World> {
  const made = await world({ channels: WEBHOOK });
  made.receiver.answer('/cutover', { status: 500 });
  for (const status of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING']) {
    made.status('task-1', status);
    await made.tick();
    made.clock.advance(MINUTE);
  }
  made.clock.advance(HOUR);
  made.receiver.answer('/cutover', { status: 200 });
  return made;
}

test('A run that works longer than its lease renews it, and sends nothing once another run has taken over', async () => {
  const made = await withFourEvents();
  const before = arrivals(made).length;
  const other = await startRun(made);
  const others: number[] = [];
  // Each answer is late, but never as late as a lease lasts; all of them together are.
  made.receiver.answer('/cutover', () => {
    made.clock.advance(29 * SECOND);
    return { status: 200 };
  });
  const meanwhile: Store = {
    ...made.store,
    async save(item) {
      if (arrivals(made).length > before + others.length) others.push((await other.tick()).delivered);
      return made.store.save(item);
    },
  };
  const run = await startRun(made, meanwhile);
  expect(await run.tick()).toMatchObject({ delivered: 4, pending: 0 });
  await Promise.all([run.close(), other.close()]);

  expect(others).toEqual([0, 0, 0, 0]);
  expect(arrivals(made).slice(before)).toEqual([1, 2, 3, 4]);
});

test('A run that stalls for longer than its lease leaves the rest to the run that took over', async () => {
  const made = await withFourEvents();
  const before = arrivals(made).length;
  const other = await startRun(made);
  const taken: number[] = [];
  const stalling: Store = {
    ...made.store,
    async save(item) {
      if (arrivals(made).length === before + 1 && taken.length === 0) {
        made.clock.advance(61 * SECOND);
        taken.push((await other.tick()).delivered);
      }
      return made.store.save(item);
    },
  };
  const run = await startRun(made, stalling);
  await run.tick();
  await Promise.all([run.close(), other.close()]);

  expect(taken).toEqual([4]);
  // The event under way when the run stalled is sent twice, as after a crash.
  expect(arrivals(made).slice(before)).toEqual([1, 1, 2, 3, 4]);
});
