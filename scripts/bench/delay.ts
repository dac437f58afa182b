import { createApp } from '../../lib/runtime/app.ts';
import { createWorld, type World } from '../../test/support/world.ts';
import { taskIds } from './tasks.ts';

const MINUTE = 60_000;
const TASKS = taskIds(1000);
/** Ticks until every task was seen, and has a place in its turn. */
const WARM_UP = 8;
const TICKS = 100;
const CHANGES_A_TICK = 5;
/** Ticks in which the last changes may still be told. */
const REST = 10;

/** Ticks between a change of status and the webhook that tells it, with more tasks than the rate allows looks. */
export async function benchDelay(): Promise<string> {
  const world = await createWorld({
    tasks: TASKS,
    channels: { cutover: { type: 'webhook' } },
    settings: { requestsPerSecond: 10 },
    stats: 'realistic',
  });
  for (const task of TASKS) world.status(task, 'FULLMIGRATING');
  const delays = await delaysIn(world);
  await world.close();
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1];
  return `change → message, 1,000 tasks at work, 10 requests a second: p50 ${at(0.5)} ticks, p99 ${at(0.99)}, most ${sorted.at(-1)} (${delays.length} changes)`;
}

async function delaysIn(world: World): Promise<number[]> {
  const { config, store, clock } = world;
  const app = await createApp({ config, store, clock, log: () => undefined });
  const changedAt = new Map<string, number>();
  const delays: number[] = [];
  for (let nth = 0; nth < WARM_UP + TICKS + REST; nth += 1) {
    if (nth >= WARM_UP && nth < WARM_UP + TICKS) {
      for (const task of spread(nth)) {
        world.status(task, 'INCRMIGEATING');
        changedAt.set(task, nth);
      }
    }
    const before = world.receiver.at('/cutover').length;
    const startedAt = clock.elapsed();
    await app.tick(2 * MINUTE);
    clock.advance(Math.max(0, MINUTE - (clock.elapsed() - startedAt)));
    for (const { body } of world.receiver.at('/cutover').slice(before)) {
      const { type, data } = JSON.parse(body);
      const since = changedAt.get(data.task?.id);
      if (since !== undefined && type === 'dcs.migration.status_changed') delays.push(nth - since);
    }
  }
  if (delays.length !== TICKS * CHANGES_A_TICK) throw new Error(`${delays.length} changes were told`);
  return delays;
}

/** Other tasks in each tick, from all over the list. */
function spread(nth: number): string[] {
  const step = TASKS.length / CHANGES_A_TICK;
  return Array.from({ length: CHANGES_A_TICK }, (_, i) => TASKS[i * step + ((nth * 7) % step)] ?? '');
}
